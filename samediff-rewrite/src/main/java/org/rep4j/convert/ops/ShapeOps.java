package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdUpdate;
import org.nd4j.linalg.api.ops.impl.shape.Flatten2D;
import org.nd4j.linalg.api.ops.impl.shape.Squeeze;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;

/** Ops that leave the elements as they are and give them another shape, or another order of the axes. */
public final class ShapeOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Reshape", ShapeOps::reshape),
                entry("Flatten", ShapeOps::flatten),
                entry("Squeeze", ShapeOps::squeeze),
                entry("Unsqueeze", ShapeOps::unsqueeze),
                entry("Transpose", ShapeOps::transpose),
                entry("Identity", op -> ImportedOp.result(op.in(0))),
                entry("Dropout", ShapeOps::dropout));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("reshape", ShapeExport::reshape),
                entry("reshape_as", ShapeExport::reshapeAs),
                entry(
                        "flatten_2d",
                        op -> op.node("Flatten")
                                .reads(op.in(0))
                                .integer("axis", op.integer(0, 1))
                                .writes(0)),
                entry("flatten", ShapeExport::flatten),
                entry("squeeze", ShapeExport::squeeze),
                entry("expand_dims", ShapeExport::expandDims),
                entry("permute", ShapeExport::permute),
                entry("transpose", ShapeExport::permute));
    }

    private static List<SDVariable> reshape(ImportedOp op) throws NotConvertibleException {
        Shape known = op.outputShape(0);
        if (known.dims() != null && isFixed(known)) {
            long[] sizes = known.dims().stream().mapToLong(d -> d).toArray();
            requireSameNumber(op, sizes);
            return ImportedOp.result(op.graph().reshape(op.in(0), sizes));
        }
        boolean copies = op.node().integer("allowzero", 0) == 0;
        Optional<long[]> target = op.integers(1);
        if (target.isEmpty()) {
            return ImportedOp.result(op.graph().reshape(op.in(0), copies ? withoutZeros(op) : op.in(1)));
        }
        long[] sizes = target.get();
        if (Arrays.stream(sizes).anyMatch(s -> s < Extent.INFERRED)
                || Arrays.stream(sizes).filter(s -> s == Extent.INFERRED).count() > 1) {
            throw op.invalid("makes a shape of " + Arrays.toString(sizes));
        }
        Extent[] extents = new Extent[sizes.length];
        for (int axis = 0; axis < sizes.length; axis++) {
            boolean copy = sizes[axis] == 0 && copies;
            if (copy && op.shape(0).rank() >= 0 && axis >= op.rank(0)) {
                throw op.invalid("copies the size of axis " + axis + ", but its input has " + op.rank(0) + " axes");
            }
            extents[axis] = copy ? Extent.of(op, 0, axis) : Extent.of(sizes[axis]);
        }
        return ImportedOp.result(Extent.reshape(op, op.in(0), extents));
    }

    private static void requireSameNumber(ImportedOp op, long... sizes) {
        if (op.shape(0).isFullyKnown()
                && Arrays.stream(sizes).allMatch(s -> s >= 0)
                && op.shape(0).elements() != Shape.of(sizes).elements()) {
            throw op.invalid("makes a shape of " + Arrays.toString(sizes) + " from one of " + op.shape(0));
        }
    }

    /** Whether at most one size must be worked out when the graph runs, and follows from the others then. */
    private static boolean isFixed(Shape shape) {
        return shape.isFullyKnown()
                || (shape.dims() != null
                        && shape.dims().stream().filter(d -> d < 0).count() == 1
                        && shape.dims().stream().noneMatch(d -> d == 0));
    }

    /** A computed shape, with the sizes of the input in place of zeros. */
    private static SDVariable withoutZeros(ImportedOp op) {
        SameDiff graph = op.graph();
        SDVariable shape = op.in(1);
        SDVariable zeros = graph.zerosLike(shape);
        SDVariable sizes = graph.concat(0, op.sizes(0), zeros); // there may be more axes afterwards than before
        SDVariable first = new StridedSlice(graph, sizes, op.vector(0), op.sizes(1), op.vector(1)).outputVariable();
        return graph.where(first, shape, graph.eq(shape, zeros));
    }

    private static List<SDVariable> flatten(ImportedOp op) throws NotConvertibleException {
        long given = op.node().integer("axis", 1);
        if (op.shape(0).rank() < 0 && given >= 0) {
            return ImportedOp.result(new Flatten2D(op.graph(), op.in(0), given).outputVariable());
        }
        int rank = op.rank(0);
        int axis = given == rank ? rank : op.axis(given, rank);
        List<Long> dims = op.shape(0).dims();
        if (dims == null) {
            throw new IllegalStateException("a shape of known rank has sizes");
        }
        long before = product(dims.subList(0, axis));
        long after = product(dims.subList(axis, rank));
        if (after > 0 || (after == 0 && before >= 0)) {
            return ImportedOp.result(op.graph().reshape(op.in(0), before, after));
        }
        if (before > 0) {
            return ImportedOp.result(op.graph().reshape(op.in(0), before, Extent.INFERRED));
        }
        return ImportedOp.result(new Flatten2D(op.graph(), op.in(0), axis).outputVariable());
    }

    /** The product of sizes, −1 where that is not known. */
    private static long product(List<Long> sizes) {
        return sizes.stream().anyMatch(s -> s < 0)
                ? Shape.UNKNOWN_DIM
                : sizes.stream().reduce(1L, Math::multiplyExact);
    }

    private static List<SDVariable> squeeze(ImportedOp op) throws NotConvertibleException {
        if (op.has(1) && op.integers(1).isEmpty()) {
            if (op.shape(1).rank() == 1 && op.shape(1).dim(0) == op.rank(0)) {
                return ImportedOp.result(op.graph().reshape(op.in(0)));
            }
            SDVariable rest = others(op, op.in(1), op.rank(0));
            return ImportedOp.result(op.graph().reshape(op.in(0), op.graph().gather(op.sizes(0), rest, 0)));
        }
        int rank = op.rank(0);
        Optional<long[]> given = op.integers("axes", 1);
        int[] axes = given.isPresent()
                ? Arrays.stream(given.get())
                        .mapToInt(a -> op.axis(a, rank))
                        .sorted()
                        .distinct()
                        .toArray()
                : axesOfOne(op, rank);
        for (int axis : axes) {
            if (op.shape(0).dim(axis) >= 0 && op.shape(0).dim(axis) != 1) {
                throw op.invalid("drops axis " + axis + ", but its size is "
                        + op.shape(0).dim(axis));
            }
        }
        if (axes.length == 0) {
            return ImportedOp.result(op.in(0));
        }
        return ImportedOp.result(new Squeeze(op.graph(), op.in(0), axes).outputVariable());
    }

    private static int[] axesOfOne(ImportedOp op, int rank) throws NotConvertibleException {
        if (!op.shape(0).isFullyKnown()) {
            throw op.unsupported("which axes it drops depends on what is fed");
        }
        return IntStream.range(0, rank).filter(a -> op.shape(0).dim(a) == 1).toArray();
    }

    /** The axes of {@code rank} that computed ones leave, in their order. */
    private static SDVariable others(ImportedOp op, SDVariable axes, int rank) {
        SDVariable counted = op.graph().math().floorMod(axes, op.scalar(rank, DataType.LONG));
        SDVariable rows = op.graph().expandDims(counted, 1);
        SDVariable named = new ScatterNdUpdate(
                        op.graph(),
                        op.vector(SliceOps.ones(rank)),
                        rows,
                        op.graph().zerosLike(counted))
                .outputVariable();
        SDVariable left = op.graph().neq(named, op.scalar(0, DataType.LONG));
        return op.graph().squeeze(PositionOps.indices(op, left, 1), 1);
    }

    private static List<SDVariable> unsqueeze(ImportedOp op) throws NotConvertibleException {
        if (op.has(1) && op.integers(1).isEmpty()) {
            return unsqueezeComputed(op);
        }
        long[] given = op.integers("axes", 1).orElseThrow(() -> op.invalid("lacks its axes"));
        int rank = op.rank(0) + given.length;
        int[] axes = Arrays.stream(given)
                .mapToInt(a -> op.axis(a, rank))
                .sorted()
                .distinct()
                .toArray();
        if (axes.length < given.length) {
            throw op.invalid("adds an axis twice");
        }
        SDVariable result = op.in(0);
        for (int i = 0; i < axes.length; i++) {
            result = Elements.expanded(op.graph(), result, op.rank(0) + i, axes[i]);
        }
        return ImportedOp.result(result);
    }

    private static List<SDVariable> unsqueezeComputed(ImportedOp op) throws NotConvertibleException {
        long added = op.shape(1).dim(0);
        if (added < 0) {
            throw op.unsupported("its axes are computed");
        }
        int rank = op.rank(0) + Math.toIntExact(added);
        SDVariable kept = op.graph().expandDims(others(op, op.in(1), rank), 1);
        SDVariable shape =
                new ScatterNdUpdate(op.graph(), op.vector(SliceOps.ones(rank)), kept, op.sizes(0)).outputVariable();
        return ImportedOp.result(op.graph().reshape(op.in(0), shape));
    }

    private static List<SDVariable> transpose(ImportedOp op) throws NotConvertibleException {
        Optional<long[]> perm = op.node().integers("perm");
        int[] axes = perm.isPresent()
                ? Arrays.stream(perm.get()).mapToInt(Math::toIntExact).toArray()
                : reversed(op.rank(0));
        int[] sorted = axes.clone();
        Arrays.sort(sorted);
        if (!Arrays.equals(sorted, IntStream.range(0, axes.length).toArray())
                || (op.shape(0).rank() >= 0 && op.rank(0) != axes.length)) {
            throw op.invalid("orders axes as " + Arrays.toString(axes) + ", but its input has "
                    + op.shape(0).rank());
        }
        return ImportedOp.result(axes.length < 2 ? op.in(0) : op.permuted(0, axes));
    }

    private static int[] reversed(int rank) {
        return IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    }

    private static List<SDVariable> dropout(ImportedOp op) throws NotConvertibleException {
        if (op.has(2) && op.number(2, 0) != 0 && op.number(1, 0.5) != 0) {
            throw op.unsupported("it is in training mode");
        }
        SDVariable x = op.in(0);
        if (!op.wants(1)) {
            return ImportedOp.result(x);
        }
        SDVariable ones = op.graph().onesLike(x);
        boolean truths = op.opset() >= 10; // before, the mask had the type of the input
        return List.of(x, truths ? ones.castTo(DataType.BOOL) : ones);
    }
}
