package org.rep4j.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.UnreadableModelException;

/** Files that somebody has made to do harm: what chance does to a file ({@link CheckpointFuzzTest}) hardly comes near them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForgedCheckpointTest {
    private static final int DEPTH = 100_000;
    private static final int DOUBLINGS = 40;
    private static final int MANY = 5_000;
    private static final long FIXED = 96 << 20;
    private static final byte[] ONE_NUMBER = new byte[Float.BYTES];

    /** Offsets of fields in an entry of a zip's directory. */
    private static final int COMPRESSED_SIZE = 20;

    private static final int SIZE = 24;
    private static final int PLACE = 42;

    @TempDir
    private Path folder;

    private static PickleBytes pickle() {
        return new PickleBytes();
    }

    /** A dictionary whose next value is that of the tensor a. */
    private static PickleBytes named() {
        return pickle().op('}').text("a");
    }

    private static byte[] tensor(long count, long[] shape, long[] strides) {
        return named().tensor(count, shape, strides).op('s').end();
    }

    private static byte[] scalar() {
        return tensor(1, new long[0], new long[0]);
    }

    private static byte[] legacy(byte[] content, byte[] keys) throws IOException {
        byte[] magic = Arrays.copyOf(CheckpointTest.resource("legacy.pth"), 15);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(magic);
        file.writeBytes(pickle().number(1001).end());
        file.writeBytes(pickle().op('}').end());
        file.writeBytes(content);
        file.writeBytes(keys);
        file.writeBytes(new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        file.writeBytes(ONE_NUMBER);
        return file.toByteArray();
    }

    private static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 sum = new CRC32();
        sum.update(content);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** A storage of one number, whose entry is the last. */
    private static byte[] zip(byte[] pickle) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            stored(zip, "a/data.pkl", pickle);
            stored(zip, "a/data/0", ONE_NUMBER);
        }
        return bytes.toByteArray();
    }

    /** Overwrites a field of the last entry in a zip's directory. */
    private static byte[] withField(byte[] zip, int offset, int value) {
        ByteBuffer buffer = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
        int place = zip.length - Integer.BYTES;
        while (buffer.getInt(place) != 0x02014b50) {
            place--;
        }
        return buffer.putInt(place + offset, value).array();
    }

    static Stream<Arguments> forged() throws IOException {
        PickleBytes nested = pickle().op(']', ')');
        for (int i = 0; i < DEPTH; i++) {
            nested.op(PickleBytes.TUPLE_OF_ONE);
        }
        byte[] doubledKeys = pickle().op(']').doubling(DOUBLINGS).op('a').end();
        byte[] doubledSizes = named().beginTensor(1)
                .doubling(DOUBLINGS)
                .op(PickleBytes.TUPLE_OF_ONE)
                .tuple(1)
                .endTensor()
                .op('s')
                .end();
        byte[] namespace = pickle().global("argparse", "Namespace")
                .op(')', PickleBytes.NEW_OBJECT)
                .end();
        PickleBytes copies = pickle().op('(');
        for (int i = 0; i < MANY; i++) {
            copies.text("k" + i).op('N', PickleBytes.TUPLE_OF_TWO);
        }
        copies.op('t', PickleBytes.TUPLE_OF_ONE, 'q', 1)
                .global("collections", "OrderedDict")
                .op('q', 2);
        for (int i = 0; i < MANY; i++) {
            copies.op('h', 2, 'h', 1, 'R');
        }
        long[] ones = new long[33];
        Arrays.fill(ones, 1);
        byte[] large = zip(tensor(1 << 28, new long[] {1 << 27}, new long[] {1}));
        byte[] longer = withField(large, SIZE, 1 << 30);
        return Stream.of(
                Arguments.of(
                        "keys in keys", legacy(scalar(), nested.op('a').end()), "its list of storages has something"),
                Arguments.of("keys that double", legacy(scalar(), doubledKeys), "its list of storages has something"),
                Arguments.of("sizes that double", zip(doubledSizes), "it has a tensor of a size or stride that is no"),
                Arguments.of("dimensions", zip(tensor(1, ones, ones)), "it has a tensor of 33 dimensions"),
                Arguments.of("an object", zip(namespace), "its pickle makes argparse.Namespace"),
                Arguments.of("copies", zip(copies.end()), "its pickle has dictionaries of more than"),
                Arguments.of("a longer entry", longer, "its entry a/data/0 has an impossible size"),
                Arguments.of(
                        "an entry longer than the file",
                        withField(longer, COMPRESSED_SIZE, 1 << 30),
                        "its entry a/data/0 has an impossible size"),
                Arguments.of(
                        "an entry elsewhere",
                        withField(zip(scalar()), PLACE, 1 << 20),
                        "its entry a/data/0 is cut off or damaged"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forged")
    void forgedFilesAreRefused(String what, byte[] content, String reason) throws IOException {
        assertRefused(content, reason);
    }

    @Test
    void aWordThatUnpacksToMegabytesIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            stored(zip, "a/data.pkl", pickle().op('}').end());
            zip.putNextEntry(new ZipEntry("a/byteorder"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                zip.write(zeros);
            }
        }

        assertRefused(bytes.toByteArray(), "its entry a/byteorder is compressed");
    }

    @Test
    void anUnknownOrderOfBytesIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            stored(zip, "a/data.pkl", scalar());
            stored(zip, "a/byteorder", "middle".getBytes(StandardCharsets.US_ASCII));
            stored(zip, "a/data/0", ONE_NUMBER);
        }

        assertRefused(bytes.toByteArray(), "its order of bytes is neither little nor big");
    }

    private void assertRefused(byte[] content, String reason) throws IOException {
        Path file = Files.write(folder.resolve("forged"), content);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);

        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessageStartingWith(file + ": " + reason)
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1));

        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(FIXED + 200L * content.length);
    }

    private static void readAll(Path file) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.tensors().values().forEach(Tensor::numbers);
        }
    }

    private static Tensor parameter(Checkpoint checkpoint) {
        return Objects.requireNonNull(checkpoint.tensors().get("parameter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth", "plain.safetensors"})
    void aFileThatBecomesShorterIsNamed(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), CheckpointTest.resource(name));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Files.write(file, new byte[1]);
            assertThatThrownBy(() -> parameter(checkpoint).numbers())
                    .isInstanceOf(UnreadableModelException.class)
                    .hasMessageStartingWith(file + ": the tensor parameter cannot be read: the file has changed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pth", "legacy.pth", "plain.safetensors"})
    void aClosedFileIsNamed(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), CheckpointTest.resource(name));
        Checkpoint checkpoint = Checkpoint.open(file);
        checkpoint.close();

        assertThatThrownBy(() -> parameter(checkpoint).numbers())
                .isInstanceOf(UnreadableModelException.class)
                .hasMessage(file + ": the tensor parameter cannot be read: the checkpoint is closed");
    }

    /** PyTorch writes the numbers of its old format with the low byte first, whatever the machine. */
    @Test
    void anOldFileOfABigEndianMachineHasTheSameNumbers() throws IOException {
        byte[] content = CheckpointTest.resource("legacy.pth");
        byte[] key = "little_endian".getBytes(StandardCharsets.US_ASCII);
        int place = 0;
        while (!Arrays.equals(content, place, place + key.length, key, 0, key.length)) {
            place++;
        }
        int truth = place + key.length + 2; // behind the text's place in the memo
        assertThat(content[truth]).isEqualTo((byte) 0x88);
        content[truth] = (byte) 0x89;
        try (Checkpoint checkpoint = Checkpoint.open(Files.write(folder.resolve("big"), content))) {
            assertThat(parameter(checkpoint).numbers()).containsExactly(1.25, -2.5);
        }
    }

    @Test
    void theOnlyDictionaryOfTensorsIsTaken() throws IOException {
        byte[] content = pickle().op('}', '(')
                .text("seed")
                .integer((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0x80, (byte) 0)
                .text("params")
                .op('}')
                .text("a")
                .tensor(1, new long[0], new long[0])
                .op('s', 'u')
                .end();
        try (Checkpoint checkpoint = Checkpoint.open(Files.write(folder.resolve("params"), zip(content)))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void tensorsBesideTheStateDictAreNotTaken() throws IOException {
        byte[] content = pickle().op('}', '(')
                .text("best_acc1")
                .tensor(1, new long[0], new long[0])
                .text("state_dict")
                .op('}')
                .text("a")
                .tensor(1, new long[0], new long[0])
                .op('s', 'u')
                .end();
        try (Checkpoint checkpoint = Checkpoint.open(Files.write(folder.resolve("best"), zip(content)))) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void ofTwoDictionariesOfTensorsNoneIsTaken() throws IOException {
        PickleBytes content = pickle().op('}', '(');
        for (String name : new String[] {"first", "second"}) {
            content.text(name)
                    .op('}')
                    .text("a")
                    .tensor(1, new long[0], new long[0])
                    .op('s');
        }

        assertRefused(zip(content.op('u').end()), "it has several dictionaries of tensors, as first and second");
    }
}
