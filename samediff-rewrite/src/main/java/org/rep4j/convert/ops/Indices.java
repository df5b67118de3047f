package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * Indices as libnd4j needs them: none counts from the end, and none lies outside its axis, because libnd4j reads and writes whatever
 * memory they lead to.
 */
final class Indices {
    private Indices() {}

    /**
     * An input of indices into an axis of {@code size} elements.
     *
     * @throws org.rep4j.graph.InvalidGraphException if one is known to lie outside
     */
    static SDVariable of(ImportedOp op, int input, Extent size) {
        Optional<long[]> constant = op.integers(input);
        if (constant.isEmpty() || !size.isKnown()) {
            boolean safe = constant.isPresent() && Arrays.stream(constant.get()).allMatch(i -> i >= 0);
            return safe ? op.in(input) : inside(op, op.in(input), size.variable(op));
        }
        long[] indices = constant.get();
        for (long index : indices) {
            if (index < -size.known() || index >= size.known()) {
                throw op.invalid("reads index " + index + " of an axis of " + size.known());
            }
        }
        if (Arrays.stream(indices).allMatch(i -> i >= 0)) {
            return op.in(input);
        }
        INDArray array = op.constant(input).orElseThrow().castTo(DataType.LONG).dup('c');
        array.addi(array.lt(0).castTo(DataType.LONG).muli(size.known()));
        return op.constant(array);
    }

    private static SDVariable inside(ImportedOp op, SDVariable indices, SDVariable size) {
        return op.graph().math().floorMod(Elements.as(indices, DataType.LONG), size);
    }

    /** An input of tuples of indices, [..., n], into axes of sizes that are given. */
    static SDVariable tuples(ImportedOp op, int input, Extent... sizes) {
        Optional<long[]> constant = op.integers(input);
        if (constant.isPresent() && Arrays.stream(sizes).allMatch(Extent::isKnown)) {
            long[] indices = constant.get();
            boolean positive = true;
            for (int i = 0; i < indices.length; i++) {
                long size = sizes[i % sizes.length].known();
                if (indices[i] < -size || indices[i] >= size) {
                    throw op.invalid("reads index " + indices[i] + " of an axis of " + size);
                }
                positive &= indices[i] >= 0;
            }
            if (positive) {
                return op.in(input);
            }
        }
        return inside(op, op.in(input), Extent.vector(op, sizes));
    }

    /** The places of tuples of indices among all elements of axes of sizes that are given, row-major: [...] from [..., n]. */
    static SDVariable places(ImportedOp op, SDVariable tuples, Extent... sizes) {
        if (sizes.length == 1) {
            return op.graph().squeeze(tuples, -1);
        }
        SDVariable scaled = Elements.as(tuples, DataType.LONG).mul(Extent.vector(op, strides(op, sizes)));
        return op.graph().sum(scaled, false, -1);
    }

    /**
     * The elements, or rows, of {@code x} at indices into an axis.
     *
     * @param rank number of axes of {@code x}
     * @param shape of the indices
     */
    static SDVariable gather(ImportedOp op, SDVariable x, int rank, SDVariable indices, int axis, Extent... shape) {
        if (rank > 1 || shape.length < 2) {
            return op.graph().gather(x, indices, axis);
        }
        // libnd4j reads anything, or dies, when indices of several axes go into a vector
        SDVariable flat = op.graph().reshape(indices, Extent.INFERRED);
        return Extent.reshape(op, op.graph().gather(x, flat, 0), shape);
    }

    /** How many elements lie between neighbours along each axis. */
    static Extent[] strides(ImportedOp op, Extent... sizes) {
        Extent[] strides = new Extent[sizes.length];
        for (int axis = 0; axis < sizes.length; axis++) {
            strides[axis] = Extent.product(op, Arrays.copyOfRange(sizes, axis + 1, sizes.length));
        }
        return strides;
    }

    /** The places that walk along an axis with a stride, as a tensor of {@code rank} axes. */
    static SDVariable walk(ImportedOp op, Extent size, Extent stride, int axis, int rank) {
        SDVariable places = SourceOps.positions(op, size);
        if (!stride.isKnown() || stride.known() != 1) {
            places = places.mul(stride.variable(op));
        }
        long[] shape = SliceOps.ones(rank);
        shape[axis] = Extent.INFERRED;
        return op.graph().reshape(places, shape);
    }

    /**
     * The places, among all elements of input 0, of what input 1 names: indices into one axis; on the other axes they stand where they
     * mean.
     */
    static SDVariable alongAxis(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        int axis = op.axis(op.node().integer("axis", 0), rank);
        if (op.rank(1) != rank) {
            throw op.invalid("has indices of " + op.rank(1) + " axes for " + rank);
        }
        Extent[] sizes = Extent.all(op, 0);
        Extent[] strides = strides(op, sizes);
        SDVariable places = Elements.as(of(op, 1, sizes[axis]), DataType.LONG);
        if (!strides[axis].isKnown() || strides[axis].known() != 1) {
            places = places.mul(strides[axis].variable(op));
        }
        for (int other = 0; other < rank; other++) {
            if (other != axis && op.shape(1).dim(other) != 1) {
                Extent size = Extent.of(op, 1, other);
                places = places.add(walk(op, size, strides[other], other, rank));
            }
        }
        return places;
    }
}
