package org.rep4j.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxGraph;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.samediff.ArraysOnce;
import org.rep4j.samediff.SameDiffSurgery;

/** A SameDiff graph while it is made from a model: which variable holds which value. */
final class GraphImport {
    private final OnnxGraph source;
    private final SameDiff graph = ArraysOnce.in(SameDiff.create());
    private final ImportNames names = new ImportNames(graph);
    private final Map<String, SDVariable> variables = new HashMap<>();
    private final Map<String, SDVariable> rearranged = new HashMap<>();

    GraphImport(OnnxGraph source) {
        this.source = source;
    }

    SameDiff graph() {
        return graph;
    }

    long opset() {
        return source.opset();
    }

    Shape shape(String value) {
        return source.shape(value);
    }

    boolean isConstant(String value) {
        return source.isConstant(value);
    }

    /** Adds what the caller feeds. */
    void input(OnnxGraph.Port port) {
        DataType type = port.type()
                .map(ArrayCodec::dataType)
                .orElseThrow(() -> new InvalidGraphException(
                        "the input " + port.name() + " has elements of a type that SameDiff does not have"));
        variables.put(port.name(), placeholder(port.name(), type, port.shape()));
    }

    private SDVariable placeholder(String name, DataType type, Shape shape) {
        List<Long> dims = shape.dims();
        return dims == null
                ? graph.placeHolder(name, type)
                : graph.placeHolder(name, type, dims.stream().mapToLong(d -> d).toArray());
    }

    /** Something for a value that could not be converted, so that the search for others can go on. */
    void pretend(String value) {
        variables.put(value, graph.placeHolder(names.fresh(value + "/missing"), DataType.FLOAT));
    }

    /** The variable that holds a value. */
    SDVariable variable(String value) {
        SDVariable known = variables.get(value);
        if (known != null) {
            return known;
        }
        INDArray content = constant(value)
                .orElseThrow(() -> new InvalidGraphException(
                        "the constant " + value + " has elements of a type that SameDiff does not have"));
        SDVariable constant = graph.constant(names.fresh(value), content);
        variables.put(value, constant);
        return constant;
    }

    /** The content of a value that is the same in each run. */
    Optional<INDArray> constant(String value) {
        return stored(value).or(() -> read(value));
    }

    /** The content of a value that is a constant of the graph already. */
    private Optional<INDArray> stored(String value) {
        SDVariable known = variables.get(value);
        return known != null && known.isConstant() ? Optional.of(known.getArr()) : Optional.empty();
    }

    private Optional<INDArray> read(String value) {
        return source.constant(value).map(tensor -> ArrayCodec.array(value, tensor));
    }

    /** Adds a constant that {@code node} needs. */
    SDVariable constant(OnnxNode node, INDArray array) {
        return graph.constant(names.fresh(base(node) + "/constant"), array);
    }

    /**
     * A constant in another form, stored once for all who want the same.
     *
     * @param form tells that form from others of this constant
     * @param change makes it of the content; what comes out need not be contiguous
     */
    SDVariable rearranged(String value, String form, UnaryOperator<INDArray> change) {
        return rearranged.computeIfAbsent(value + form, key -> {
            Optional<INDArray> stored = stored(value);
            INDArray before = stored.or(() -> read(value))
                    .orElseThrow(() -> new InvalidGraphException(
                            "the constant " + value + " has elements of a type that SameDiff does not have"));
            INDArray after = change.apply(before).dup('c');
            if (stored.isEmpty() && before.closeable()) {
                before.close(); // what waits for the garbage collector adds up to the size of the net
            }
            return graph.constant(names.fresh(value), after);
        });
    }

    /**
     * Lets the outputs of {@code node} be held by {@code results}, and gives names to all ops that were added for it.
     *
     * @throws IllegalStateException if an output has no result
     */
    void settle(OnnxNode node, List<SDVariable> results) {
        List<String> values = node.outputs();
        Set<SDVariable> named = new HashSet<>();
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (value.isEmpty()) {
                continue;
            }
            if (i >= results.size()) {
                throw new IllegalStateException("nothing was written for output " + value + " of " + node.label());
            }
            SDVariable result = results.get(i);
            if (names.isNew(result) && named.add(result)) {
                graph.renameVariable(result.name(), names.fresh(value));
            }
            variables.put(value, result);
        }
        names.settle(base(node), results);
    }

    private static String base(OnnxNode node) {
        return node.outputs().stream().filter(o -> !o.isEmpty()).findFirst().orElse(node.type());
    }

    /**
     * The graph, with its outputs. A file keeps no list of them: they are told by nobody reading them, so what is read, or only one
     * of several things that an op writes, is handed on.
     */
    SameDiff finish() {
        List<String> results = new ArrayList<>();
        for (OnnxGraph.Port port : source.outputs()) {
            SDVariable held = variable(port.name());
            boolean named = held.name().equals(port.name());
            boolean ready = named && names.isOnlyOutput(held) && !names.isRead(held);
            if (!ready && !held.isPlaceHolder()) {
                if (graph.hasVariable(port.name())) {
                    names.moveAside(port.name());
                }
                graph.identity(port.name(), held);
            } else if (!ready && !named) {
                graph.identity(port.name(), held);
            }
            results.add(port.name());
        }
        graph.setOutputs(results);
        return new SameDiffSurgery(graph).finish(results);
    }
}
