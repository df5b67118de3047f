package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.shape.Concat;
import org.nd4j.linalg.api.ops.impl.shape.Split;
import org.nd4j.linalg.api.ops.impl.shape.SplitV;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Ops that put tensors together along an axis, or cut one into parts. */
public final class JoiningOps implements OpMapping {
    /** Operator set since which Split may make a smaller last part. */
    private static final int UNEQUAL_PARTS = 18;

    @Override
    public Map<String, Importer> importers() {
        return Map.of("Concat", JoiningOps::concat, "Split", JoiningOps::split);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("concat", JoiningOps::writeConcat),
                entry("stack", JoiningOps::writeStack),
                entry("unstack", JoiningOps::writeUnstack),
                entry("split", JoiningOps::writeSplit),
                entry("split_v", JoiningOps::writeSplitV));
    }

    private static List<SDVariable> concat(ImportedOp op) throws NotConvertibleException {
        if (op.count() == 1) {
            return ImportedOp.result(op.in(0));
        }
        if (!op.node().hasAttribute("axis")) {
            throw op.invalid("lacks its axis");
        }
        int rank = op.rank(0);
        int axis = op.axis(op.node().integer("axis", 0), rank);
        for (int i = 1; i < op.count(); i++) {
            if (op.shape(i).rank() >= 0 && op.rank(i) != rank) {
                throw op.invalid("joins shapes of " + op.shape(0) + " and " + op.shape(i));
            }
        }
        return ImportedOp.result(new Concat(op.graph(), axis, op.all()).outputVariable());
    }

    private static List<SDVariable> split(ImportedOp op) throws NotConvertibleException {
        int axis = op.axis(op.node().integer("axis", 0), op.rank(0));
        int parts = op.node().outputs().size();
        long size = op.shape(0).dim(axis);
        if (size == 0) {
            return Collections.nCopies(parts, op.in(0)); // split_v refuses to cut nothing
        }
        Optional<long[]> sizes = op.node().integers("split");
        if (sizes.isEmpty() && op.has(1)) {
            sizes = op.integers(1);
            if (sizes.isEmpty()) {
                return List.of(new SplitV(op.graph(), op.in(0), op.in(1), parts, axis).outputVariables());
            }
        }
        if (op.node().integer("num_outputs", parts) != parts || (sizes.isPresent() && sizes.get().length != parts)) {
            throw op.invalid("has " + parts + " outputs for other parts");
        }
        if (parts == 1) {
            return ImportedOp.result(op.in(0));
        }
        if (sizes.isEmpty() && size < 0) {
            return op.opset() < UNEQUAL_PARTS ? equalParts(op, axis, parts) : computedParts(op, axis, parts);
        }
        long[] known = sizes.isPresent() ? sizes.get() : sizes(op, size, parts);
        if (Arrays.stream(known).anyMatch(s -> s < 0)
                || (size >= 0 && Arrays.stream(known).sum() != size)) {
            throw op.invalid("cuts " + size + " into " + Arrays.toString(known));
        }
        if (size > 0 && Arrays.stream(known).allMatch(s -> s == known[0])) {
            return equalParts(op, axis, parts);
        }
        return List.of(new SplitV(op.graph(), op.in(0), op.vector(known), parts, axis).outputVariables());
    }

    private static List<SDVariable> equalParts(ImportedOp op, int axis, int parts) {
        return List.of(new Split(op.graph(), op.in(0), parts, axis).outputVariables());
    }

    private static long[] sizes(ImportedOp op, long size, int parts) {
        if (op.opset() < UNEQUAL_PARTS && size % parts != 0) {
            throw op.invalid("cuts " + size + " into " + parts + " parts of the same size");
        }
        long each = (size + parts - 1) / parts;
        long[] sizes = new long[parts];
        for (int i = 0; i < parts; i++) {
            sizes[i] = Math.max(0, Math.min(each, size - i * each));
        }
        return sizes;
    }

    /** Parts of one size, the last one perhaps smaller: which numbers these are follows when the graph runs. */
    private static List<SDVariable> computedParts(ImportedOp op, int axis, int parts) {
        SDVariable size = Extent.of(op, 0, axis).variable(op);
        SDVariable each = size.add(op.scalar(parts - 1, DataType.LONG)).div(op.scalar(parts, DataType.LONG));
        SDVariable[] sizes = new SDVariable[parts];
        SDVariable rest = size;
        for (int i = 0; i < parts; i++) {
            sizes[i] = op.graph().math().min(each, rest);
            rest = rest.sub(sizes[i]);
        }
        SDVariable vector = op.graph().stack(0, sizes);
        return List.of(new SplitV(op.graph(), op.in(0), vector, parts, axis).outputVariables());
    }

    private static void writeConcat(ExportedOp op) throws NotConvertibleException {
        String[] inputs = op.all();
        long axis = op.integer(0, 0);
        if (op.flag(0, false)) {
            int last = inputs.length - 1;
            axis = op.integers(last).orElseThrow(() -> op.unsupported("its axis is computed"))[0];
            inputs = Arrays.copyOf(inputs, last);
        }
        op.node("Concat").reads(inputs).integer("axis", axis).writes(0);
    }

    private static void writeStack(ExportedOp op) throws NotConvertibleException {
        long axis = op.integer(0, 0);
        String[] rows = new String[op.count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = op.node("Unsqueeze").reads(op.in(i), op.vector(axis)).value();
        }
        op.node("Concat").reads(rows).integer("axis", axis).writes(0);
    }

    private static void writeUnstack(ExportedOp op) throws NotConvertibleException {
        long axis = op.integer(0, 0);
        long[] ones = new long[op.outputs()];
        Arrays.fill(ones, 1);
        String[] rows = op.node("Split")
                .reads(op.in(0), op.vector(ones))
                .integer("axis", axis)
                .values(op.outputs());
        for (int i = 0; i < rows.length; i++) {
            op.node("Squeeze").reads(rows[i], op.vector(axis)).writes(i);
        }
    }

    /** The axis is the second argument, or an input in front of what is cut. */
    private static void writeSplit(ExportedOp op) throws NotConvertibleException {
        int input = 0;
        long axis = op.integer(1, 0);
        if (op.count() > 1) {
            int first = op.rank(0) == 0 ? 0 : 1;
            axis = op.integers(first).orElseThrow(() -> op.unsupported("its axis is computed"))[0];
            input = 1 - first;
        }
        NodeWriter node = op.node("Split").reads(op.in(input)).integer("axis", axis);
        if (op.opset() >= UNEQUAL_PARTS) {
            node.integer("num_outputs", op.outputs());
        }
        writeAll(op, node);
    }

    private static void writeSplitV(ExportedOp op) throws NotConvertibleException {
        long axis = op.integer(0, 0);
        if (op.count() > 2) {
            axis = op.integers(2).orElseThrow(() -> op.unsupported("its axis is computed"))[0];
        }
        writeAll(op, op.node("Split").reads(op.in(0), ShapeExport.longs(op, 1)).integer("axis", axis));
    }

    private static void writeAll(ExportedOp op, NodeWriter node) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < op.outputs(); i++) {
            names.add(op.out(i));
        }
        node.write(names.toArray(String[]::new));
    }
}
