package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.verify.InputSpec;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;
import org.rep4j.verify.SameDiffRunner;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Compares a model with what the converters make of it: ONNX Runtime says what is right. */
final class ConvertAssert {
    /** What stands for sizes that a model leaves open. */
    private static final long FREE_SIZE = 3;

    private ConvertAssert() {}

    /** {@link #assertThatConverts(OnnxModel, Map)} with random inputs of the declared shapes, {@value #FREE_SIZE} where a size is open. */
    static SameDiff assertThatConverts(OnnxModel model) {
        return assertThatConverts(model, randomFeeds(model));
    }

    /**
     * Checks that SameDiff computes the same as ONNX Runtime, before and after saving, and so does what is written back, in both.
     *
     * @return the model in SameDiff
     */
    static SameDiff assertThatConverts(OnnxModel model, Map<String, Tensor> feeds) {
        Map<String, Tensor> expected = runtime(model, feeds);
        List<String> outputs = List.copyOf(expected.keySet());
        SameDiff graph = OnnxToSameDiff.convert(model);
        assertSame("in SameDiff", sameDiff(graph, outputs, feeds), expected);
        assertSame("in SameDiff, loaded", sameDiff(reloaded(graph), outputs, feeds), expected);
        OnnxModel back = SameDiffToOnnx.convert(graph, outputs);
        Map<String, Tensor> wanted = wanted(back, feeds);
        assertSame("written back, in ONNX Runtime", runtime(back, wanted), expected);
        assertSame("written back, in SameDiff", sameDiff(OnnxToSameDiff.convert(back), outputs, wanted), expected);
        return graph;
    }

    /**
     * Checks that ONNX Runtime and, after the way back, SameDiff compute the same as a graph, at the oldest, the default and the newest
     * operator set.
     *
     * @return the model of the default operator set
     */
    static OnnxModel assertThatExports(SameDiff graph, List<String> outputs, Map<String, Tensor> feeds) {
        Map<String, Tensor> expected = sameDiff(graph, outputs, feeds);
        for (int opset : List.of(SameDiffToOnnx.OLDEST_OPSET, OnnxModel.NEWEST_OPSET)) {
            assertSame("at opset " + opset, runtime(SameDiffToOnnx.convert(graph, outputs, opset), feeds), expected);
        }
        OnnxModel model = SameDiffToOnnx.convert(graph, outputs);
        assertSame("in ONNX Runtime", runtime(model, feeds), expected);
        assertSame("and back in SameDiff", sameDiff(OnnxToSameDiff.convert(model), outputs, feeds), expected);
        return model;
    }

    /** {@link #assertThatExports(SameDiff, List, Map)} with random inputs of the shapes of its placeholders. */
    static OnnxModel assertThatExports(SameDiff graph, String... outputs) {
        List<InputSpec> inputs = SameDiffRunner.of(graph, List.of(outputs)).inputs();
        return assertThatExports(graph, List.of(outputs), randomFeeds(inputs));
    }

    /** Inputs that are the same on each machine: normally distributed numbers, small integers of both signs. */
    static Map<String, Tensor> randomFeeds(OnnxModel model) {
        return onRuntime(model, runner -> randomFeeds(runner.inputs()));
    }

    private static Map<String, Tensor> randomFeeds(List<InputSpec> inputs) {
        Map<String, Tensor> feeds = new LinkedHashMap<>();
        for (InputSpec input : inputs) {
            long[] dims = Objects.requireNonNull(input.shape().dims(), input.name()).stream()
                    .mapToLong(d -> d < 0 ? FREE_SIZE : d)
                    .toArray();
            feeds.put(input.name(), random(input.name(), input.type(), dims));
        }
        return feeds;
    }

    /** A tensor of random elements that {@code seed} decides. */
    static Tensor random(String seed, TensorType type, long... dims) {
        SplittableRandom random = new SplittableRandom(seed.hashCode());
        Shape shape = Shape.of(dims);
        int size = Math.toIntExact(shape.elements());
        if (type.isFloatingPoint()) {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return Tensor.ofReals(type, shape, values);
        }
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = switch (type) {
                case BOOL -> random.nextInt(2);
                case UINT8 -> random.nextInt(10);
                default -> random.nextInt(-9, 10);
            };
        }
        return Tensor.ofIntegers(type, shape, values);
    }

    /** The feeds of the inputs of a model; inputs that nothing depends on are not written back. */
    static Map<String, Tensor> wanted(OnnxModel model, Map<String, Tensor> feeds) {
        Map<String, Tensor> wanted = new LinkedHashMap<>();
        model.inputs().forEach(input -> wanted.put(input.name(), Objects.requireNonNull(feeds.get(input.name()))));
        return wanted;
    }

    /** What ONNX Runtime computes. */
    static Map<String, Tensor> runtime(OnnxModel model, Map<String, Tensor> feeds) {
        return onRuntime(model, runner -> runner.run(feeds));
    }

    private static <T> T onRuntime(OnnxModel model, Function<ModelRunner, T> use) {
        try {
            Path file = Files.createTempFile("converted", ".onnx");
            try {
                model.save(file);
                try (ModelRunner runner = OnnxRuntimeRunner.open(file)) {
                    return use.apply(runner);
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What SameDiff computes. */
    static Map<String, Tensor> sameDiff(SameDiff graph, List<String> outputs, Map<String, Tensor> feeds) {
        try (ModelRunner runner = SameDiffRunner.of(graph, outputs)) {
            return runner.run(feeds);
        }
    }

    /** A graph as it comes back from a file. */
    static SameDiff reloaded(SameDiff graph) {
        try {
            Path file = Files.createTempFile("converted", ".fb");
            try {
                graph.save(file.toFile(), true);
                return SameDiff.load(file.toFile(), true);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks that tensors are of one type and shape, and differ only by rounding. */
    static void assertSame(String where, Map<String, Tensor> actual, Map<String, Tensor> expected) {
        assertSame(where, actual, expected, 0);
    }

    /** {@link #assertSame(String, Map, Map)} where rounding is that of numbers as large as {@code scale}. */
    static void assertSame(String where, Map<String, Tensor> actual, Map<String, Tensor> expected, double scale) {
        assertThat(actual.keySet()).as(where).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((name, right) -> {
            Tensor tensor = Objects.requireNonNull(actual.get(name));
            String what = name + " " + where;
            assertThat(tensor.type()).as("type of %s", what).isEqualTo(right.type());
            assertThat(tensor.shape()).as("shape of %s", what).isEqualTo(right.shape());
            assertThat(tensor.integers()).as(what).isEqualTo(right.integers());
            double[] rights = right.reals();
            double largest = scale;
            for (double r : rights) {
                largest = Double.isFinite(r) ? Math.max(largest, Math.abs(r)) : largest;
            }
            double margin = largest * tolerance(right.type());
            for (int i = 0; i < rights.length; i++) {
                double value = tensor.reals()[i];
                boolean same = Double.compare(value, rights[i]) == 0 || Math.abs(value - rights[i]) <= margin;
                assertThat(same)
                        .as("element %d of %s is %s and should be %s", i, what, value, rights[i])
                        .isTrue();
            }
        });
    }

    private static double tolerance(TensorType type) {
        return switch (type) {
            case FLOAT16 -> 4e-3;
            case BFLOAT16 -> 3e-2;
            case FLOAT64 -> 1e-12;
            default -> 1e-5;
        };
    }
}
