package org.rep4j.verify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.rep4j.graph.Shape;

/**
 * Seeded inputs: the same seed, sample number and name give the same numbers on every machine. Floating-point elements are
 * normally distributed, bytes take all their values, wider integers lie in 1…8 (sizes, indices and tokens that most models
 * have), booleans are even odds.
 */
final class RandomInputs {
    private final long seed;

    RandomInputs(long seed) {
        this.seed = seed;
    }

    /**
     * A tensor for each input.
     *
     * @param shapes fully known, by name
     */
    Map<String, Tensor> feeds(List<InputSpec> inputs, Map<String, Shape> shapes, int sample) {
        Map<String, Tensor> feeds = new LinkedHashMap<>();
        for (InputSpec input : inputs) {
            Shape shape = shapes.get(input.name());
            if (shape == null) {
                throw new IllegalArgumentException("no shape is given for " + input.name());
            }
            feeds.put(input.name(), tensor(input, shape, sample));
        }
        return feeds;
    }

    private Tensor tensor(InputSpec input, Shape shape, int sample) {
        RandomGenerator random = new SplittableRandom(
                seed * 31 + sample * 1_000_003L + input.name().hashCode());
        int size = Math.toIntExact(shape.elements());
        TensorType type = input.type();
        if (type.isFloatingPoint()) {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                double value = random.nextGaussian();
                values[i] = type == TensorType.FLOAT64 ? value : (float) value;
            }
            return Tensor.ofReals(type, shape, values);
        }
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = integer(type, random);
        }
        return Tensor.ofIntegers(type, shape, values);
    }

    private static long integer(TensorType type, RandomGenerator random) {
        return switch (type) {
            case BOOL -> random.nextInt(2);
            case UINT8 -> random.nextInt(256);
            case INT8 -> random.nextInt(-128, 128);
            default -> random.nextInt(1, 9);
        };
    }
}
