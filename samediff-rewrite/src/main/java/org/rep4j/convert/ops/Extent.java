package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.convert.ImportedOp;
import org.rep4j.graph.Shape;

/**
 * The size of an axis: known, or computed when the graph runs.
 *
 * @param known the size, {@link #INFERRED} for what a reshape has left, or anything where it is computed
 * @param computed the size as a 64-bit integer without axes, null where it is known
 */
record Extent(long known, @Nullable SDVariable computed) {
    /** What is left for the one axis of a reshape that is not said. */
    static final long INFERRED = -1;

    /** A size that is known. */
    static Extent of(long size) {
        return new Extent(size, null);
    }

    /** A size that is computed. */
    static Extent of(SDVariable size) {
        return new Extent(INFERRED, size);
    }

    /** The size of an axis of an input. */
    static Extent of(ImportedOp op, int input, int axis) {
        return of(op, op.in(input), op.shape(input), axis);
    }

    /** The size of an axis of a variable of which {@code shape} is known. */
    static Extent of(ImportedOp op, SDVariable variable, Shape shape, int axis) {
        long size = shape.dim(axis);
        return size >= 0 ? of(size) : of(op.graph().sizeAt(variable, axis));
    }

    /** The sizes of all axes of an input, whose number must be known. */
    static Extent[] all(ImportedOp op, int input) {
        Extent[] all = new Extent[op.shape(input).rank()];
        for (int axis = 0; axis < all.length; axis++) {
            all[axis] = of(op, input, axis);
        }
        return all;
    }

    /** The product of sizes. */
    static Extent product(ImportedOp op, Extent... factors) {
        long known = 1;
        SDVariable computed = null;
        for (Extent factor : factors) {
            if (factor.computed == null) {
                known = Math.multiplyExact(known, factor.known);
            } else {
                computed = computed == null ? factor.computed : computed.mul(factor.computed);
            }
        }
        if (computed == null || known == 0) {
            return of(known);
        }
        return of(known == 1 ? computed : computed.mul(op.scalar(known, DataType.LONG)));
    }

    /** The size over a number that divides it. */
    Extent dividedBy(ImportedOp op, long divisor) {
        if (computed == null) {
            return of(known / divisor);
        }
        return divisor == 1 ? this : of(computed.div(op.scalar(divisor, DataType.LONG)));
    }

    /** Whether the size is known, or what is left. */
    boolean isKnown() {
        return computed == null;
    }

    /** The size as a variable: a 64-bit integer without axes. */
    SDVariable variable(ImportedOp op) {
        return computed == null ? op.scalar(known, DataType.LONG) : computed;
    }

    /** Sizes as a vector of 64-bit integers. */
    static SDVariable vector(ImportedOp op, Extent... sizes) {
        if (Arrays.stream(sizes).allMatch(Extent::isKnown)) {
            return op.vector(Arrays.stream(sizes).mapToLong(Extent::known).toArray());
        }
        SDVariable[] variables =
                Arrays.stream(sizes).map(size -> size.variable(op)).toArray(SDVariable[]::new);
        return op.graph().stack(0, variables);
    }

    /** A variable in another shape, with its elements in the same, row-major, order. */
    static SDVariable reshape(ImportedOp op, SDVariable variable, Extent... sizes) {
        long[] dims = Arrays.stream(sizes).mapToLong(Extent::known).toArray();
        boolean one = Arrays.stream(dims).filter(d -> d == INFERRED).count() <= 1
                && Arrays.stream(dims).noneMatch(d -> d == 0);
        if (one || Arrays.stream(sizes).allMatch(Extent::isKnown)) {
            return op.graph().reshape(variable, dims);
        }
        return op.graph().reshape(variable, vector(op, sizes));
    }

    /** {@link #reshape(ImportedOp, SDVariable, Extent...)} to a list of sizes. */
    static SDVariable reshape(ImportedOp op, SDVariable variable, List<Extent> sizes) {
        return reshape(op, variable, sizes.toArray(Extent[]::new));
    }
}
