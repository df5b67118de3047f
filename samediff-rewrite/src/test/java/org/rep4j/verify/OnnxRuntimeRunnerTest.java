package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.graph.Shape;
import org.rep4j.testing.Fixture;

class OnnxRuntimeRunnerTest {

    @TempDir
    private Path folder;

    @Test
    void inputsHaveTheNamesOfTheirDimensions() {
        try (ModelRunner runner =
                OnnxRuntimeRunner.open(Fixture.named("repvgg_block_dynamic").model())) {
            assertThat(runner.inputs())
                    .containsExactly(new InputSpec(
                            "input",
                            TensorType.FLOAT32,
                            Shape.of(-1, 8, -1, -1),
                            List.of("batch", "", "height", "width")));
            assertThat(runner.outputs()).containsExactly("output");
        }
    }

    @Test
    void theSameWeightsAreEquivalentAndOthersAreNot() {
        try (ModelRunner old = OnnxRuntimeRunner.open(
                        Fixture.named("repvgg_block_opset9").model());
                ModelRunner same = OnnxRuntimeRunner.open(
                        Fixture.named("repvgg_block_opset17").model());
                ModelRunner other = OnnxRuntimeRunner.open(
                        Fixture.named("repvgg_block_depthwise").model())) {
            assertThat(EquivalenceCheck.standard().run(old, same).passed()).isTrue();
            assertThat(EquivalenceCheck.standard().run(old, other).passed()).isFalse();
        }
    }

    @Test
    void shapesAreThoseOfTheOutputs() {
        try (ModelRunner runner =
                OnnxRuntimeRunner.open(Fixture.named("repvgg_block_stride2").model())) {
            Map<String, Tensor> feeds = EquivalenceCheck.standard().inputsFor(runner);

            assertThat(runner.outputShapes(feeds)).isEqualTo(Map.of("output", Shape.of(2, 12, 6, 5)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT16, FLOAT16",
        "BFLOAT16, BFLOAT16",
        "FLOAT, FLOAT32",
        "DOUBLE, FLOAT64",
        "INT8, INT8",
        "INT16, INT16",
        "INT32, INT32",
        "INT64, INT64",
        "UINT8, UINT8",
        "BOOL, BOOL"
    })
    void everyTypeGoesInAndComesOut(DataType type, TensorType expected) throws IOException {
        try (ModelRunner runner = OnnxRuntimeRunner.open(identity(type))) {
            assertThat(runner.inputs()).containsExactly(InputSpec.of("x", expected, Shape.of(2, 40)));
            Tensor fed = new RandomInputs(5)
                    .feeds(runner.inputs(), Map.of("x", Shape.of(2, 40)), 0)
                    .values()
                    .iterator()
                    .next();
            Tensor fetched = runner.run(Map.of("x", fed)).values().iterator().next();

            assertThat(fetched.type()).isEqualTo(expected);
            assertThat(fetched.shape()).isEqualTo(Shape.of(2, 40));
            assertThat(fetched.integers()).isEqualTo(fed.integers());
            for (int i = 0; i < fed.reals().length; i++) {
                double rounding =
                        expected == TensorType.FLOAT16 ? 0x1p-11 : expected == TensorType.BFLOAT16 ? 0x1p-8 : 0;
                assertThat(Math.abs(fetched.reals()[i] - fed.reals()[i]))
                        .isLessThanOrEqualTo(rounding * Math.abs(fed.reals()[i]) + (rounding == 0 ? 0 : 1e-7));
            }
        }
    }

    @Test
    void inputsThatCannotBeMadeUpAreRefused() throws IOException {
        Path strings = identity(DataType.STRING);

        assertThatThrownBy(() -> OnnxRuntimeRunner.open(strings))
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining("elements of x are");
    }

    @Test
    void filesThatAreNoModelsAreRefusedInOneLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model\nat all\n");

        assertThatThrownBy(() -> OnnxRuntimeRunner.open(text))
                .isInstanceOf(VerificationException.class)
                .hasMessageStartingWith("ONNX Runtime cannot run it: ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void inputsOfTheWrongShapeAreRefused() {
        try (ModelRunner runner =
                OnnxRuntimeRunner.open(Fixture.named("repvgg_block_stride2").model())) {
            Tensor wrong = Tensor.ofReals(TensorType.FLOAT32, Shape.of(1), new double[1]);

            assertThatThrownBy(() -> runner.run(Map.of("input", wrong))).isInstanceOf(VerificationException.class);
            assertThatThrownBy(() -> runner.outputShapes(Map.of("input", wrong)))
                    .isInstanceOf(VerificationException.class);
        }
    }

    private Path identity(DataType type) throws IOException {
        GraphProto graph = GraphProto.newBuilder()
                .setName("identity")
                .addInput(value("x", type))
                .addOutput(value("y", type))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput("x")
                        .addOutput("y"))
                .build();
        Path file = folder.resolve(type + ".onnx");
        Files.write(
                file,
                ModelProto.newBuilder()
                        .setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(14))
                        .setGraph(graph)
                        .build()
                        .toByteArray());
        return file;
    }

    private static ValueInfoProto value(String name, DataType type) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(Dimension.newBuilder().setDimValue(2))
                .addDim(Dimension.newBuilder().setDimValue(40))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}
