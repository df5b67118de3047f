package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Value;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.testing.Tensor;

/** Runs converted nets of floats and compares what they compute. */
final class NetsRun {
    private static final double TOLERANCE = 1e-5;

    private NetsRun() {}

    /** Runs a graph; all outputs as doubles. */
    static Map<String, Tensor> run(SameDiff graph, Map<String, Tensor> feeds, List<String> outputs) {
        Map<String, INDArray> arrays = new HashMap<>();
        feeds.forEach((name, tensor) -> arrays.put(
                name, Nd4j.createFromArray(tensor.data()).castTo(DataType.FLOAT).reshape('c', tensor.longDims())));
        Map<String, INDArray> computed = graph.output(arrays, outputs);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String output : outputs) {
            INDArray array = Objects.requireNonNull(computed.get(output), output);
            int[] dims = Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
            tensors.put(
                    output,
                    new Tensor(
                            dims, array.castTo(DataType.DOUBLE).dup('c').data().asDouble()));
        }
        return tensors;
    }

    /** The graph as it is read from the file that it is written to. */
    static SameDiff reloaded(SameDiff graph, Path folder) {
        File file = folder.resolve("net.fb").toFile();
        graph.save(file, false);
        return SameDiff.load(file, false);
    }

    static List<String> outputs(OnnxModel model) {
        return model.outputs().stream().map(Value::name).toList();
    }

    /** Fails unless the outputs are the same but for rounding, each relative to its largest element. */
    static void assertClose(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
        assertClose(actual, expected, 0, what);
    }

    /** The same, but differences are relative to {@code scale} where all elements of an output are smaller. */
    static void assertClose(Map<String, Tensor> actual, Map<String, Tensor> expected, double scale, String what) {
        assertThat(actual.keySet()).as("outputs of %s", what).isEqualTo(expected.keySet());
        expected.forEach((name, tensor) -> {
            Tensor other = Objects.requireNonNull(actual.get(name));
            assertThat(other.dims()).as("sizes of %s of %s", name, what).isEqualTo(tensor.dims());
            double difference = 0;
            for (int i = 0; i < tensor.data().length; i++) {
                difference = Math.max(difference, Math.abs(other.data()[i] - tensor.data()[i])); // Math.max keeps NaN
            }
            double largest = Math.max(tensor.largest(), scale);
            assertThat(difference)
                    .as("largest difference of %s of %s, relative to %s", name, what, largest)
                    .isLessThanOrEqualTo(TOLERANCE * largest);
        });
    }

    /** Fails unless the outputs are the same bit for bit. */
    static void assertEqual(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
        expected.forEach((name, tensor) -> {
            Tensor other = Objects.requireNonNull(actual.get(name));
            assertThat(other.dims()).as("sizes of %s of %s", name, what).isEqualTo(tensor.dims());
            assertThat(other.data()).as("%s of %s", name, what).isEqualTo(tensor.data());
        });
    }
}
