package org.rep4j.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.UnreadableModelException;

/** Checkpoints hold what PyTorch wrote into them; anything else is refused in one line. */
class CheckpointTest {
    @TempDir
    private Path folder;

    static byte[] resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(CheckpointTest.class.getResourceAsStream("/checkpoint-formats/" + name), name)) {
            return in.readAllBytes();
        }
    }

    private static Tensor tensor(Checkpoint checkpoint, String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name), name);
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("weights"), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth", "plain.safetensors", "nested.pth"})
    void tensorsHaveTheirNumbers(String name) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(resource("expected.json"));
        List<String> names = new ArrayList<>();
        expected.fieldNames().forEachRemaining(names::add);
        try (Checkpoint checkpoint = Checkpoint.open(file(resource(name)))) {
            assertThat(checkpoint.tensors().keySet()).containsExactlyElementsOf(names);
            checkpoint.tensors().forEach((key, tensor) -> {
                JsonNode told = expected.get(key);
                assertThat(new ObjectMapper().valueToTree(tensor.shape()).toString())
                        .as(key)
                        .isEqualTo(told.get("shape").toString());
                double[] numbers = tensor.numbers();
                assertThat(numbers).hasSize(told.get("numbers").size());
                for (int i = 0; i < numbers.length; i++) {
                    assertThat(numbers[i])
                            .as("%s[%d]", key, i)
                            .isEqualTo(told.get("numbers").get(i).asDouble());
                }
            });
            assertThat(checkpoint.choice())
                    .isEqualTo(name.equals("nested.pth") ? "state_dict, without the prefix module." : "");
            assertThat(tensor(checkpoint, "BF16").type()).isEqualTo("BF16");
            assertThat(tensor(checkpoint, "part").read(DataType.FLOAT)).isEqualTo(Nd4j.createFromArray(new float[][] {
                {16, 18}, {20, 22}
            }));
        }
    }

    @Test
    void writtenTensorsAreReadAgain() {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("a", Nd4j.rand(DataType.FLOAT, 3, 2, 1, 4).permute(1, 0, 3, 2));
        tensors.put("ü \"b\"", Nd4j.scalar(2.5f));
        Path file = folder.resolve("own.safetensors");
        Safetensors.write(file, tensors);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
            tensors.forEach((name, array) -> assertThat(
                            Objects.requireNonNull(checkpoint.tensors().get(name))
                                    .read(DataType.FLOAT))
                    .isEqualTo(array.dup('c')));
        }
        assertThat(folder.toFile().list()).containsExactly("own.safetensors");
    }

    /** Also the one of 2⁶⁴ - 1, which lies nearest to 2⁶⁴. */
    @ParameterizedTest
    @CsvSource({"U16, 2, 65535", "U32, 4, 4294967295", "U64, 8, 18446744073709551616"})
    void numbersWithoutASignAreNotNegative(String type, int length, double largest) throws IOException {
        byte[] content = safetensors(
                "{\"a\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%d]}}".formatted(type, length), length);
        Arrays.fill(content, content.length - length, content.length, (byte) -1);
        try (Checkpoint checkpoint = Checkpoint.open(file(content))) {
            assertThat(tensor(checkpoint, "a").type()).isEqualTo(type);
            assertThat(tensor(checkpoint, "a").numbers()).containsExactly(largest);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0,4", "4,0,3", "0,4611686018427387904"})
    void tensorsOfNoNumbersAreRead(String shape) throws IOException {
        byte[] content =
                safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[0,0]}}".formatted(shape), 0);
        try (Checkpoint checkpoint = Checkpoint.open(file(content))) {
            Tensor none = tensor(checkpoint, "a");
            assertThat(none.read(DataType.FLOAT).shape())
                    .containsExactly(none.shape().stream().mapToLong(d -> d).toArray());
        }
    }

    @Test
    void whatIsWrittenMayBeReadByWhoMayReadOtherFiles() throws IOException {
        Path other = Files.write(folder.resolve("other"), new byte[1]);
        Path file = folder.resolve("own.safetensors");
        Safetensors.write(file, Map.of("a", Nd4j.scalar(2.5f)));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
    }

    @Test
    void theNameThatTheFormatKeepsForItselfIsRefused() {
        Path file = folder.resolve("own.safetensors");
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", Nd4j.scalar(2.5f))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("safetensors allows no tensor of the name __metadata__");
        assertThat(file).doesNotExist();
    }

    private static byte[] safetensors(String header, int data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    static Stream<Arguments> refused() throws IOException {
        String four = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        byte[] zip = resource("zip.pth");
        byte[] legacy = resource("legacy.pth");
        return Stream.of(
                Arguments.of(new byte[] {1, 2}, "it is too short for a checkpoint"),
                Arguments.of(
                        "GIF89a, a picture".getBytes(StandardCharsets.US_ASCII),
                        "it is neither a safetensors file nor one of PyTorch's"),
                Arguments.of(resource("code.pth"), "its pickle calls posix.system, and only tensors are read"),
                Arguments.of(resource("code.pkl"), "it is neither a safetensors file nor one of PyTorch's"),
                Arguments.of(Arrays.copyOf(legacy, legacy.length - 9), "it is cut off"),
                Arguments.of(Arrays.copyOf(legacy, 400), "its pickle is cut off or damaged"),
                Arguments.of(Arrays.copyOf(zip, zip.length / 2), "it is a damaged zip"),
                Arguments.of(safetensors("{\"a\":1", 0), "its header is no JSON"),
                Arguments.of(safetensors("[1, 2]", 0), "its header is no JSON object"),
                Arguments.of(
                        safetensors(four + "," + four.substring(1) + "}", 4),
                        "its header is no JSON: Duplicate field 'a'"),
                Arguments.of(safetensors(four + "}", 3), "its tensors have 4 bytes, but there are 3 behind the header"),
                Arguments.of(safetensors(four + "}", 5), "its tensors have 4 bytes, but there are 5 behind the header"),
                Arguments.of(
                        safetensors(four + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", 6),
                        "the tensor b begins at byte 2, but the one before it ends at 4"),
                Arguments.of(
                        safetensors(
                                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
                                0),
                        "the tensor a has an impossible shape"),
                Arguments.of(
                        safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4),
                        "the tensor a has the size or offset -1"),
                Arguments.of(
                        safetensors(
                                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1%s],\"data_offsets\":[0,4]}}"
                                        .formatted(",1".repeat(32)),
                                4),
                        "the tensor a has 33 dimensions"),
                Arguments.of(
                        safetensors("{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4),
                        "the tensor a has the dtype \"F31\", which is not known"),
                Arguments.of(
                        safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4),
                        "the tensor a needs 8 bytes, but has 4"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsNoCheckpointIsRefusedInOneLine(byte[] content, String reason) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessageStartingWith(file + ": " + reason)
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1));
    }

    @Test
    void foldersAndMissingFilesAreNamed() {
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessage(folder + ": not a file");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> Checkpoint.open(missing)).hasMessage(missing + ": no such file");
    }

    /** A sparse file: only the last tensor is read. */
    @Test
    void filesMayBeLargerThanTwoGigabytes() throws IOException {
        long size = 250_000_000;
        int count = 10;
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            header.append("\"a%d\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]},"
                    .formatted(i, size, i * size, (i + 1) * size));
        }
        long large = count * size;
        header.append("\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}".formatted(large, large + 4));
        byte[] head = safetensors(header.toString(), 0);
        Path file = folder.resolve("large.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(head);
            out.seek(head.length + large);
            out.write(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(1.5f)
                    .array());
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(tensor(checkpoint, "b").numbers()).containsExactly(1.5);
        }
    }
}
