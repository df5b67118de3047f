package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.convert.SameDiffToOnnx;
import org.rep4j.samediff.SameDiffFiles;

/** Compares nets with what they are exported as. */
final class ExportAssert {
    private ExportAssert() {}

    /** Gives all parameters other numbers, as training would; variances stay positive. */
    static void shake(ComputationGraph net) {
        Random random = new Random(17);
        net.paramTable().forEach((name, array) -> {
            boolean isVariance = name.endsWith("Var") || name.endsWith("_var");
            for (long i = 0; i < array.length(); i++) {
                double value = array.getDouble(i) + 0.2 * random.nextGaussian();
                array.putScalar(i, isVariance ? 0.2 + random.nextDouble() : value);
            }
        });
    }

    /** The exported graph computes what the net does, also when it has been saved and loaded. */
    static void assertExports(ComputationGraph net, Path folder, INDArray... inputs) {
        SameDiff graph = SameDiffExporter.export(net);
        assertVertices(net, graph, inputs);
        Path file = folder.resolve("net.fb");
        SameDiffFiles.save(graph, file);
        assertVertices(net, SameDiffFiles.load(file), inputs);
    }

    /** Each vertex has its value under its name. */
    private static void assertVertices(ComputationGraph net, SameDiff graph, INDArray... inputs) {
        Map<String, INDArray> actual = graph.output(feeds(net, inputs), vertices(net));
        INDArray[] copies =
                Arrays.stream(inputs).map(INDArray::dup).toArray(INDArray[]::new); // some layers work in place
        Map<String, INDArray> expected = new HashMap<>(net.feedForward(copies, false));
        expected.keySet().removeAll(net.getConfiguration().getNetworkInputs());
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, value) -> assertClose(Objects.requireNonNull(actual.get(name)), value));
    }

    private static List<String> vertices(ComputationGraph net) {
        List<String> names =
                new ArrayList<>(net.getConfiguration().getVertices().keySet());
        names.removeAll(net.getConfiguration().getNetworkInputs());
        return names;
    }

    private static Map<String, INDArray> feeds(ComputationGraph net, INDArray... inputs) {
        Map<String, INDArray> feeds = new HashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            feeds.put(net.getConfiguration().getNetworkInputs().get(i), inputs[i].dup());
        }
        return feeds;
    }

    static void assertOutputs(ComputationGraph net, SameDiff graph, INDArray... inputs) {
        List<String> outputs = net.getConfiguration().getNetworkOutputs();
        Map<String, INDArray> actual = graph.output(feeds(net, inputs), outputs);
        INDArray[] expected = net.output(inputs);
        for (int i = 0; i < expected.length; i++) {
            assertClose(Objects.requireNonNull(actual.get(outputs.get(i))), expected[i]);
        }
    }

    static void assertClose(INDArray actual, INDArray expected) {
        double tolerance = expected.dataType() == DataType.DOUBLE ? 1e-10 : 1e-5;
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(expected.isNaN().any()).as("NaN in %s", expected).isFalse();
        double scale = Math.max(1, expected.amaxNumber().doubleValue());
        assertThat(actual.sub(expected).amaxNumber().doubleValue() / scale)
                .as("difference of %s and %s", actual, expected)
                .isLessThan(tolerance);
    }

    /** ONNX Runtime makes the same of the converted graph. */
    static void assertConverts(ComputationGraph net, SameDiff graph, Path folder, INDArray input) throws Exception {
        String output = net.getConfiguration().getNetworkOutputs().get(0);
        Path file = folder.resolve("net.onnx");
        SameDiffToOnnx.convert(graph, List.of(output)).save(file);
        String name = net.getConfiguration().getNetworkInputs().get(0);
        assertClose(OnnxRun.of(file, name, input, output), net.outputSingle(input));
    }
}
