package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** Imported graphs do not outlive their use: neither crashes nor memory that nobody gives back. */
@EnabledOnOs(OS.LINUX) // which tells a process's memory in /proc
class ImportMemoryTest {
    private static final int IMPORTS = 500;
    private static final int ROUND = 50;
    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void fiveHundredImportsLeaveNothingBehind() throws IOException, InterruptedException {
        List<Long> resident = sizesReportedBy(Imports.class, "256m");
        assertThat(resident).hasSize(IMPORTS / ROUND);
        long early = largest(resident.subList(2, 5));
        long late = largest(resident.subList(7, 10));
        assertThat(late)
                .as("resident bytes after each %d imports: %s", ROUND, resident)
                .isLessThan(early + 64 * MIB);
    }

    /** Neither is there a second copy of them, nor does one wait for the garbage collector. */
    @Test
    void weightsAreHeldOnce() throws IOException, InterruptedException {
        List<Long> resident = sizesReportedBy(LargeImport.class, "512m");
        assertThat(resident.get(1) - resident.get(0))
                .as("bytes by which the import of %d MiB of weights, makes the process grow", 64)
                .isBetween(LargeImport.WEIGHTS, LargeImport.WEIGHTS * 3 / 2);
        assertThat(resident.get(2) - resident.get(1)).isBetween(LargeImport.WEIGHTS, LargeImport.WEIGHTS * 3 / 2);
    }

    /** What a process of its own writes down, of which the heap does not grow. */
    private List<Long> sizesReportedBy(Class<?> program, String heap) throws IOException, InterruptedException {
        Path sizes = folder.resolve("sizes");
        Path log = folder.resolve("log");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xms" + heap,
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-XX:+AlwaysPreTouch", // so that what grows is not the heap
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName(),
                        sizes.toString(),
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()));
        builder.environment().put("OMP_NUM_THREADS", "1");
        int status = builder.start().waitFor();
        assertThat(status).as("exit status; it said: %s", Files.readString(log)).isZero();
        return Files.readAllLines(sizes).stream().map(Long::valueOf).toList();
    }

    private static long largest(List<Long> sizes) {
        return sizes.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    /** Appends the bytes of memory that this process occupies. */
    private static void report(Path sizes) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.US_ASCII).stream()
                .filter(entry -> entry.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        long bytes = Long.parseLong(line.replaceAll("\\D", "")) << 10;
        Files.writeString(sizes, bytes + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Imports one net with much weight, of which the taps come first in SameDiff, twice. */
    static final class LargeImport {
        static final long WEIGHTS = 64 * MIB;

        private LargeImport() {}

        /** @param arguments where to write the sizes, and a folder */
        public static void main(String... arguments) throws IOException {
            Path sizes = Path.of(arguments[0]);
            Path onnx = net(1024).save(Path.of(arguments[1], "large.onnx"));
            OnnxToSameDiff.convert(net(8).save(Path.of(arguments[1], "small.onnx")));
            report(sizes);
            SameDiff graph = OnnxToSameDiff.convert(onnx);
            report(sizes);
            SameDiff other = OnnxToSameDiff.convert(onnx);
            report(sizes);
            Reference.reachabilityFence(List.of(graph, other));
        }

        private static OnnxBuilder net(int channels) {
            return new OnnxBuilder(1)
                    .input("input", 1, channels, 8, 8)
                    .output("output")
                    .weights("w", channels, channels, 4, 4)
                    .node("Conv", "conv", List.of("input", "w"), "output");
        }
    }

    /** Imports nets over and over. */
    static final class Imports {
        /** Every so many imports, one of a net with so much weight that keeping it would be seen. */
        private static final int HEAVY = 5;

        private static final int WIDTH = 1536;

        private static final List<String> NETS = List.of(
                "resnet18",
                "conv_bn",
                "repvgg_block_depthwise",
                "repvgg_block_g2",
                "mobilenet_v2",
                "repvgg_block_opset9",
                "repvgg_block_dynamic",
                "conv_bn_nonsquare",
                "mobilenet_v3_small",
                "repvgg_block_stride2",
                "mobileone_block_dynamic",
                "acnet_block",
                "shufflenet_v2",
                "dbb_block",
                "repvgg_block_se",
                "ecb_block");

        private Imports() {}

        /** @param arguments where to write the sizes, and a folder */
        public static void main(String... arguments) throws IOException {
            Path sizes = Path.of(arguments[0]);
            Path heavy = new OnnxBuilder(1)
                    .input("input", 1, WIDTH)
                    .output("output")
                    .weights("w", WIDTH, WIDTH)
                    .node("MatMul", "product", List.of("input", "w"), "output")
                    .save(Path.of(arguments[1], "heavy.onnx"));
            INDArray row = Nd4j.ones(DataType.FLOAT, 1, WIDTH);
            List<Fixture> nets = NETS.stream().map(Fixture::named).toList();
            List<INDArray> inputs = nets.stream().map(net -> array(net.input())).toList();
            for (int i = 0; i < IMPORTS; i++) {
                int net = i % nets.size();
                boolean isHeavy = i % HEAVY == 0;
                SameDiff graph =
                        OnnxToSameDiff.convert(isHeavy ? heavy : nets.get(net).model());
                graph.output(Map.of("input", isHeavy ? row : inputs.get(net)), "output");
                if (i % ROUND == ROUND - 1) {
                    System.gc();
                    report(sizes);
                }
            }
        }

        private static INDArray array(Tensor tensor) {
            return Nd4j.createFromArray(tensor.data()).castTo(DataType.FLOAT).reshape('c', tensor.longDims());
        }
    }
}
