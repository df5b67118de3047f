package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastTo;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Shape;

/**
 * Writes ONNX's MatMul. SameDiff multiplies matrices, and as many of them as there are on the other side; vectors become matrices, and
 * what should be repeated is repeated. Matrices on the left of a single one are multiplied as one high matrix.
 */
final class MatrixProduct {
    private final ImportedOp op;
    private final SameDiff graph;
    private SDVariable left;
    private SDVariable right;
    private Shape leftShape;
    private Shape rightShape;

    private MatrixProduct(ImportedOp op, SDVariable left, Shape leftShape, SDVariable right, Shape rightShape) {
        this.op = op;
        this.graph = op.graph();
        this.left = left;
        this.right = right;
        this.leftShape = leftShape;
        this.rightShape = rightShape;
    }

    static List<SDVariable> write(ImportedOp op) throws NotConvertibleException {
        return ImportedOp.result(of(op, op.in(0), 0, op.in(1), 1));
    }

    /** The product of two variables that have the shapes of these inputs of an op. */
    static SDVariable of(ImportedOp op, SDVariable left, int leftInput, SDVariable right, int rightInput)
            throws NotConvertibleException {
        if (op.rank(leftInput) < 1 || op.rank(rightInput) < 1) {
            throw op.invalid("multiplies tensors of shapes " + op.shape(leftInput) + " and " + op.shape(rightInput));
        }
        return new MatrixProduct(op, left, op.shape(leftInput), right, op.shape(rightInput)).write();
    }

    private SDVariable write() {
        boolean row = leftShape.rank() == 1;
        boolean column = rightShape.rank() == 1;
        if (row) {
            left = graph.expandDims(left, 0);
            leftShape = Shape.of(1, leftShape.dim(0));
        }
        if (column) {
            right = graph.expandDims(right, 1);
            rightShape = Shape.of(rightShape.dim(0), 1);
        }
        int rank = Math.max(leftShape.rank(), rightShape.rank());
        SDVariable product = product(rank);
        if (column) {
            product = graph.squeeze(product, rank - 1);
        }
        return row ? graph.squeeze(product, rank - 2) : product;
    }

    /** The product of two matrices. */
    static SDVariable of(SameDiff graph, SDVariable left, SDVariable right) {
        return left.dataType().isFPType() ? new Mmul(graph, left, right).outputVariable() : sum(graph, left, right);
    }

    /** Nd4j multiplies no matrices of integers: products of each row with each column are added up. */
    private static SDVariable sum(SameDiff graph, SDVariable left, SDVariable right) {
        return graph.expandDims(left, -1).mul(graph.expandDims(right, -3)).sum(-2);
    }

    private SDVariable product(int rank) {
        if (!left.dataType().isFPType()) {
            return sum(graph, left, right);
        }
        if (rank == 2) {
            return new Mmul(graph, left, right).outputVariable();
        }
        if (rightShape.rank() == 2 && rightShape.dim(0) > 0) {
            return high();
        }
        if (!isAlike()) {
            SDVariable batch = batch(rank);
            left = repeated(left, leftShape, batch);
            right = repeated(right, rightShape, batch);
        }
        return new Mmul(graph, left, right).outputVariable();
    }

    /** All matrices of the left side on top of each other. */
    private SDVariable high() {
        SDVariable rows = graph.reshape(left, -1, rightShape.dim(0));
        SDVariable product = new Mmul(graph, rows, right).outputVariable();
        int rank = leftShape.rank();
        long[] sizes = new long[rank];
        int open = 0;
        for (int i = 0; i < rank; i++) {
            sizes[i] = i == rank - 1 ? rightShape.dim(1) : leftShape.dim(i);
            open += sizes[i] < 0 ? 1 : 0;
        }
        if (open <= 1) {
            return graph.reshape(product, sizes); // −1 is what is left
        }
        SDVariable own = graph.gather(op.sizes(left), op.vector(indices(0, rank - 1)), 0);
        SDVariable columns = graph.gather(op.sizes(right), op.vector(1), 0);
        return graph.reshape(product, graph.concat(0, own, columns));
    }

    /** Whether both have as many matrices, as far as can be known. */
    private boolean isAlike() {
        if (leftShape.rank() != rightShape.rank()) {
            return false;
        }
        for (int i = 0; i < leftShape.rank() - 2; i++) {
            if (leftShape.dim(i) < 0 || leftShape.dim(i) != rightShape.dim(i)) {
                return false;
            }
        }
        return true;
    }

    /** How many matrices there are along each axis but the last two. */
    private SDVariable batch(int rank) {
        List<Long> known = new ArrayList<>();
        for (int axis = rank; axis > 2; axis--) {
            long one = axis > leftShape.rank() ? 1 : leftShape.dim(-axis);
            long other = axis > rightShape.rank() ? 1 : rightShape.dim(-axis);
            long size = one == 1 ? other : one > 1 ? one : other > 1 ? other : -1;
            known.add(size);
        }
        if (!known.contains(-1L)) {
            return op.vector(known.stream().mapToLong(d -> d).toArray());
        }
        SDVariable ones = outer(left, leftShape, rank);
        SDVariable others = outer(right, rightShape, rank);
        return ExpansionOps.common(op, ones, rank - 2, others, rank - 2);
    }

    /** The sizes of all axes but the last two, with sizes of 1 in front of them. */
    private SDVariable outer(SDVariable x, Shape shape, int rank) {
        long[] missing = new long[rank - shape.rank()];
        Arrays.fill(missing, 1);
        if (shape.rank() == 2) {
            return op.vector(missing);
        }
        SDVariable own = graph.gather(op.sizes(x), op.vector(indices(0, shape.rank() - 2)), 0);
        return missing.length == 0 ? own : graph.concat(0, op.vector(missing), own);
    }

    private SDVariable repeated(SDVariable x, Shape shape, SDVariable batch) {
        SDVariable matrix = graph.gather(op.sizes(x), op.vector(indices(shape.rank() - 2, shape.rank())), 0);
        return new BroadcastTo(graph, x, graph.concat(0, batch, matrix)).outputVariable();
    }

    private static long[] indices(int from, int to) {
        return LongStream.range(from, to).toArray();
    }
}
