package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.SameDiffRunner;

/** Inputs and outputs keep their names on the other side, whatever else is called like them. */
class ConvertedNamesTest {
    private static OnnxModel chain(String... values) {
        OnnxModelBuilder builder = new OnnxModelBuilder("chain", 13);
        builder.input(values[0], OnnxType.FLOAT, Shape.of(-1, 3));
        for (int i = 1; i < values.length; i++) {
            builder.node(
                    OnnxNode.of("Relu").reads(values[i - 1]).writes(values[i]).build());
            builder.output(values[i], OnnxType.FLOAT, Shape.of(-1, 3));
        }
        return builder.build();
    }

    @Test
    void outputsThatOthersReadAreOutputsStillAfterSaving(@TempDir Path folder) throws IOException {
        SameDiff graph = OnnxToSameDiff.convert(chain("x:0", "relu", "relu_1", "a/b"));
        assertThat(graph.inputs()).containsExactly("x:0");
        assertThat(graph.outputs()).containsExactly("relu", "relu_1", "a/b");
        graph.save(folder.resolve("g.fb").toFile(), true);
        SameDiff loaded = SameDiff.load(folder.resolve("g.fb").toFile(), true);
        assertThat(SameDiffRunner.outputsOf(loaded)).containsExactlyInAnyOrder("relu", "relu_1", "a/b");
        INDArray x = Nd4j.createFromArray(new float[][] {{-1, 2, -3}});
        INDArray expected = Nd4j.createFromArray(new float[][] {{0, 2, 0}});
        Map<String, INDArray> computed = loaded.output(Map.of("x:0", x), "relu", "relu_1", "a/b");
        assertThat(computed.values()).allMatch(expected::equals);
    }

    @Test
    void valuesMayBeCalledLikeFurtherOutputs() {
        SameDiff graph = OnnxToSameDiff.convert(chain("x", "y", "y:1", "z:0"));
        INDArray x = Nd4j.createFromArray(new float[][] {{-1, 2, -3}});
        INDArray expected = Nd4j.createFromArray(new float[][] {{0, 2, 0}});
        assertThat(graph.output(Map.of("x", x), "y", "y:1", "z:0"))
                .hasSize(3)
                .allSatisfy((name, value) -> assertThat(value).isEqualTo(expected));
    }

    @Test
    void backAndForthKeepsInputsAndOutputs() {
        OnnxModel back = SameDiffToOnnx.convert(OnnxToSameDiff.convert(chain("x", "y", "z")), List.of("y", "z"));
        assertThat(back.inputs()).extracting(v -> v.name()).containsExactly("x");
        assertThat(back.outputs()).extracting(v -> v.name()).containsExactly("y", "z");
        assertThat(back.outputs().get(1).shape()).isEqualTo(Shape.of(-1, 3));
    }

    @Test
    void allOpsThatCannotBeConvertedAreNamedAtOnce() {
        OnnxModelBuilder builder = new OnnxModelBuilder("strange", 13);
        builder.input("x", OnnxType.FLOAT, Shape.of(1, 3));
        for (String output : List.of("a", "b", "c", "d", "e")) {
            builder.node(OnnxNode.of(output.equals("e") ? "Bernoulli" : "Det")
                    .reads("x")
                    .writes(output)
                    .name("node_" + output)
                    .build());
            builder.output(output, OnnxType.FLOAT, Shape.unknown());
        }
        assertThatThrownBy(() -> OnnxToSameDiff.convert(builder.build()))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessage("5 ops cannot be converted: 4 x Det: node_a, node_b, node_c, ...; 1 x Bernoulli: node_e");
    }
}
