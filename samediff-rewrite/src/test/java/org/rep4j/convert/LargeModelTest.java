package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;
import org.rep4j.verify.SameDiffRunner;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Models that are larger than an ONNX file can be. */
class LargeModelTest {
    private static final int ROWS = 280;
    private static final int COLUMNS = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void moreThanTwoGigabytesThereAndBack() throws IOException {
        Path file = folder.resolve("large.onnx");
        SameDiff graph = SameDiff.create();
        SDVariable row = graph.placeHolder("row", DataType.LONG);
        SDVariable one = graph.constant("one", table(2));
        SDVariable other = graph.constant("other", table(3));
        graph.gather(one, row, 0).add("sum", graph.gather(other, row, 0));

        SameDiffToOnnx.convert(graph, List.of("sum")).save(file);
        one.getArr().close();
        other.getArr().close();

        assertThat(Files.size(file)).isLessThan(10_000);
        assertThat(Files.size(folder.resolve("large.onnx.data"))).isEqualTo(2L * ROWS * COLUMNS * Float.BYTES);
        try (ModelRunner runner = OnnxRuntimeRunner.open(file)) {
            assertEndsWithFive(runner);
        }
        SameDiff back = OnnxToSameDiff.convert(file);
        try (ModelRunner runner = SameDiffRunner.of(back, List.of("sum"))) {
            assertEndsWithFive(runner);
        }
        back.variables().stream()
                .filter(SDVariable::isConstant)
                .forEach(v -> v.getArr().close());
    }

    /** Zeros, but for the last element. */
    private static INDArray table(double last) {
        INDArray table = Nd4j.create(DataType.FLOAT, ROWS, COLUMNS);
        table.putScalar(ROWS - 1, COLUMNS - 1, last);
        return table;
    }

    private static void assertEndsWithFive(ModelRunner runner) {
        Tensor row = Tensor.ofIntegers(TensorType.INT64, Shape.of(), new long[] {ROWS - 1});
        double[] sum = Objects.requireNonNull(runner.run(Map.of("row", row)).get("sum"))
                .reals();
        assertThat(sum).hasSize(COLUMNS).endsWith(0, 5);
    }
}
