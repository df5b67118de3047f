package org.rep4j.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.graph.UnreadableModelException;

/** Damaged files are refused or read: they never crash, hang or ask for more memory than a file of their size may. */
class CheckpointFuzzTest {
    private static final int MUTATIONS = Integer.getInteger("rep4j.checkpoints.mutations", 2000);

    /** Of allocations; classes, streams and messages cost something, whatever the file. */
    private static final long FIXED = 8 << 20;

    private static final long PER_BYTE = 200;

    private static final List<String> NAMES = List.of("zip.pth", "legacy.pth", "plain.safetensors", "nested.pth");

    @TempDir
    private Path folder;

    static List<String> names() {
        return NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void damagedFilesAreRefusedOrRead(String name) throws IOException {
        byte[] original = CheckpointTest.resource(name);
        loadClasses();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] damaged = damaged(original, new Random(seed));
            Path file = Files.write(folder.resolve("damaged"), damaged);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                checkpoint.tensors().values().forEach(tensor -> tensor.read(DataType.FLOAT));
            } catch (UnreadableModelException e) {
                refused++;
                assertThat(String.valueOf(e.getMessage()).lines())
                        .as("message of seed %d", seed)
                        .hasSize(1);
            }
            long allocated =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertThat(allocated).as("bytes for seed %d", seed).isLessThan(FIXED + PER_BYTE * damaged.length);
        }
        assertThat(refused).as("refused files").isBetween(MUTATIONS / 20, MUTATIONS);
    }

    /** Those of all formats: their cost is no file's. */
    private void loadClasses() throws IOException {
        for (String name : NAMES) {
            Path file = Files.write(folder.resolve("whole"), CheckpointTest.resource(name));
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                checkpoint.tensors().values().forEach(tensor -> tensor.read(DataType.FLOAT));
            }
        }
    }

    /** A few changes: bits, bytes, numbers of four bytes, parts that go, come twice or change places. */
    private static byte[] damaged(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int place = random.nextInt(bytes.length);
            int length = Math.min(bytes.length - place, 1 + random.nextInt(64));
            switch (random.nextInt(7)) {
                case 0 -> bytes[place] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[place] = (byte) random.nextInt(256);
                case 2 -> {
                    byte[] extremes = {0, 1, 127, -1, -128};
                    Arrays.fill(bytes, place, Math.min(bytes.length, place + 4), extremes[random.nextInt(5)]);
                }
                case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, place));
                case 4 -> {
                    byte[] shorter = Arrays.copyOf(bytes, Math.max(1, bytes.length - length));
                    int kept = Math.max(0, shorter.length - place);
                    System.arraycopy(bytes, bytes.length - kept, shorter, shorter.length - kept, kept);
                    bytes = shorter;
                }
                case 5 -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
                    System.arraycopy(bytes, place, longer, place + length, bytes.length - place);
                    bytes = longer;
                }
                default -> {
                    int other = random.nextInt(bytes.length - length + 1);
                    byte[] part = Arrays.copyOfRange(bytes, place, place + length);
                    System.arraycopy(bytes, other, bytes, place, length);
                    System.arraycopy(part, 0, bytes, other, length);
                }
            }
        }
        return bytes;
    }
}
