package org.rep4j.benchmarks;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.OnnxToSameDiff;

/**
 * By how much a process grows when it imports a model. Its heap is there in full from the start, and it has imported another model
 * before, so that what it grows by is native memory for the weights.
 */
final class ImportMemory {
    private static final String HEAP = "1g";

    private ImportMemory() {}

    /** Bytes of native memory per byte of the model's file, which is weights but for some kilobytes. */
    static double perByteOfWeights(BenchmarkModel model) throws IOException, InterruptedException {
        Path file = model.writeTemporary();
        Path other = BenchmarkModel.CHAIN_200.writeTemporary();
        try {
            return (double) growth(other, file) / Files.size(file);
        } finally {
            Files.delete(file);
            Files.delete(other);
        }
    }

    private static long growth(Path before, Path measured) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xms" + HEAP,
                        "-Xmx" + HEAP,
                        "-XX:+AlwaysPreTouch",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        before.toString(),
                        measured.toString()))
                .redirectError(Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the process that imports " + measured + " failed");
        }
        return Long.parseLong(printed.strip());
    }

    /** The process that grows. */
    static final class Child {
        private Child() {}

        @SuppressWarnings("SystemOut")
        public static void main(String... files) {
            SameDiff other = OnnxToSameDiff.convert(Path.of(files[0]));
            long before = Pointer.physicalBytes();
            SameDiff graph = OnnxToSameDiff.convert(Path.of(files[1]));
            System.out.println(Pointer.physicalBytes() - before);
            Reference.reachabilityFence(other);
            Reference.reachabilityFence(graph);
        }
    }
}
