package org.rep4j.samediff;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.Value;

/** What the readers of single ops know about the graph around them: the values lifted so far, and the constants. */
final class LiftContext {
    private final SameDiffView view;
    private final ConstantArrays constants;
    private final Map<String, Value> values = new HashMap<>();

    LiftContext(SameDiffView view) {
        this.view = view;
        this.constants = new ConstantArrays(view);
        for (SDVariable variable : view.graph().variables()) {
            if (view.producer(variable.name()).isEmpty() && !constants.isConstant(variable.name())) {
                values.put(variable.name(), Value.of(variable.name(), declaredShape(variable), type(variable.name())));
            }
        }
    }

    /**
     * The shape that a placeholder declares. A size of 1 counts as unknown: samediff-import-onnx writes it for dimensions that
     * are dynamic.
     */
    private static Shape declaredShape(SDVariable placeholder) {
        long[] dims = placeholder.isPlaceHolder() ? placeholder.getShape() : null;
        if (dims == null || dims.length == 0) {
            return Shape.unknown(); // SameDiff stores no shape and the shape of a scalar alike
        }
        long[] known = dims.clone();
        for (int i = 0; i < known.length; i++) {
            known[i] = known[i] <= 1 ? Shape.UNKNOWN_DIM : known[i];
        }
        return Shape.of(known);
    }

    SameDiffView view() {
        return view;
    }

    ConstantArrays constants() {
        return constants;
    }

    /** The number format of a variable. */
    ElementType type(String variable) {
        DataType type = view.variable(variable).dataType();
        return type == null ? ElementType.OTHER : NdArrayData.elementType(type);
    }

    /** Whether the variable goes back to the start of a while loop, to be read there before it is written. */
    boolean closesLoop(String variable) {
        return view.producer(variable).filter(NativeOp::closesLoop).isPresent();
    }

    /** What an op does not read but waits for. */
    List<Value> awaited(NativeOp op) {
        return op.after().stream()
                .filter(view::hasOp)
                .flatMap(before -> view.op(before).outputs().stream())
                .map(this::value)
                .toList();
    }

    /** The value of a variable. */
    Value value(String variable) {
        Value known = values.get(variable);
        if (known != null) {
            return known;
        }
        if (!constants.isConstant(variable)) {
            throw new InvalidGraphException(variable + " is read before it is written");
        }
        Value constant = new Value(variable, Shape.unknown(), type(variable), new Deferred(variable));
        values.put(variable, constant);
        return constant;
    }

    /** The shape of a variable, as far as it is known. */
    Shape shape(String variable) {
        Value known = values.get(variable);
        if (known != null && known.constant().isEmpty()) {
            return known.shape();
        }
        return constants.isConstant(variable)
                ? constants.array(variable).map(a -> Shape.of(a.shape())).orElse(Shape.unknown())
                : Shape.unknown();
    }

    /** Declares what an op writes. */
    Value output(String variable, Shape shape) {
        Value value = Value.of(variable, shape, type(variable));
        values.put(variable, value);
        return value;
    }

    /**
     * Declares what the first part of an op hands to the rest of it: a value that has no variable in the graph.
     *
     * @param part what it is called behind the name of the op's output
     */
    Value inner(NativeOp op, String part, Shape shape) {
        String base = op.output() + "_" + part;
        String name = base;
        for (int n = 1; view.isTaken(name) || values.containsKey(name); n++) {
            name = base + "_" + n;
        }
        Value value = Value.of(name, shape, type(op.output()));
        values.put(name, value);
        return value;
    }

    /** The info of a node that stands for the part of an op that writes {@code inner}. */
    NodeInfo innerInfo(NativeOp op, Value inner, boolean samePadding) {
        return new NodeInfo(inner.name(), op.kind(), new NativeGroup(List.of(op), samePadding, isTrainable(op)));
    }

    /** The info of a node that stands for a single op. */
    NodeInfo info(NativeOp op) {
        return info(op, new NativeGroup(List.of(op), false, isTrainable(op)));
    }

    /** The info of a node that stands for several ops and is named after one of them. */
    NodeInfo info(NativeOp op, NativeGroup group) {
        return new NodeInfo(op.name(), op.kind(), group);
    }

    /** Whether one of the op's inputs is a trainable variable. */
    boolean isTrainable(NativeOp op) {
        return op.inputs().stream().anyMatch(i -> constants.isConstant(i) && constants.isTrainable(i));
    }

    /**
     * The input {@code index} of an op, which computes with it.
     *
     * @throws NotLiftableException if the op has no such input or it is a constant
     */
    Value computed(NativeOp op, int index) throws NotLiftableException {
        if (index >= op.inputs().size()) {
            throw new NotLiftableException("it has " + op.inputs().size() + " inputs only");
        }
        return value(op.inputs().get(index));
    }

    /**
     * A parameter of an op.
     *
     * @param role what the op uses it for: "weights"
     * @throws NotLiftableException if it is computed from the graph's inputs, or the graph has no array for it
     */
    INDArray array(NativeOp op, int index, String role) throws NotLiftableException {
        if (index >= op.inputs().size()) {
            throw new NotLiftableException("it has no " + role);
        }
        String variable = op.inputs().get(index);
        if (!constants.isConstant(variable)) {
            throw new NotLiftableException("its " + role + " " + variable + " are computed while the graph runs");
        }
        return constants
                .array(variable)
                .orElseThrow(() -> new NotLiftableException("there is no array for its " + role + " " + variable));
    }

    /** Like {@link #array}, for the algebra. */
    NdArrayData data(NativeOp op, int index, String role) throws NotLiftableException {
        return new NdArrayData(array(op, index, role), type(op.inputs().get(index)));
    }

    /** Like {@link #array}, the elements of a vector of the given length. */
    double[] vector(NativeOp op, int index, String role, int length) throws NotLiftableException {
        INDArray array = array(op, index, role);
        if (array.length() != length) {
            throw new NotLiftableException("its " + role + " " + op.inputs().get(index) + " have " + array.length()
                    + " elements, not " + length);
        }
        return NdArrayData.elements(array);
    }

    /** The values that come from outside: placeholders, sequences. */
    List<Value> fed() {
        return view.graph().variables().stream()
                .filter(v ->
                        v.getVariableType() == VariableType.PLACEHOLDER || v.getVariableType() == VariableType.SEQUENCE)
                .map(v -> value(v.name()))
                .toList();
    }

    /** A constant as opaque ops see it: not even its shape is looked at before someone asks. */
    private final class Deferred implements TensorData {
        private final String variable;

        Deferred(String variable) {
            this.variable = variable;
        }

        private INDArray array() {
            return constants
                    .array(variable)
                    .orElseThrow(() -> new InvalidGraphException("there is no array for " + variable));
        }

        @Override
        public ElementType type() {
            return LiftContext.this.type(variable);
        }

        @Override
        public Shape shape() {
            return Shape.of(array().shape());
        }

        @Override
        public double[] read() {
            return NdArrayData.elements(array());
        }
    }
}
