package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastTo;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;

/** Ops that repeat what they read along axes. */
public final class ExpansionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("Expand", ExpansionOps::expand, "Tile", ExpansionOps::tile);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry(
                        "broadcast_to",
                        op -> op.node("Expand")
                                .reads(op.in(0), ShapeExport.longs(op, 1))
                                .writes(0)),
                entry("broadcast_dynamic_shape", ExpansionOps::writeBroadcastShape),
                entry("tile", ExpansionOps::writeTile));
    }

    private static List<SDVariable> expand(ImportedOp op) throws NotConvertibleException {
        Optional<long[]> target = op.integers(1);
        SDVariable x = op.in(0);
        if (target.isEmpty()) {
            long length = op.shape(1).dim(0);
            if (length < 0) {
                throw op.unsupported("how many axes it has afterwards is computed");
            }
            SDVariable common = common(op, op.sizes(0), op.rank(0), op.in(1), Math.toIntExact(length));
            return ImportedOp.result(new BroadcastTo(op.graph(), x, common).outputVariable());
        }
        int rank = Math.max(op.rank(0), target.get().length);
        int missing = rank - op.rank(0);
        Extent[] sizes = new Extent[rank];
        for (int axis = 0; axis < rank; axis++) {
            int wanted = axis - rank + target.get().length;
            long size = wanted < 0 ? 1 : target.get()[wanted];
            long had = axis < missing ? 1 : op.shape(0).dim(axis - missing);
            if (size < 0 || (had > 1 && size != 1 && size != had)) {
                throw op.invalid("expands a shape of " + op.shape(0) + " to " + Arrays.toString(target.get()));
            }
            sizes[axis] = size != 1 || axis < missing ? Extent.of(size) : Extent.of(op, 0, axis - missing);
        }
        return ImportedOp.result(broadcast(op, x, op.shape(0), sizes));
    }

    /** The sizes to which tensors of two vectors of sizes broadcast, worked out when the graph runs. */
    static SDVariable common(ImportedOp op, SDVariable left, int leftRank, SDVariable right, int rightRank) {
        SDVariable had = padded(op, left, rightRank - leftRank);
        SDVariable wanted = padded(op, right, leftRank - rightRank);
        // not the larger ones: one element can be repeated not at all
        return op.graph().where(wanted, had, op.graph().eq(had, op.scalar(1, DataType.LONG)));
    }

    private static SDVariable padded(ImportedOp op, SDVariable sizes, int missing) {
        return missing > 0 ? op.graph().concat(0, op.vector(SliceOps.ones(missing)), sizes) : sizes;
    }

    /** A copy of a variable for each index along axes on which it has one element, or which it lacks. */
    static SDVariable broadcast(ImportedOp op, SDVariable x, Shape shape, Extent... sizes) {
        boolean tiles =
                shape.isFullyKnown() && Arrays.stream(sizes).allMatch(size -> size.isKnown() && size.known() > 0);
        if (!tiles) {
            return new BroadcastTo(op.graph(), x, Extent.vector(op, sizes)).outputVariable();
        }
        int missing = sizes.length - shape.rank(); // unlike broadcast_to, tile has a gradient
        int[] repeats = new int[sizes.length];
        Extent[] padded = new Extent[sizes.length];
        for (int axis = 0; axis < sizes.length; axis++) {
            long had = axis < missing ? 1 : shape.dim(axis - missing);
            padded[axis] = Extent.of(had);
            repeats[axis] = Math.toIntExact(sizes[axis].known() / Math.max(had, 1));
        }
        if (missing == 0 && Arrays.stream(repeats).allMatch(r -> r == 1)) {
            return x;
        }
        SDVariable ranked = missing == 0 ? x : Extent.reshape(op, x, padded);
        return op.graph().tile(ranked, repeats);
    }

    private static List<SDVariable> tile(ImportedOp op) throws NotConvertibleException {
        Optional<long[]> repeats = op.integers(1);
        if (repeats.isEmpty()) {
            return ImportedOp.result(op.graph().tile(op.in(0), op.in(1)));
        }
        long[] counts = repeats.get();
        if (Arrays.stream(counts).anyMatch(r -> r < 0) || counts.length != op.rank(0)) {
            throw op.invalid("repeats an input of " + op.rank(0) + " axes " + Arrays.toString(counts) + " times");
        }
        if (Arrays.stream(counts).anyMatch(r -> r == 0)) {
            throw op.unsupported("it repeats an axis zero times");
        }
        if (Arrays.stream(counts).allMatch(r -> r == 1)) {
            return ImportedOp.result(op.in(0));
        }
        int[] whole = Arrays.stream(counts).mapToInt(Math::toIntExact).toArray();
        return ImportedOp.result(op.graph().tile(op.in(0), whole));
    }

    private static void writeTile(ExportedOp op) throws NotConvertibleException {
        long[] given = op.count() > 1 ? op.integers(1).orElse(new long[0]) : op.integers();
        if (given.length == 0 && op.count() > 1) {
            op.node("Tile").reads(op.in(0), ShapeExport.longs(op, 1)).writes(0);
            return;
        }
        int rank = op.rank(0);
        if (given.length != rank) {
            throw op.unsupported("it repeats " + given.length + " axes of " + rank);
        }
        op.node("Tile").reads(op.in(0), op.vector(given)).writes(0);
    }

    /** The shape that two shapes broadcast to: where one has the size 1, that of the other. */
    private static void writeBroadcastShape(ExportedOp op) throws NotConvertibleException {
        long[] lengths = {op.shape(op.in(0)).dim(0), op.shape(op.in(1)).dim(0)};
        if (lengths[0] < 0 || lengths[1] < 0) {
            throw op.unsupported("the number of axes that it broadcasts is not known");
        }
        String[] shapes = new String[2];
        for (int i = 0; i < 2; i++) {
            String shape = op.onnxType(i) == OnnxType.INT64 ? op.in(i) : op.cast(op.in(i), OnnxType.INT64);
            long[] missing = new long[(int) Math.max(0, lengths[1 - i] - lengths[i])];
            Arrays.fill(missing, 1);
            shapes[i] = missing.length == 0
                    ? shape
                    : op.node("Concat")
                            .reads(op.vector(missing), shape)
                            .integer("axis", 0)
                            .value();
        }
        String ones = op.node("Equal").reads(shapes[0], op.vector(1)).value();
        String result = op.node("Where").reads(ones, shapes[1], shapes[0]).value();
        op.node("Cast")
                .reads(result)
                .integer("to", op.onnxOutputType(0).number())
                .writes(0);
    }
}
