package org.rep4j.convert.ops;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.onnx.OnnxType;

/**
 * The largest or smallest elements along an axis. libnd4j's top_k mixes up elements that are equal, so it is given keys of which
 * no two are: the elements in double precision, each lowered in bits that single precision does not have, those behind more than
 * those in front.
 */
final class TopK {
    /** Relative difference between the keys of equal elements that are neighbours: two units in the last place. */
    private static final double STEP = 0x1p-51;

    /** The difference between keys of zeros, smaller than any float. */
    private static final double STEP_OF_ZERO = 0x1p-200;

    /** Stands for infinity, which has no neighbours. */
    private static final double INFINITE = 0x1p129;

    private TopK() {}

    static List<SDVariable> write(ImportedOp op) throws NotConvertibleException {
        SameDiff graph = op.graph();
        int rank = op.rank(0);
        int axis = op.axis(op.node().integer("axis", -1), rank);
        long size = op.shape(0).dim(axis);
        boolean computed = op.has(1) && !op.isConstant(1);
        if (computed && size < 0) {
            throw op.unsupported("how many elements it takes is computed");
        }
        long wanted =
                computed ? size : op.node().hasAttribute("k") ? op.node().integer("k", 0) : (long) op.number(1, 0);
        if (wanted < 0 || (size >= 0 && wanted > size)) {
            throw op.invalid("takes " + wanted + " of " + size + " elements");
        }
        if (wanted == 0) {
            throw op.unsupported("it takes no elements");
        }
        int[] order = IntStream.range(0, rank).toArray();
        order[axis] = rank - 1;
        order[rank - 1] = axis;
        Extent[] sizes = Extent.all(op, 0);
        Extent length = sizes[axis];
        SDVariable x = axis == rank - 1 ? op.in(0) : graph.permute(op.in(0), order);
        SDVariable rows = Extent.reshape(op, x, Extent.of(Extent.INFERRED), length);
        boolean largest = op.node().integer("largest", 1) != 0;
        SDVariable keys = isWide(op.type(0)) ? ranks(op, rows, length, largest) : keys(op, rows, length, largest);
        SDVariable indices = largest(graph, keys, wanted);
        sizes[axis] = sizes[rank - 1];
        sizes[rank - 1] = Extent.of(wanted);
        if (computed) {
            SDVariable count = Elements.as(graph.reshape(op.in(1)), DataType.LONG);
            indices = graph.gather(indices, SourceOps.positions(op, Extent.of(count)), 1);
            sizes[rank - 1] = Extent.of(count);
        }
        SDVariable places = graph.reshape(places(op, indices, rows, length), Extent.INFERRED);
        SDVariable values = graph.gather(graph.reshape(x, Extent.INFERRED), places, 0);
        return List.of(
                ordered(op, Extent.reshape(op, values, sizes), order),
                ordered(op, Extent.reshape(op, indices, sizes), order));
    }

    private static SDVariable ordered(ImportedOp op, SDVariable x, int... order) {
        int last = order.length - 1;
        return order[last] == last ? x : op.graph().permute(x, order);
    }

    /** x − (|x| · step + tiny) · index, for −x where the smallest elements are wanted. */
    private static SDVariable keys(ImportedOp op, SDVariable rows, Extent length, boolean largest) {
        SameDiff graph = op.graph();
        SDVariable x = rows.castTo(DataType.DOUBLE);
        SDVariable signed = largest ? x : graph.math().neg(x);
        SDVariable low = graph.math().max(signed, op.scalar(-INFINITE, DataType.DOUBLE));
        SDVariable finite = graph.math().min(low, op.scalar(INFINITE, DataType.DOUBLE));
        SDVariable step = graph.math()
                .abs(finite)
                .mul(op.scalar(STEP, DataType.DOUBLE))
                .add(op.scalar(STEP_OF_ZERO, DataType.DOUBLE));
        return finite.sub(step.mul(SourceOps.positions(op, length).castTo(DataType.DOUBLE)));
    }

    private static boolean isWide(DataType type) {
        return type == DataType.DOUBLE || type == DataType.LONG || type == DataType.UINT64;
    }

    /** How many elements come before each one, negated: for elements of 64 bits, which leave none for keys. */
    private static SDVariable ranks(ImportedOp op, SDVariable rows, Extent length, boolean largest) {
        SameDiff graph = op.graph();
        SDVariable one = Elements.expanded(graph, rows, 2, 2);
        SDVariable other = Elements.expanded(graph, rows, 2, 1);
        SDVariable before = largest ? graph.gt(other, one) : graph.lt(other, one);
        SDVariable positions = SourceOps.positions(op, length);
        SDVariable infront = graph.lt(graph.expandDims(positions, 0), graph.expandDims(positions, 1));
        SDVariable equal = graph.eq(other, one).castTo(DataType.FLOAT).mul(infront.castTo(DataType.FLOAT));
        SDVariable count = graph.sum(before.castTo(DataType.FLOAT).add(equal), false, 2);
        return graph.math().neg(count);
    }

    private static SDVariable largest(SameDiff graph, SDVariable keys, long wanted) {
        return new NativeTopK(graph, keys, Math.toIntExact(wanted)).outputVariables()[1].castTo(DataType.LONG);
    }

    /** Where the elements of rows of a matrix lie among all. */
    private static SDVariable places(ImportedOp op, SDVariable indices, SDVariable rows, Extent length) {
        SDVariable count = op.graph().sizeAt(rows, 0);
        SDVariable row = SourceOps.positions(op, Extent.of(count)).mul(length.variable(op));
        return indices.add(op.graph().expandDims(row, 1));
    }

    static void export(ExportedOp op) throws NotConvertibleException {
        String[] results = op.node("TopK")
                .reads(op.in(0), op.vector(op.integer(0, 1)))
                .integer("sorted", op.integer(1, 1) == 0 ? 0 : 1)
                .values(2);
        op.node("Identity").reads(results[0]).writes(0);
        OnnxType type = op.onnxOutputType(1);
        op.node("Cast").reads(results[1]).integer("to", type.number()).writes(1);
    }

    /** top_k with its arguments in the order in which libnd4j reads them: ND4J's class has them the other way around. */
    private static final class NativeTopK extends org.nd4j.linalg.api.ops.impl.transforms.custom.TopK {
        NativeTopK(SameDiff graph, SDVariable rows, int wanted) {
            super(graph, rows, wanted, true);
            iArguments.clear();
            addIArgument(wanted, 1);
        }
    }
}
