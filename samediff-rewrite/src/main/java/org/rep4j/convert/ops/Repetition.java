package org.rep4j.convert.ops;

import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;

/** Which elements of an axis are repeated beyond its ends: a border that is gathered, which works for any width. */
enum Repetition {
    /** The first and the last one. */
    EDGE {
        @Override
        long source(long place, long size) {
            return Math.min(Math.max(place, 0), size - 1);
        }

        @Override
        SDVariable source(ImportedOp op, SDVariable place, SDVariable size, long most) {
            SameDiff graph = op.graph();
            return graph.math().min(graph.math().max(place, zero(op)), size.sub(op.vector(1)));
        }
    },
    /** All of them, again from the start. */
    WRAP {
        @Override
        long source(long place, long size) {
            return Math.floorMod(place, size);
        }

        @Override
        SDVariable source(ImportedOp op, SDVariable place, SDVariable size, long most) {
            return modulo(op, place, size, most);
        }
    },
    /** All but the outermost one, backwards. */
    REFLECT {
        @Override
        long source(long place, long size) {
            long period = Math.max(2 * (size - 1), 1);
            long inPeriod = Math.floorMod(place, period);
            return Math.min(inPeriod, period - inPeriod);
        }

        @Override
        SDVariable source(ImportedOp op, SDVariable place, SDVariable size, long most) {
            SameDiff graph = op.graph();
            SDVariable period = graph.math().max(size.sub(op.vector(1)).mul(op.vector(2)), op.vector(1));
            SDVariable inPeriod = modulo(op, place, period, most);
            return graph.math().min(inPeriod, period.sub(inPeriod));
        }
    };

    abstract long source(long place, long size);

    /**
     * The same for places and a size that are vectors of 64-bit integers.
     *
     * @param most no place is further before the first element
     */
    abstract SDVariable source(ImportedOp op, SDVariable place, SDVariable size, long most);

    /** What is left of places after as many periods as possible. SameDiff's divisions round towards zero, so none is negative here. */
    private static SDVariable modulo(ImportedOp op, SDVariable place, SDVariable period, long most) {
        SDVariable positive = place.add(period.mul(op.vector(most)));
        return positive.sub(op.graph().math().floorDiv(positive, period).mul(period));
    }

    private static SDVariable zero(ImportedOp op) {
        return op.constant(Nd4j.zeros(DataType.LONG, 1));
    }

    /**
     * Adds borders.
     *
     * @param x the op's first input without what negative amounts cut off
     * @param begin amounts before the first element of each axis; negative ones are none
     * @param end amounts behind the last element of each axis; negative ones are none
     */
    SDVariable write(ImportedOp op, SDVariable x, int[] begin, int[] end) {
        SDVariable result = x;
        for (int axis = 0; axis < begin.length; axis++) {
            if (begin[axis] <= 0 && end[axis] <= 0) {
                continue;
            }
            long whole = op.shape(0).dim(axis);
            long size = whole < 0 ? whole : whole + Math.min(begin[axis], 0) + Math.min(end[axis], 0);
            if (size == 0) {
                throw op.invalid("repeats elements of axis " + axis + ", which has none");
            }
            long from = -Math.max(begin[axis], 0);
            long beyond = Math.max(end[axis], 0);
            SDVariable indices = size > 0
                    ? op.vector(LongStream.range(from, size + beyond)
                            .map(place -> source(place, size))
                            .toArray())
                    : indices(op, result, axis, from, beyond);
            result = op.graph().gather(result, indices, axis);
        }
        return result;
    }

    private SDVariable indices(ImportedOp op, SDVariable x, int axis, long from, long beyond) {
        SameDiff graph = op.graph();
        SDVariable size = graph.gather(op.sizes(x), op.vector(axis), 0);
        SDVariable last = graph.reshape(size.add(op.vector(beyond)), new long[0]);
        SDVariable places =
                graph.range(op.constant(Nd4j.scalar(from)), last, op.constant(Nd4j.scalar(1L)), DataType.LONG);
        return source(op, places, size, -from);
    }
}
