package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.rep4j.graph.TensorData;

/**
 * The constants of a graph: initializers that nobody can override, Constant nodes, and what Identity, Reshape, Squeeze and
 * Unsqueeze make of them. One handle per name.
 */
final class Constants {
    private static final Set<String> SAME_ELEMENTS = Set.of("Identity", "Reshape", "Squeeze", "Unsqueeze");

    /** Nodes come in order, so that chains resolve link by link; in a file out of order none may exhaust the stack. */
    private static final int DEEPEST_CHAIN = 100;

    private final GraphIndex index;
    private final ExternalFiles files;
    private final Map<String, Optional<StoredTensor>> resolved;
    private final IdentityHashMap<TensorData, String> names = new IdentityHashMap<>();

    Constants(OnnxModel model, GraphIndex index) {
        this.index = index;
        this.files = model.files();
        resolved = new HashMap<>(2 * index.graph().getInitializerCount());
        Set<String> overridable = model.overridableInitializers();
        for (TensorProto initializer : index.graph().getInitializerList()) {
            if (!overridable.contains(initializer.getName())) {
                resolved.put(initializer.getName(), Optional.of(new StoredTensor(initializer, files)));
            }
        }
        for (NewTensor tensor : model.newTensors()) {
            resolved.put(tensor.name(), Optional.of(new StoredTensor(tensor, files)));
        }
        Set<String> running = new HashSet<>();
        for (NodeProto node : index.graph().getNodeList()) {
            if (mayBeConstant(node)) {
                resolve(node.getOutput(0), running);
            }
        }
    }

    /** The content of {@code name}, if it is a constant. */
    Optional<StoredTensor> get(String name) {
        return resolved.getOrDefault(name, Optional.empty());
    }

    /** The name under which the graph knows {@code tensor}, one of the tensors that {@link #get} gave out. */
    String nameOf(TensorData tensor) {
        if (names.isEmpty()) {
            resolved.forEach((name, t) -> t.ifPresent(present -> names.put(present, name)));
        }
        return Objects.requireNonNull(names.get(tensor), "a tensor of another graph");
    }

    /** Whether node {@code node} only prepares constants: it is no part of the computation. */
    boolean isConstant(NodeProto node) {
        return mayBeConstant(node) && get(node.getOutput(0)).isPresent();
    }

    private static boolean mayBeConstant(NodeProto node) {
        return node.getOutputCount() == 1
                && (node.getOpType().equals("Constant") || SAME_ELEMENTS.contains(node.getOpType()));
    }

    private Optional<StoredTensor> resolve(String name, Set<String> running) {
        Optional<StoredTensor> known = resolved.get(name);
        if (known != null) {
            return known;
        }
        int producer = index.producer(name);
        if (producer < 0 || running.size() > DEEPEST_CHAIN || !running.add(name)) {
            return Optional.empty();
        }
        Optional<StoredTensor> tensor = compute(index.graph().getNode(producer), running);
        running.remove(name);
        resolved.put(name, tensor);
        return tensor;
    }

    private Optional<StoredTensor> compute(NodeProto node, Set<String> running) {
        if (!OnnxReader.isDefaultDomain(node.getDomain()) || node.getOutputCount() != 1) {
            return Optional.empty();
        }
        if (node.getOpType().equals("Constant")) {
            return constant(node);
        }
        if (!SAME_ELEMENTS.contains(node.getOpType()) || node.getInputCount() == 0) {
            return Optional.empty();
        }
        Optional<StoredTensor> source = resolve(node.getInput(0), running);
        return source.flatMap(s -> newDims(node, s, running).map(s::reshaped));
    }

    private Optional<StoredTensor> constant(NodeProto node) {
        for (AttributeProto attribute : node.getAttributeList()) {
            Optional<StoredTensor> tensor = switch (attribute.getName()) {
                case "value" -> Optional.of(new StoredTensor(attribute.getT(), files));
                case "value_float" -> inline(floats(List.of(attribute.getF())));
                case "value_floats" -> inline(floats(attribute.getFloatsList()).addDims(attribute.getFloatsCount()));
                case "value_int" -> inline(integers(List.of(attribute.getI())));
                case "value_ints" -> inline(integers(attribute.getIntsList()).addDims(attribute.getIntsCount()));
                default -> Optional.empty();
            };
            if (tensor.isPresent()) {
                return tensor;
            }
        }
        return Optional.empty(); // strings and sparse tensors: nothing to fold
    }

    private static TensorProto.Builder floats(List<Float> values) {
        return TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllFloatData(values);
    }

    private static TensorProto.Builder integers(List<Long> values) {
        return TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addAllInt64Data(values);
    }

    private Optional<StoredTensor> inline(TensorProto.Builder tensor) {
        return Optional.of(new StoredTensor(tensor.build(), files));
    }

    /** The shape that an op of {@link #SAME_ELEMENTS} gives its input, if it can be told. */
    private Optional<List<Long>> newDims(NodeProto node, StoredTensor source, Set<String> running) {
        List<Long> dims = source.shape().dims();
        if (dims == null) {
            return Optional.empty();
        }
        Attributes attributes = new Attributes(node, GraphIndex.describe(node));
        return switch (node.getOpType()) {
            case "Identity" -> Optional.of(dims);
            case "Reshape" ->
                integers(node, 1, running)
                        .filter(t -> attributes.integer("allowzero", 0) == 0)
                        .flatMap(target -> reshaped(dims, target));
            case "Unsqueeze" -> axes(node, attributes, running).flatMap(axes -> unsqueezed(dims, axes));
            case "Squeeze" -> axes(node, attributes, running).flatMap(axes -> squeezed(dims, axes));
            default -> Optional.empty();
        };
    }

    /** Axes are an attribute up to opset 12 and an input from 13 on. */
    private Optional<List<Long>> axes(NodeProto node, Attributes attributes, Set<String> running) {
        return attributes.integers("axes").or(() -> integers(node, 1, running));
    }

    private Optional<List<Long>> integers(NodeProto node, int input, Set<String> running) {
        if (node.getInputCount() <= input) {
            return Optional.empty();
        }
        return resolve(node.getInput(input), running).map(t -> {
            List<Long> list = new ArrayList<>();
            for (long value : t.readIntegers()) {
                list.add(value);
            }
            return list;
        });
    }

    private static Optional<List<Long>> reshaped(List<Long> dims, List<Long> target) {
        List<Long> result = new ArrayList<>();
        long elements = product(dims);
        int open = -1;
        for (int i = 0; i < target.size(); i++) {
            long dim = target.get(i);
            if ((dim == 0 && i >= dims.size()) || dim < -1 || (dim == -1 && open >= 0)) {
                return Optional.empty();
            }
            open = dim == -1 ? i : open;
            result.add(dim == 0 ? dims.get(i) : dim == -1 ? 1 : dim);
        }
        if (open >= 0 && product(result) > 0) {
            result.set(open, elements / product(result));
        }
        return product(result) == elements ? Optional.of(result) : Optional.empty();
    }

    private static Optional<List<Long>> unsqueezed(List<Long> dims, List<Long> axes) {
        int rank = dims.size() + axes.size();
        Set<Long> ones = new HashSet<>();
        axes.forEach(a -> ones.add(a < 0 ? a + rank : a));
        if (ones.size() != axes.size() || ones.stream().anyMatch(a -> a < 0 || a >= rank)) {
            return Optional.empty();
        }
        List<Long> result = new ArrayList<>();
        int next = 0;
        for (long i = 0; i < rank; i++) {
            result.add(ones.contains(i) ? 1L : dims.get(next++));
        }
        return Optional.of(result);
    }

    private static Optional<List<Long>> squeezed(List<Long> dims, List<Long> axes) {
        Set<Long> gone = new HashSet<>();
        axes.forEach(a -> gone.add(a < 0 ? a + dims.size() : a));
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (!gone.contains((long) i)) {
                result.add(dims.get(i));
            } else if (dims.get(i) != 1) {
                return Optional.empty();
            }
        }
        return Optional.of(result);
    }

    private static long product(List<Long> dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim != 0 && product > Long.MAX_VALUE / dim) {
                return -1; // no tensor has so many elements
            }
            product *= dim;
        }
        return product;
    }
}
