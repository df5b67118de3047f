package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.ints;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** Files from strangers: one clear line, before anything large is allocated. */
class OnnxReaderTest {
    @TempDir
    private Path folder;

    private static OnnxBuilder conv() {
        return new OnnxBuilder(1)
                .input("x", 2, 3, 6, 6)
                .weights("w", 4, 3, 3, 3)
                .weights("b", 4)
                .node("Conv", "conv_1", List.of("x", "w", "b"), "y")
                .output("y");
    }

    private void assertUnreadable(Path file, String... parts) {
        assertThatThrownBy(() -> OnnxModel.load(file))
                .isInstanceOf(UnreadableModelException.class)
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void missingEmptyAndFolders() throws IOException {
        assertUnreadable(folder.resolve("none.onnx"), "none.onnx", "does not exist");
        assertUnreadable(folder, "is not a file");
        assertUnreadable(Files.createFile(folder.resolve("empty.onnx")), "empty.onnx", "is empty");
    }

    @Test
    void truncatedAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(Fixture.named("repvgg_block_opset13").model());
        for (int length = 1; length < whole.length; length += 37) {
            Path file = Files.write(folder.resolve("truncated.onnx"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> RepPass.standard().apply(OnnxModel.load(file)))
                    .as("first %d bytes", length)
                    .isInstanceOfAny(UnreadableModelException.class, InvalidGraphException.class);
        }
    }

    @Test
    void randomBytesAndDamagedModels() throws IOException {
        byte[] whole = Files.readAllBytes(Fixture.named("repvgg_block_opset13").model());
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[200];
            random.nextBytes(bytes);
            assertUnreadable(Files.write(folder.resolve("random.onnx"), bytes), "random.onnx");

            byte[] damaged = whole.clone();
            for (int j = 0; j < 4; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("damaged.onnx"), damaged);
            try {
                RepPass.standard().apply(OnnxModel.load(file)).graph().save(folder.resolve("out.onnx"));
            } catch (UnreadableModelException | InvalidGraphException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 6, 22, 999})
    void otherOperatorSets(long opset) {
        assertUnreadable(conv().opset(opset).save(folder.resolve("m.onnx")), "m.onnx", "supported are 7 to 21");
    }

    @Test
    void noOperatorSet() {
        Path file = conv().with(m -> m.clearOpsetImport()).save(folder.resolve("m.onnx"));
        assertUnreadable(file, "names no operator set");
    }

    private static Arguments broken(String message, Consumer<OnnxBuilder> change) {
        return Arguments.of(message, change);
    }

    static List<Arguments> contradictions() {
        return List.of(
                broken("reads missing", b -> b.node("Relu", "relu", List.of("missing"), "z")),
                broken("conv_1 (Conv) reads w, which nothing writes", b -> b.withGraph(g -> g.removeInitializer(0))),
                broken("'w'", b -> b.withGraph(g -> g.getInitializerBuilder(0).setDims(0, 5))),
                broken(
                        "beyond all bounds",
                        b -> b.withGraph(g -> g.getInitializerBuilder(0).setDims(0, Long.MAX_VALUE / 2))),
                broken("'w'", b -> b.withGraph(g -> g.getInitializerBuilder(0).setDims(0, 1L << 40))),
                broken(
                        "dimension -4",
                        b -> b.withGraph(g -> g.getInitializerBuilder(0).setDims(0, -4))),
                broken(
                        "kernel_shape [5, 5]",
                        b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(ints("kernel_shape", 5, 5)))),
                broken(
                        "conv_1 (Conv) has a kernel of 4x3x3x3 in 2 groups but reads 3 channels",
                        b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(integer("group", 2)))),
                broken(
                        "4 output channels cannot form 3 groups",
                        b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(integer("group", 3)))),
                broken("groups", b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(integer("group", 0)))),
                broken("3 strides", b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(ints("strides", 1, 1, 1)))),
                broken("stride 0", b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(ints("strides", 0, 1)))),
                broken(
                        "padding -1",
                        b -> b.withGraph(g -> g.getNodeBuilder(0).addAttribute(ints("pads", -1, 0, 0, 0)))),
                broken(
                        "bias of shape [5]",
                        b -> b.withGraph(g ->
                                g.setInitializer(1, OnnxBuilder.floats("b", Tensor.random(new Random(1), 5))))),
                broken("two initializers are named 'w'", b -> b.weights("w", 4, 3, 3, 3)),
                broken("writes 'y'", b -> b.node("Relu", "relu", List.of("x"), "y")),
                broken("writes 'w'", b -> b.node("Relu", "relu", List.of("x"), "w")),
                broken("cycle", b -> b.node("Relu", "r1", List.of("v"), "u").node("Relu", "r2", List.of("u"), "v")),
                broken("output nowhere is written by no node", b -> b.output("nowhere")),
                broken(
                        "1, 1, 1 and 2 channels",
                        b -> b.weights("s", 1)
                                .weights("v", 2)
                                .node("BatchNormalization", "bn", List.of("y", "s", "s", "s", "v"), "n")
                                .output("n")),
                broken(
                        "an odd number",
                        b -> b.initializer(OnnxBuilder.integers("p", 1, 2, 3))
                                .node("Pad", "pad", List.of("y", "p"), "n")
                                .output("n")));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictoryGraphs(String message, Consumer<OnnxBuilder> change) {
        OnnxBuilder net = conv();
        change.accept(net);
        Path file = net.save(folder.resolve("m.onnx"));
        assertThatThrownBy(() -> RepPass.standard().apply(OnnxModel.load(file)))
                .isInstanceOf(InvalidGraphException.class)
                .message()
                .contains(message)
                .doesNotContain("\n");
    }

    private Path withExternalWeights(String location, long offset, long length) {
        TensorProto.Builder tensor =
                OnnxBuilder.header("w", DataType.FLOAT, 4, 3, 3, 3).setDataLocation(TensorProto.DataLocation.EXTERNAL);
        entry(tensor, "location", location);
        entry(tensor, "offset", Long.toString(offset));
        entry(tensor, "length", Long.toString(length));
        return conv().withGraph(g -> g.setInitializer(0, tensor)).save(folder.resolve("m.onnx"));
    }

    private static void entry(TensorProto.Builder tensor, String key, String value) {
        tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    }

    @Test
    void externalDataStaysInItsFolder() throws IOException {
        Path outside = Files.createTempFile("rep4j", ".bin");
        try {
            Files.write(outside, new byte[432]);
            assertUnreadable(withExternalWeights(outside.toString(), 0, 432), "'w'", "must lie in the model's folder");
            String relative = folder.relativize(outside).toString();
            assertUnreadable(withExternalWeights(relative, 0, 432), "'w'", "must lie in the model's folder");
            Files.createSymbolicLink(folder.resolve("link.bin"), outside);
            assertUnreadable(withExternalWeights("link.bin", 0, 432), "'w'", "symbolic link");
            Files.createSymbolicLink(folder.resolve("dir"), outside.getParent());
            assertUnreadable(withExternalWeights("dir/" + outside.getFileName(), 0, 432), "'w'", "symbolic link");
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void externalDataMustBeThere() throws IOException {
        assertUnreadable(withExternalWeights("none.bin", 0, 432), "none.bin", "missing");
        Files.write(folder.resolve("small.bin"), new byte[500]);
        assertUnreadable(withExternalWeights("small.bin", 100, 432), "small.bin, which has 500");
        assertUnreadable(withExternalWeights("small.bin", -1, 432), "small.bin");
        assertUnreadable(withExternalWeights("small.bin", Long.MAX_VALUE, 432), "small.bin");
        assertUnreadable(withExternalWeights("", 0, 432), "names no file");
        assertThatThrownBy(() -> OnnxModel.load(withExternalWeights("small.bin", 0, 400)))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("needs 108 elements of 4 bytes but stores 400 bytes");
    }
}
