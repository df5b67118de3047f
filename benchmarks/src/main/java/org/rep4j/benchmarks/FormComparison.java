package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.rep4j.benchmarks.LatencyComparison.Latency;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;

/**
 * A model's train form and its deploy form: what they consist of, how far what they compute differs, and how long they take.
 *
 * @param train number of ops by type
 * @param deploy number of ops by type
 * @param difference the largest relative difference of an output, as {@link EquivalenceCheck} has it
 */
record FormComparison(Map<String, Long> train, Map<String, Long> deploy, double difference, Latency latency) {

    static FormComparison measure(BenchmarkModel model) throws IOException, OrtException {
        Path train = model.writeTemporary();
        Path deploy = Files.createTempFile("rep4j-benchmark", "-deploy.onnx");
        try {
            OnnxModel loaded = OnnxModel.load(train);
            OnnxModel deployed = RepPass.standard().apply(loaded).graph();
            deployed.save(deploy);
            return new FormComparison(
                    loaded.operators(),
                    deployed.operators(),
                    difference(train, deploy),
                    LatencyComparison.measure(train, deploy));
        } finally {
            Files.delete(train);
            Files.delete(deploy);
        }
    }

    private static double difference(Path train, Path deploy) {
        try (ModelRunner reference = OnnxRuntimeRunner.open(train);
                ModelRunner candidate = OnnxRuntimeRunner.open(deploy)) {
            return EquivalenceCheck.standard().run(reference, candidate).maxRelativeDifference();
        }
    }

    /** {@code before → after}: how many ops of one type there are. */
    String ops(String type) {
        return change(train.getOrDefault(type, 0L), deploy.getOrDefault(type, 0L));
    }

    /** {@code before → after}: how many ops there are. */
    String ops() {
        return change(sum(train), sum(deploy));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(n -> n).sum();
    }

    private static String change(long before, long after) {
        return before + " → " + after;
    }
}
