package org.rep4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;

/** Deploys a net in a process of its own whose heap holds twice its weights and little more. */
class PeakMemoryTest {
    /** For the JVM's own objects, the graph, and the rows that are being folded. */
    private static final long CONSTANT = 16L << 20;

    /** Where objects are made; what lasts, above all the weights, has to fit into the rest of the heap. */
    private static final long NURSERY = 8L << 20;

    @TempDir
    private Path folder;

    @Test
    void aDeploymentFitsIntoTwiceTheWeights() throws Exception {
        Path train = folder.resolve("train.onnx");
        BenchmarkModel.REPVGG_A0.write(train);
        long weights = Files.size(train);

        assertThat(deploy(train, 2 * weights + CONSTANT)).as("exit status").isZero();
        assertThat(OnnxModel.load(folder.resolve("deploy.onnx")).operators()).doesNotContainKey("BatchNormalization");
        assertThat(deploy(train, weights + CONSTANT))
                .as("exit status where the folded weights do not fit beside the others")
                .isNotZero();
    }

    private int deploy(Path train, long heap) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        "-XX:+UseSerialGC",
                        "-Xmn" + NURSERY,
                        "-Xmx" + (NURSERY + heap),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Deployment.class.getName(),
                        train.toString(),
                        folder.resolve("deploy.onnx").toString()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(folder.resolve("log").toFile()))
                .start();
        return process.waitFor();
    }

    /** The other process. */
    static final class Deployment {
        private Deployment() {}

        public static void main(String... files) {
            RepPass.standard().apply(OnnxModel.load(Path.of(files[0]))).graph().save(Path.of(files[1]));
        }
    }
}
