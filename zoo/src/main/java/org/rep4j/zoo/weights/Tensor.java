package org.rep4j.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.UnreadableModelException;

/** A tensor of a checkpoint, which is read when asked for. */
public final class Tensor {
    /** Of ND4J's arrays. */
    static final int MOST_DIMENSIONS = 32;

    private final String name;
    private final List<Long> shape;
    private final List<Long> strides;
    private final long first;
    private final Storage storage;
    private final int length;
    private final @Nullable Path file;

    /**
     * A view of a storage.
     *
     * @param strides distances of elements in the storage, in numbers
     * @param first element in the storage
     * @throws UnreadableModelException if it is not in the storage, or larger than it
     */
    Tensor(String name, List<Long> shape, List<Long> strides, long first, Storage storage) {
        this(name, shape, strides, first, storage, null);
    }

    private Tensor(
            String name, List<Long> shape, List<Long> strides, long first, Storage storage, @Nullable Path file) {
        this.name = name;
        this.shape = List.copyOf(shape);
        this.strides = List.copyOf(strides);
        this.first = first;
        this.storage = storage;
        this.file = file;
        this.length = length();
    }

    /** The same tensor, which names the file where it cannot be read. */
    Tensor in(Path path) {
        return new Tensor(name, shape, strides, first, storage, path);
    }

    /** Row-major numbers. */
    static Tensor rowMajor(String name, List<Long> shape, Storage storage) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride = product(stride, shape.get(i), name);
        }
        return new Tensor(name, shape, List.of(strides), 0, storage);
    }

    private static long product(long a, long b, String name) {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        if (a < 0 || b < 0 || high != 0 || low < 0) {
            throw new UnreadableModelException("the tensor " + name + " has an impossible shape");
        }
        return low;
    }

    private int length() {
        if (shape.size() != strides.size() || first < 0) {
            throw new UnreadableModelException("the tensor " + name + " is no view of its storage");
        }
        if (shape.size() > MOST_DIMENSIONS) {
            throw new UnreadableModelException("the tensor " + name + " has " + shape.size() + " dimensions");
        }
        long elements = 1;
        for (long size : shape) {
            elements = product(elements, size, name);
        }
        if (elements == 0) {
            return 0;
        }
        long last = first;
        for (int i = 0; i < shape.size() && last < storage.count(); i++) {
            last += product(shape.get(i) - 1, strides.get(i), name);
            last = last < 0 ? storage.count() : last; // beyond all numbers
        }
        if (last >= storage.count() || elements > storage.count()) {
            throw new UnreadableModelException("the tensor " + name + " reaches beyond its storage");
        }
        if (elements > Integer.MAX_VALUE / 8) {
            throw new UnreadableModelException("the tensor " + name + " has too many elements, " + elements);
        }
        if (last - first >= Integer.MAX_VALUE / storage.type().bytes() - Long.BYTES) {
            throw new UnreadableModelException("the tensor " + name + " is spread over too large a storage");
        }
        return (int) elements;
    }

    /** Its name in the checkpoint. */
    public String name() {
        return name;
    }

    /** Its sizes. */
    public List<Long> shape() {
        return shape;
    }

    /** Its number format, as safetensors calls it: F32, BF16, I64, … */
    public String type() {
        return storage.type().name();
    }

    /** Whether its numbers can have fractions, as weights do. */
    public boolean isFloatingPoint() {
        return storage.type().isFloatingPoint();
    }

    /**
     * Its numbers, row-major.
     *
     * @param type to which they are rounded
     * @throws UnreadableModelException if the file cannot be read any more
     */
    public INDArray read(DataType type) {
        double[] numbers = numbers();
        long[] dims = shape.stream().mapToLong(d -> d).toArray();
        return Nd4j.createFromArray(numbers).castTo(type).reshape('c', dims);
    }

    /** The same as an array. */
    double[] numbers() {
        double[] numbers = new double[length];
        if (length == 0) {
            return numbers;
        }
        long last = first;
        for (int i = 0; i < shape.size(); i++) {
            last += (shape.get(i) - 1) * strides.get(i);
        }
        try {
            ByteBuffer bytes = storage.read(first, (int) (last - first + 1));
            long[] index = new long[shape.size()];
            long place = 0;
            for (int n = 0; n < length; n++) {
                numbers[n] =
                        storage.type().at(bytes, (int) (place * storage.type().bytes()));
                for (int axis = index.length - 1; axis >= 0; axis--) {
                    place += strides.get(axis);
                    if (++index[axis] < shape.get(axis)) {
                        break;
                    }
                    place -= shape.get(axis) * strides.get(axis);
                    index[axis] = 0;
                }
            }
            return numbers;
        } catch (ClosedChannelException e) {
            throw unreadable("the checkpoint is closed", e);
        } catch (IOException e) {
            throw unreadable(
                    "the file has changed, or is damaged (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private UnreadableModelException unreadable(String reason, IOException cause) {
        return new UnreadableModelException(
                file + ": the tensor " + Checkpoint.printable(name) + " cannot be read: " + reason, cause);
    }
}
