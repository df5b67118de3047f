package org.rep4j.convert;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;

/**
 * Which formats of integers ONNX's ops have, where SameDiff's have all: some have 8 and 16 bits only since opset 14, others never, and
 * of some ONNX Runtime lacks the code. In 32 bits they compute the same, since what does not fit is cut off in the end.
 */
final class IntegerFormats {
    private static final Set<OnnxType> SHORT =
            Collections.unmodifiableSet(EnumSet.of(OnnxType.INT8, OnnxType.UINT8, OnnxType.INT16, OnnxType.UINT16));
    private static final Set<OnnxType> OF_TWO_BYTES =
            Collections.unmodifiableSet(EnumSet.of(OnnxType.INT16, OnnxType.UINT16));
    private static final Set<OnnxType> UNSIGNED =
            Collections.unmodifiableSet(EnumSet.of(OnnxType.UINT8, OnnxType.UINT16, OnnxType.UINT32, OnnxType.UINT64));

    private static final int ARITHMETIC_OPSET = 14;
    private static final Set<String> ARITHMETIC = Set.of("Add", "Sub", "Mul", "Div");
    private static final Set<String> NEVER_SHORT =
            Set.of("Pow", "Max", "Min", "ReduceSum", "ReduceProd", "TopK", "Where");
    private static final Set<String> NEVER_OF_TWO_BYTES =
            Set.of("Clip", "ReduceMax", "ReduceMin", "ArgMax", "ArgMin", "Pad");

    /** Ops that have no integers at all, or not the same with and without sign. */
    private static final Set<String> REAL = Set.of("Relu", "LeakyRelu", "Floor", "Ceil", "Mean");

    private static final Set<String> COMPARISONS = Set.of(
            "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor", "Not", "IsNaN", "IsInf");
    private static final Set<String> COUNTING =
            Set.of("Shape", "Size", "ArgMax", "ArgMin", "NonZero", "NonMaxSuppression");

    private final int opset;
    private final Map<String, OnnxType> types = new HashMap<>();

    IntegerFormats(int opset) {
        this.opset = opset;
    }

    /** Takes notice of the format of a value. */
    void put(String value, OnnxType type) {
        types.put(value, type);
    }

    /** Takes notice of what a node makes. */
    void learn(OnnxNode node) {
        for (int i = 0; i < node.outputs().size(); i++) {
            int output = i;
            result(node, output)
                    .ifPresent(type -> types.putIfAbsent(node.outputs().get(output), type));
        }
    }

    private Optional<OnnxType> result(OnnxNode node, int output) {
        if (node.type().equals("Cast")) {
            return OnnxType.of(node.integer("to", 0));
        }
        if (COMPARISONS.contains(node.type())) {
            return Optional.of(OnnxType.BOOL);
        }
        if (COUNTING.contains(node.type()) || output > 0 && node.type().equals("TopK")) {
            return Optional.of(OnnxType.INT64);
        }
        int source = node.type().equals("Where") ? 1 : 0;
        return source < node.inputs().size() ? type(node.inputs().get(source)) : Optional.empty();
    }

    private Optional<OnnxType> type(String value) {
        return Optional.ofNullable(types.get(value));
    }

    /** The inputs of a node that it has not in their format; 32 bits are to stand for them. */
    List<Integer> narrow(OnnxNode node) {
        List<Integer> narrow = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (type(node.inputs().get(i))
                    .filter(type -> isNarrow(node.type(), type))
                    .isPresent()) {
                narrow.add(i);
            }
        }
        return narrow;
    }

    /** The format of an output that is computed in 32 bits and is to be cut off; empty where it stays as it is. */
    Optional<OnnxType> cut(OnnxNode node, int output) {
        return result(node, output).filter(type -> isNarrow(node.type(), type));
    }

    private boolean isNarrow(String op, OnnxType type) {
        return ARITHMETIC.contains(op) && opset < ARITHMETIC_OPSET && SHORT.contains(type)
                || NEVER_SHORT.contains(op) && SHORT.contains(type)
                || NEVER_OF_TWO_BYTES.contains(op) && OF_TWO_BYTES.contains(type);
    }

    /** Why ONNX has no such node, if so. */
    Optional<String> refusal(OnnxNode node) {
        if (node.inputs().isEmpty()) {
            return Optional.empty();
        }
        Optional<OnnxType> type = type(node.inputs().get(0)).filter(t -> !t.isFloatingPoint() && t != OnnxType.BOOL);
        boolean lacks = type.isPresent()
                && (REAL.contains(node.type())
                        || node.type().equals("Neg") && UNSIGNED.contains(type.get())
                        || node.type().equals("Pow") && UNSIGNED.contains(type.get()) && !SHORT.contains(type.get()));
        if (lacks) {
            return Optional.of("ONNX has no " + node.type() + " of " + type.get());
        }
        for (int i = 0; i < node.outputs().size() && type.isPresent(); i++) {
            Optional<OnnxType> made = result(node, i);
            Optional<OnnxType> declared = type(node.outputs().get(i));
            if (node.type().startsWith("Reduce") && declared.isPresent() && !declared.equals(made)) {
                return Optional.of("it makes " + declared.get() + " of " + type.get());
            }
        }
        return Optional.empty();
    }
}
