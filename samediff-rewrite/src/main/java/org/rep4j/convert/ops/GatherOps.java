package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Ops that read elements by index. All of them become gathers along one axis, which have gradients. */
public final class GatherOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of(
                "Gather", GatherOps::gather,
                "GatherElements", GatherOps::gatherElements,
                "GatherND", GatherOps::gatherNd);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.of("gather", GatherOps::writeGather, "gather_nd", GatherOps::writeGatherNd);
    }

    private static List<SDVariable> gather(ImportedOp op) throws NotConvertibleException {
        int axis = op.axis(op.node().integer("axis", 0), op.rank(0));
        SDVariable indices = Indices.of(op, 1, Extent.of(op, 0, axis));
        SDVariable x = Elements.asNumbers(op.in(0));
        if (op.rank(0) == 1 && op.shape(1).rank() < 0) {
            throw op.unsupported("the number of axes of its indices is not known");
        }
        Extent[] shape = op.rank(0) > 1 ? new Extent[0] : Extent.all(op, 1);
        SDVariable taken = Indices.gather(op, x, op.rank(0), indices, axis, shape);
        return ImportedOp.result(Elements.as(taken, op.type(0)));
    }

    private static List<SDVariable> gatherElements(ImportedOp op) throws NotConvertibleException {
        SDVariable all = op.graph().reshape(Elements.asNumbers(op.in(0)), Extent.INFERRED);
        SDVariable taken = Indices.gather(op, all, 1, Indices.alongAxis(op), 0, Extent.all(op, 1));
        return ImportedOp.result(Elements.as(taken, op.type(0)));
    }

    private static List<SDVariable> gatherNd(ImportedOp op) throws NotConvertibleException {
        int batch = Math.toIntExact(op.node().integer("batch_dims", 0));
        long length = op.shape(1).dim(-1);
        if (length < 0) {
            throw op.unsupported("how many axes it indexes is not known");
        }
        int indexed = batch + Math.toIntExact(length);
        if (length == 0 || batch < 0 || indexed > op.rank(0) || batch >= op.rank(1)) {
            throw op.invalid("indexes " + indexed + " axes of " + op.rank(0));
        }
        Extent[] sizes = Extent.all(op, 0);
        Extent[] inside = Arrays.copyOfRange(sizes, batch, indexed);
        SDVariable places = Indices.places(op, Indices.tuples(op, 1, inside), inside);
        Extent[] strides = Indices.strides(op, Arrays.copyOf(sizes, indexed));
        for (int axis = 0; axis < batch; axis++) {
            SDVariable offsets = Indices.walk(op, sizes[axis], strides[axis], axis, op.rank(1) - 1);
            places = Elements.as(places, offsets.dataType()).add(offsets);
        }
        SDVariable rows = rows(op, Elements.asNumbers(op.in(0)), indexed);
        Extent[] named = Arrays.copyOf(Extent.all(op, 1), op.rank(1) - 1);
        SDVariable taken = Indices.gather(op, rows, op.rank(0) - indexed + 1, places, 0, named);
        return ImportedOp.result(Elements.as(taken, op.type(0)));
    }

    /** A variable of the shape of input 0 with its first axes merged into one. */
    static SDVariable rows(ImportedOp op, SDVariable variable, int merged) {
        if (merged == 1) {
            return variable;
        }
        Extent[] all = Extent.all(op, 0);
        Extent[] sizes = Arrays.copyOfRange(all, merged - 1, all.length);
        sizes[0] = Extent.of(Extent.INFERRED);
        return Extent.reshape(op, variable, sizes);
    }

    private static void writeGather(ExportedOp op) throws NotConvertibleException {
        long[] arguments = op.integers();
        long axis = arguments.length > 0 ? arguments[0] : 0;
        if (op.count() > 2) {
            Optional<long[]> computed = op.integers(2);
            axis = computed.orElseThrow(() -> op.unsupported("its axis is computed"))[0];
        }
        String indices = arguments.length > 1
                ? op.vector(Arrays.copyOfRange(arguments, 1, arguments.length))
                : ShapeExport.longs(op, 1);
        op.node("Gather").reads(op.in(0), indices).integer("axis", axis).writes(0);
    }

    private static void writeGatherNd(ExportedOp op) throws NotConvertibleException {
        op.node("GatherND").reads(op.in(0), ShapeExport.longs(op, 1)).writes(0);
    }
}
