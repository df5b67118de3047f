package org.rep4j.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;

/**
 * Floating-point elements as bytes in memory. Numbers are rounded to nearest, ties to even, when they are put. Different
 * elements may be put by different threads.
 */
public final class ElementBytes implements Elements {
    /** Numbers that are compared at once: enough for vectors of any length, few enough to make one of them at the end. */
    private static final int CHUNK = 128;

    private final ByteBuffer bytes;
    private final ElementType type;

    /**
     * @param bytes not copied, in its own byte order
     * @param type a floating-point format
     * @throws IllegalArgumentException if it is none
     */
    public ElementBytes(ByteBuffer bytes, ElementType type) {
        if (!type.isFloatingPoint()) {
            throw new IllegalArgumentException("not a floating-point tensor");
        }
        this.bytes = bytes.slice().order(bytes.order());
        this.type = type;
    }

    /** Zeros, little-endian. */
    public static ElementBytes allocate(ElementType type, int elements) {
        int size = Math.multiplyExact(elements, type.bytes());
        return new ElementBytes(ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN), type);
    }

    /** The bytes themselves. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(bytes.order());
    }

    /** Number of elements. */
    public int size() {
        return bytes.capacity() / type.bytes();
    }

    @Override
    public double get(int index) {
        return switch (type) {
            case FLOAT16 -> HalfPrecision.halfToDouble(bytes.getShort(2 * index));
            case BFLOAT16 -> HalfPrecision.bfloatToDouble(bytes.getShort(2 * index));
            case FLOAT32 -> bytes.getFloat(4 * index);
            case FLOAT64 -> bytes.getDouble(8 * index);
            case OTHER -> throw new IllegalStateException();
        };
    }

    /** Stores one element. */
    public void put(int index, double value) {
        switch (type) {
            case FLOAT16 -> bytes.putShort(2 * index, HalfPrecision.doubleToHalf(value));
            case BFLOAT16 -> bytes.putShort(2 * index, HalfPrecision.doubleToBfloat(value));
            case FLOAT32 -> bytes.putFloat(4 * index, (float) value);
            case FLOAT64 -> bytes.putDouble(8 * index, value);
            case OTHER -> throw new IllegalStateException();
        }
    }

    @Override
    public void addTo(int start, int count, double factor, double[] sums, int first, int step) {
        if (type != ElementType.FLOAT32) {
            Elements.super.addTo(start, count, factor, sums, first, step);
        } else if (step == 1) { // nearly all of the work there is: a loop of its own is twice as fast
            for (int i = 0; i < count; i++) {
                sums[first + i] += factor * bytes.getFloat(4 * (start + i));
            }
        } else {
            for (int i = 0; i < count; i++) {
                sums[first + i * step] += factor * bytes.getFloat(4 * (start + i));
            }
        }
    }

    /** Stores all of {@code values} from {@code start} on. */
    public void put(int start, double[] values) {
        if (type == ElementType.FLOAT32) {
            for (int i = 0; i < values.length; i++) {
                bytes.putFloat(4 * (start + i), (float) values[i]);
            }
        } else {
            for (int i = 0; i < values.length; i++) {
                put(start + i, values[i]);
            }
        }
    }

    @Override
    public double magnitude(int start, int count) {
        if (type != ElementType.FLOAT32) {
            return Elements.super.magnitude(start, count);
        }
        // Many maxima side by side: the compiler makes vectors of that, not of a single one.
        FloatBuffer floats = bytes.asFloatBuffer();
        float[] chunk = new float[Math.min(CHUNK, count)];
        float[] largest = new float[chunk.length];
        for (int done = 0; done < count; done += chunk.length) {
            int some = Math.min(chunk.length, count - done);
            floats.get(start + done, chunk, 0, some);
            for (int i = 0; i < some; i++) {
                largest[i] = Math.max(largest[i], Math.abs(chunk[i])); // Math.max keeps NaN
            }
        }
        float magnitude = 0;
        for (float value : largest) {
            magnitude = Math.max(magnitude, value);
        }
        return magnitude;
    }

    /**
     * Stores the weights of {@code kernel} in the given order.
     *
     * @return its bias, one entry per output channel
     */
    public double[] put(KernelRows kernel, KernelLayout layout) {
        KernelShape shape = kernel.shape();
        double[] biases = new double[shape.outChannels()];
        int taps = shape.taps();
        kernel.forEach((out, weights, bias) -> {
            biases[out] = bias;
            KernelLayout.Row row = layout.row(shape, out);
            if (layout == KernelLayout.OIK) {
                put(row.start(), weights);
                return;
            }
            for (int i = 0; i < weights.length; i++) {
                put(row.start() + i / taps * row.inStride() + i % taps * row.tapStride(), weights[i]);
            }
        });
        return biases;
    }
}
