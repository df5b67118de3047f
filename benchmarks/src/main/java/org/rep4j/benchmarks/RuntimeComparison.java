package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rep4j.benchmarks.LatencyComparison.Latency;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;

/**
 * A model in SameDiff and in ONNX Runtime.
 *
 * @param train latency of the train form, SameDiff first
 * @param deploy latency of the deploy form, SameDiff first
 */
record RuntimeComparison(Latency train, Latency deploy) {

    static RuntimeComparison measure(BenchmarkModel model) throws IOException, OrtException {
        Path train = model.writeTemporary();
        Path deploy = Files.createTempFile("rep4j-benchmark", "-deploy.onnx");
        try {
            RepPass.standard().apply(OnnxModel.load(train)).graph().save(deploy);
            return new RuntimeComparison(inBoth(train), inBoth(deploy));
        } finally {
            Files.delete(train);
            Files.delete(deploy);
        }
    }

    private static Latency inBoth(Path file) throws OrtException {
        return LatencyComparison.measure(() -> SameDiffNet.open(file), () -> SessionNet.open(file));
    }
}
