package org.rep4j.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.UnsupportedOpsException.UnsupportedOp;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.samediff.NativeOp;
import org.rep4j.samediff.Topology;

/**
 * Writes SameDiff graphs as ONNX models that compute the same. Inputs are called like the placeholders that are needed, outputs like
 * the variables that are asked for; variables become weights. The graph must not be changed until the model is saved.
 *
 * <pre>{@code
 * SameDiffToOnnx.convert(graph, List.of("y")).save(Path.of("model.onnx"));
 * }</pre>
 */
public final class SameDiffToOnnx {
    /** Oldest version of the operator set that can be written. */
    public static final int OLDEST_OPSET = 13;

    /** The version that is written where nothing is said. */
    public static final int DEFAULT_OPSET = 17;

    private SameDiffToOnnx() {}

    /** Converts to opset {@value #DEFAULT_OPSET}, see {@link #convert(SameDiff, List, int)}. */
    public static OnnxModel convert(SameDiff graph, List<String> outputs) {
        return convert(graph, outputs, DEFAULT_OPSET);
    }

    /**
     * Converts a graph.
     *
     * @param outputs names of the variables that are asked for
     * @param opset version of the operator set, {@value #OLDEST_OPSET} to {@value OnnxModel#NEWEST_OPSET}
     * @throws IllegalArgumentException if {@code opset} is none of these
     * @throws InvalidGraphException if there is no variable of a name
     * @throws UnsupportedOpsException if ONNX cannot express some of the ops that lead to the outputs
     */
    public static OnnxModel convert(SameDiff graph, List<String> outputs, int opset) {
        if (opset < OLDEST_OPSET || opset > OnnxModel.NEWEST_OPSET) {
            throw new IllegalArgumentException(
                    "opset " + opset + " cannot be written: choose " + OLDEST_OPSET + " to " + OnnxModel.NEWEST_OPSET);
        }
        for (String output : outputs) {
            if (!graph.hasVariable(output)) {
                throw new InvalidGraphException("the graph has no variable " + output);
            }
        }
        List<NativeOp> ops = needed(graph, outputs);
        Set<String> read = new HashSet<>(outputs);
        ops.forEach(op -> read.addAll(op.inputs()));
        GraphExport target = new GraphExport(graph, opset, read);
        graph.inputs().stream().filter(read::contains).forEach(target::input);
        write(ops, GroupedOps.of(graph, ops, outputs), target);
        try {
            for (String output : outputs) {
                target.output(output);
            }
        } catch (NotConvertibleException e) {
            throw new InvalidGraphException("an output cannot be written: " + e.reason(), e);
        }
        return target.finish();
    }

    private static void write(List<NativeOp> ops, GroupedOps groups, GraphExport target) {
        List<UnsupportedOp> unsupported = new ArrayList<>();
        for (NativeOp member : ops) {
            if (groups.isInner(member)) {
                continue;
            }
            NativeOp op = groups.whole(member);
            OpMapping.Exporter exporter = Mappings.EXPORTERS.get(op.kind());
            if (exporter == null) {
                unsupported.add(new UnsupportedOp(op.kind(), op.name(), ""));
                continue;
            }
            try {
                target.write(exporter, new ExportedOp(op, target, groups.parts(member)));
            } catch (NotConvertibleException e) {
                unsupported.add(new UnsupportedOp(op.kind(), op.name(), e.reason()));
            }
        }
        if (!unsupported.isEmpty()) {
            throw new UnsupportedOpsException(unsupported);
        }
    }

    /** The ops that lead to the outputs, in an order in which they can run. */
    private static List<NativeOp> needed(SameDiff graph, List<String> outputs) {
        Map<String, NativeOp> ops = new HashMap<>();
        Map<String, String> writers = new HashMap<>();
        graph.getOps().forEach((name, op) -> {
            NativeOp read = NativeOp.of(graph, op);
            ops.put(name, read);
            read.outputs().forEach(o -> writers.put(o, name));
        });
        Set<String> reached = Topology.closure(
                outputs.stream().map(writers::get).filter(Objects::nonNull).toList(),
                name -> sources(ops, writers, name));
        List<String> order = Topology.order(
                graph.getOps().keySet().stream().filter(reached::contains).toList(),
                name -> sources(ops, writers, name));
        return order.stream().map(name -> Objects.requireNonNull(ops.get(name))).toList();
    }

    private static List<String> sources(Map<String, NativeOp> ops, Map<String, String> writers, String op) {
        return Objects.requireNonNull(ops.get(op)).inputs().stream()
                .map(writers::get)
                .filter(Objects::nonNull)
                .toList();
    }
}
