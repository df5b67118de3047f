package org.rep4j.samediff;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
import org.nd4j.graph.FlatArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.shape.Shape;
import org.rep4j.graph.InvalidGraphException;

/** Adds up what a file declares to hold. Its vectors do not overlap, so that is never more than the file. */
final class FlatSizes {
    private static final int MOST_DIMENSIONS = 32;

    /** Rank, flags, stride between elements, order. */
    private static final int SCALAR_INFO = 4;

    private final long available;
    private long declared;

    /** @param available size of the file in bytes */
    FlatSizes(long available) {
        this.available = available;
    }

    /**
     * Adds a vector.
     *
     * @throws InvalidGraphException if the file cannot hold it
     */
    void add(int length, int elementBytes) {
        declared += (long) length * elementBytes;
        if (length < 0 || declared > available) {
            throw new InvalidGraphException("it declares more than its " + available + " bytes can hold");
        }
    }

    /**
     * Adds an array.
     *
     * @param owner to whom it belongs, for messages
     * @param array null if there is none
     * @throws InvalidGraphException if its shape, strides and content do not fit together
     */
    void addArray(@Nullable String owner, @Nullable FlatArray array) {
        if (array == null) {
            return;
        }
        add(array.shapeLength(), Long.BYTES);
        add(array.bufferLength(), 1);
        long[] info = new long[array.shapeLength()];
        for (int i = 0; i < info.length; i++) {
            info[i] = array.shape(i);
        }
        if (!isConsistent(info) || !holds(array, info)) {
            throw new InvalidGraphException("an array of " + owner + " has not the size that its shape tells");
        }
    }

    private static boolean isConsistent(long[] info) {
        if (info.length < SCALAR_INFO || info[0] < 0 || info[0] > MOST_DIMENSIONS) {
            return false;
        }
        int rank = (int) info[0];
        if (info.length != Shape.shapeInfoLength(rank)) {
            return false;
        }
        long elements = 1;
        long last = 0;
        for (int axis = 1; axis <= rank; axis++) {
            long dim = info[axis];
            long stride = info[rank + axis];
            elements *= dim;
            last += (dim - 1) * stride;
            if (dim < 0
                    || stride < 0
                    || dim > Integer.MAX_VALUE
                    || stride > Integer.MAX_VALUE
                    || elements > Integer.MAX_VALUE) {
                return false;
            }
        }
        return Shape.isEmpty(info) ? elements == 0 || rank == 0 : last >= 0 && last < elements;
    }

    private static boolean holds(FlatArray array, long[] info) {
        if (Shape.isEmpty(info)) {
            return true;
        }
        DataType type = FlatBuffersMapper.getDataTypeFromByte(array.dtype());
        long elements = Shape.length(info);
        return type == DataType.UTF8 ? holdsTexts(array, elements) : elements * type.width() <= array.bufferLength();
    }

    /** Texts come one after the other, behind a list of where each of them starts and the last one ends. */
    private static boolean holdsTexts(FlatArray array, long texts) {
        long header = (texts + 1) * Long.BYTES;
        if (header > array.bufferLength()) {
            return false;
        }
        var offsets = array.bufferAsByteBuffer()
                .slice()
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        long start = 0;
        for (int i = 0; i <= texts; i++) {
            if (offsets.get(i) < start || offsets.get(i) > array.bufferLength() - header) {
                return false;
            }
            start = offsets.get(i);
        }
        return true;
    }
}
