package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.testing.OnnxChecker;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops on integers of few bits, which ONNX has for fewer formats than SameDiff. */
class IntegerExportTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BYTE", "UBYTE", "SHORT"})
    void fewBits(DataType type) throws IOException {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", type, 2, 3);
        SDVariable y = graph.placeHolder("y", type, 2, 3);
        List<SDVariable> results = List.of(
                x.add(y),
                x.sub(y),
                x.mul(y),
                graph.math().div(x, y),
                x.add(2),
                graph.math().square(x),
                graph.math().max(x, y),
                graph.math().mergeMax(x, y),
                graph.math().mergeAdd(new SDVariable[] {x, y, x}),
                x.sum(1),
                x.max(1),
                graph.where(x, y, graph.gt(x, y)),
                graph.argmax(x, 1),
                graph.nn().pad(x, graph.constant(Nd4j.createFromArray(new int[][] {{1, 1}, {0, 0}})), 0));
        Map<String, Tensor> feeds = new LinkedHashMap<>();
        TensorType format = switch (type) {
            case BYTE -> TensorType.INT8;
            case UBYTE -> TensorType.UINT8;
            default -> TensorType.INT16;
        };
        feeds.put("x", Tensor.ofIntegers(format, Shape.of(2, 3), new long[] {100, 7, 9, 3, 90, 5}));
        feeds.put("y", Tensor.ofIntegers(format, Shape.of(2, 3), new long[] {100, 2, 9, 5, 60, 4}));
        List<String> outputs = results.stream().map(SDVariable::name).toList();
        ConvertAssert.assertThatExports(graph, outputs, feeds);
        List<Path> files = new ArrayList<>();
        for (int opset = SameDiffToOnnx.OLDEST_OPSET; opset <= SameDiffToOnnx.DEFAULT_OPSET; opset++) {
            Path file = folder.resolve(opset + ".onnx");
            SameDiffToOnnx.convert(graph, outputs, opset).save(file);
            files.add(file);
        }
        OnnxChecker.assertValid(files);
    }

    @Test
    void whatOnnxHasOfRealNumbersOnlyIsRefused() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.INT32, 2, 3);
        String floor = graph.math().floor(x).name();
        String mean = x.mean(1).name();
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, List.of(floor, mean)))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("ONNX has no Floor of INT32")
                .hasMessageContaining("it makes FLOAT of INT32");
    }
}
