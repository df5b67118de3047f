package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.testing.OnnxBuilder.ints;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.ByteString;
import org.rep4j.graph.Shape;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;
import org.rep4j.verify.OnnxRuntimeRunner;

/** External data on the way in and out, and files that are either old or new but never half-written. */
class OnnxWriterTest {
    @TempDir
    private Path folder;

    private final Random random = new Random(11);

    private static TensorProto.Builder external(
            String name, DataType type, String location, long offset, long length, long... dims) {
        TensorProto.Builder tensor =
                OnnxBuilder.header(name, type, dims).setDataLocation(TensorProto.DataLocation.EXTERNAL);
        Map.of("location", location, "offset", Long.toString(offset), "length", Long.toString(length))
                .forEach((k, v) -> tensor.addExternalData(
                        StringStringEntryProto.newBuilder().setKey(k).setValue(v)));
        return tensor;
    }

    private byte[] floats(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat((float) random.nextGaussian());
        }
        return bytes.array();
    }

    /** A conv-BN net whose weights lie at {@code offset} of a file, behind a table that a Gather reads. */
    private Path netWithExternalData(String data, long offset, long rows) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(data).toFile(), "rw")) {
            file.write(floats(4));
            file.seek(offset - 16);
            file.write(floats(4 + 16 * 3 * 9)); // the table's last row, then the weights
        }
        return new OnnxBuilder(1)
                .input("x", -1, 3, -1, -1)
                .initializer(external("table", DataType.FLOAT, data, 0, rows * 16, rows, 4)
                        .build())
                .initializer(external("w", DataType.FLOAT, data, offset, 16 * 3 * 9 * 4, 16, 3, 3, 3)
                        .build())
                .initializer(OnnxBuilder.integers("last", 0, rows - 1))
                .node("Gather", "gather", List.of("table", "last"), "g")
                .node("Conv", "conv", List.of("x", "w"), "c", ints("pads", 1, 1, 1, 1))
                .batchNorm("bn", "c", "y", 16)
                .output("y")
                .output("g")
                .save(folder.resolve("model.onnx"));
    }

    private void assertDeploys(Path original, Path deployed) {
        RepPass.standard().apply(OnnxModel.load(original)).graph().save(deployed);
        assertThat(OnnxModel.load(deployed).operators()).isEqualTo(Map.of("Conv", 1L, "Gather", 1L));
        Map<String, Tensor> feed = Map.of("x", Tensor.random(random, 2, 3, 5, 6));
        Map<String, Tensor> expected = OnnxRuntime.runAll(original, feed);
        Map<String, Tensor> actual = OnnxRuntime.runAll(deployed, feed);
        expected.forEach((name, tensor) ->
                assertThat(actual).hasEntrySatisfying(name, a -> a.assertCloseTo(tensor, 1e-5, name)));
    }

    private static List<String> files(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void externalDataGoesAlong() throws IOException {
        Path target = Files.createDirectory(folder.resolve("out"));
        Path deployed = target.resolve("deployed.onnx");
        assertDeploys(netWithExternalData("weights.bin", 4096, 256), deployed);
        assertThat(files(target)).containsExactly("deployed.onnx", "deployed.onnx.data");
        assertThat(Files.size(deployed)).isLessThan(2000);
        // and again from there, over the same files
        assertThat(RepPass.standard().apply(OnnxModel.load(deployed)).report().rewrites())
                .isEmpty();
    }

    @Test
    void streamsHoldWhatFilesHold() throws IOException {
        Path original = new OnnxBuilder(1)
                .input("x", -1, 3, -1, -1)
                .initializer(OnnxBuilder.header("w", DataType.FLOAT, 200, 3, 30, 30)
                        .setRawData(ByteString.copyFrom(floats(200 * 3 * 30 * 30)))
                        .build())
                .node("Conv", "conv", List.of("x", "w"), "c")
                .batchNorm("bn", "c", "y", 200)
                .output("y")
                .save(folder.resolve("original.onnx"));
        OnnxModel deployed = RepPass.standard().apply(OnnxModel.load(original)).graph();
        Path file = folder.resolve("deployed.onnx");
        deployed.save(file);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        deployed.writeTo(stream);
        assertThat(Files.readAllBytes(file))
                .as("more than a stream is given at once")
                .hasSizeGreaterThan(2 << 20)
                .isEqualTo(stream.toByteArray());
    }

    @Test
    void whatNeedsAFileBesideItIsNotStreamed() throws IOException {
        OnnxModel model = OnnxModel.load(netWithExternalData("net.bin", 4096, 256));
        assertThatIllegalStateException().isThrownBy(() -> model.writeTo(OutputStream.nullOutputStream()));
    }

    /** Sparse on disk; what is written is 2.2 GB in full. */
    @Test
    void moreThanTwoGigabytes() throws IOException {
        long offset = 2_200_000_000L;
        Path target = Files.createDirectory(folder.resolve("out"));
        assertDeploys(netWithExternalData("weights.bin", offset, offset / 16), target.resolve("deployed.onnx"));
        assertThat(Files.size(target.resolve("deployed.onnx.data"))).isGreaterThan(offset);
    }

    @Test
    void doesNotOverwriteTheDataItReads() throws IOException {
        Path source = netWithExternalData("new.onnx.data", 4096, 256);
        OnnxModel deployed = RepPass.standard().apply(OnnxModel.load(source)).graph();
        byte[] data = Files.readAllBytes(folder.resolve("new.onnx.data"));
        assertThatThrownBy(() -> deployed.save(folder.resolve("new.onnx")))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessageContaining("choose another output name");
        assertThat(Files.readAllBytes(folder.resolve("new.onnx.data"))).isEqualTo(data);
    }

    @Test
    void leavesTheOldFileWhereWritingFails() throws IOException {
        Path original = netWithExternalData("weights.bin", 4096, 256);
        OnnxModel deployed = RepPass.standard().apply(OnnxModel.load(original)).graph();
        Path target = Files.createDirectory(folder.resolve("out"));
        Path old = Files.writeString(target.resolve("deployed.onnx"), "old");
        Files.delete(folder.resolve("weights.bin"));

        assertThatThrownBy(() -> deployed.save(old)).isInstanceOf(UnreadableModelException.class);

        assertThat(files(target)).containsExactly("deployed.onnx");
        assertThat(Files.readString(old)).isEqualTo("old");
        assertThatThrownBy(() -> deployed.save(folder.resolve("no/such/folder.onnx")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("does not exist");
    }

    /** Its shape inference takes an axis that is not there for 1, and refuses that for a vector. */
    @Test
    void attributesOfTheValueZeroReachOnnxRuntime() {
        OnnxModelBuilder builder = new OnnxModelBuilder("softmax", 11);
        builder.input("x", OnnxType.FLOAT, Shape.of(4));
        builder.node(
                OnnxNode.of("Softmax").reads("x").writes("y").integer("axis", 0).build());
        builder.output("y", OnnxType.FLOAT, Shape.of(4));
        Path file = folder.resolve("softmax.onnx");
        builder.build().save(file);
        try (OnnxRuntimeRunner runner = OnnxRuntimeRunner.open(file)) {
            assertThat(runner.outputs()).containsExactly("y");
        }
    }

    @Test
    void whatIsReadAndWrittenAgainKeepsItsZeros() throws IOException {
        OnnxModelBuilder builder = new OnnxModelBuilder("zeros", 13);
        builder.input("x", OnnxType.FLOAT, Shape.of(4));
        builder.node(OnnxNode.of("ReduceSum")
                .reads("x")
                .writes("y")
                .integer("keepdims", 0)
                .number("f", 0)
                .text("t", "")
                .number("minus", -0.0)
                .build());
        builder.output("y", OnnxType.FLOAT, Shape.of());
        Path first = folder.resolve("first.onnx");
        Path second = folder.resolve("second.onnx");
        builder.build().save(first);
        OnnxModel.load(first).save(second);
        assertThat(second).hasSameBinaryContentAs(first);
        String bytes = new String(Files.readAllBytes(first), StandardCharsets.ISO_8859_1);
        assertThat(bytes)
                .contains("\n\10keepdims\240\1\2\30\0")
                .contains("\n\1f\240\1\1\25\0\0\0\0")
                .contains("\n\1t\240\1\3\42\0");
    }
}
