package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.rep4j.testing.OnnxBuilder.graph;
import static org.rep4j.testing.OnnxBuilder.info;
import static org.rep4j.testing.OnnxBuilder.integers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import onnx.Onnx.GraphProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.UnsupportedOpsException.UnsupportedOp;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.testing.OnnxBuilder;

/** What no runtime could run is refused in one line before native code, which would die of some of it, sees it. */
class ForgedModelsTest {
    @TempDir
    private Path folder;

    static Set<String> contradictions() {
        return ForgedModels.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void aModelThatContradictsItselfIsRefusedWithTheNodesName(String what) {
        OnnxBuilder model = Objects.requireNonNull(ForgedModels.all().get(what));
        Throwable thrown = convert(model);
        assertThat(thrown).as(what).isInstanceOfAny(InvalidGraphException.class, UnsupportedOpsException.class);
        if (thrown instanceof UnsupportedOpsException unsupported) {
            assertThat(unsupported.ops()).extracting(UnsupportedOp::reason).doesNotContain("");
        }
        assertThat(thrown.getMessage()).contains(ForgedModels.CULPRIT);
        assertOneLine(thrown);
    }

    static Set<String> impossibilities() {
        return ForgedModels.impossible().keySet();
    }

    /** What such a model gives, if anything, is not ONNX's to say: but it is given, or refused, by a process that lives on. */
    @ParameterizedTest
    @MethodSource("impossibilities")
    void aModelThatAsksForTheImpossibleDoesNoHarm(String what) {
        OnnxBuilder model = Objects.requireNonNull(ForgedModels.impossible().get(what));
        Path file = model.save(folder.resolve("forged.onnx"));
        SameDiff graph;
        try {
            graph = OnnxToSameDiff.convert(file);
        } catch (InvalidGraphException | UnsupportedOpsException e) {
            assertThat(e.getMessage()).contains(ForgedModels.CULPRIT);
            assertOneLine(e);
            return;
        }
        Map<String, INDArray> feeds =
                graph.inputs().isEmpty() ? Map.of() : Map.of("x", Nd4j.ones(DataType.FLOAT, 1, 3, 8, 8));
        Throwable thrown = catchThrowable(() -> graph.output(feeds, "y"));
        if (what.contains("huge") || what.contains("large")) {
            assertThat(thrown).as(what).isNotNull();
        }
    }

    static Set<String> tensors() {
        return ForgedTensors.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void aTensorThatIsNotWhatItSaysIsRefused(String what) {
        Throwable thrown = convert(new OnnxBuilder(1)
                .input("x", 1, 2)
                .output("y")
                .initializer(Objects.requireNonNull(ForgedTensors.all().get(what)))
                .node("Add", "add", List.of("x", "w"), "y"));
        assertThat(thrown).as(what).isInstanceOfAny(InvalidGraphException.class, UnreadableModelException.class);
        assertThat(thrown.getMessage()).contains("w");
        assertOneLine(thrown);
    }

    @Test
    void allUnknownOpsAreCounted() {
        Throwable thrown = convert(new OnnxBuilder(1)
                .input("x", 1, 2)
                .output("y")
                .node("Bernoulli", "first", List.of("x"), "a")
                .node("Relu", "relu", List.of("a"), "b")
                .node("Bernoulli", "second", List.of("b"), "c")
                .node("NoSuchOp", "third", List.of("c"), "y"));
        assertThat(thrown)
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessage("3 ops cannot be converted: 2 x Bernoulli: first, second; 1 x NoSuchOp: third");
    }

    @Test
    void opsOfOtherDomainsAreUnknown() {
        OnnxBuilder model = new OnnxBuilder(1).input("x", 1, 2).output("y").node("Relu", "relu", List.of("x"), "y");
        model.withGraph(g -> g.getNodeBuilder(0).setDomain("org.example"));
        assertThat(convert(model))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("org.example")
                .hasMessageContaining("relu");
    }

    @Test
    void opsWithSubgraphsAreUnknown() {
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addOutput(info("x", onnx.Onnx.TensorProto.DataType.FLOAT, 1, 2));
        Throwable thrown = convert(new OnnxBuilder(1)
                .input("x", 1, 2)
                .output("y")
                .initializer(integers("c", 1))
                .node("If", "if", List.of("c"), "y", graph("then_branch", branch), graph("else_branch", branch)));
        assertThat(thrown)
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessage("1 op cannot be converted: 1 x If: if");
    }

    @Test
    void cyclesAreRefused() {
        assertRefused(new OnnxBuilder(1)
                .input("x", 1, 2)
                .output("y")
                .node("Add", "first", List.of("x", "b"), "a")
                .node("Relu", "second", List.of("a"), "b")
                .node("Relu", "third", List.of("a"), "y"));
    }

    @Test
    void valuesThatAreWrittenTwiceAreRefused() {
        assertRefused(new OnnxBuilder(1)
                .input("x", 1, 2)
                .output("y")
                .node("Relu", "first", List.of("x"), "y")
                .node("Sigmoid", "second", List.of("x"), "y"));
    }

    @Test
    void outputsThatNothingComputesAreRefused() {
        assertRefused(new OnnxBuilder(1).input("x", 1, 2).output("y").node("Relu", "relu", List.of("x"), "z"));
    }

    private void assertRefused(OnnxBuilder model) {
        Throwable thrown = convert(model);
        assertThat(thrown).isInstanceOf(InvalidGraphException.class);
        assertOneLine(thrown);
    }

    private Throwable convert(OnnxBuilder model) {
        Path file = model.save(folder.resolve("forged.onnx"));
        return catchThrowable(() -> OnnxToSameDiff.convert(file));
    }

    private static void assertOneLine(Throwable thrown) {
        assertThat(thrown.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(400);
    }
}
