package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.rep4j.convert.SameDiffToOnnx;
import org.rep4j.layers.deploy.GraphDeployer;
import org.rep4j.rewrite.RepPass;

/**
 * Training and inference of the nets of {@link TrainingNets}: of blocks, of Deeplearning4j's own layers, exported to SameDiff and to ONNX, and in
 * PyTorch where that is there.
 *
 * @param runtimes what runs the net, in the order of the table
 * @param times by runtime and task
 */
record TrainingComparison(List<String> runtimes, Map<String, Timing> times) {
    private static final String BLOCKS = "blocks of Rep4J";
    private static final String PLAIN = "Deeplearning4j's own layers";
    private static final String SAMEDIFF = "SameDiff";
    private static final String ONNX_RUNTIME = "ONNX Runtime";

    private static final String STEP = "training step";
    private static final String TRAIN_FORM = "inference, train form";
    private static final String DEPLOY_FORM = "inference, deploy form";

    static TrainingComparison measure() throws OrtException, IOException, InterruptedException {
        if (!TorchNets.areInstalled()) {
            System.err.println(TorchNets.MISSING);
            return measure(null);
        }
        try (TorchNets torch = TorchNets.start()) {
            return measure(torch);
        }
    }

    private static TrainingComparison measure(@Nullable TorchNets torch) throws OrtException, IOException {
        String torchName = torch == null ? "" : "PyTorch " + torch.version();
        DataSet data = TrainingNets.data();
        INDArray images = data.getFeatures();
        ComputationGraph blocks = TrainingNets.ofBlocks();
        ComputationGraph plain = TrainingNets.ofPlainLayers();
        Map<String, Timed> steps = new LinkedHashMap<>();
        steps.put(key(BLOCKS, STEP), Timed.of(() -> blocks.fit(data)));
        steps.put(key(PLAIN, STEP), Timed.of(() -> plain.fit(data)));
        if (torch != null) {
            steps.put(key(torchName, STEP), torch.step());
        }
        Map<String, Timing> times = new HashMap<>(Turns.measure(steps));

        ComputationGraph deployed = GraphDeployer.deploy(blocks);
        SameDiff trainGraph = TrainingNets.exported(blocks);
        SameDiff deployGraph =
                RepPass.standard().apply(trainGraph, TrainingNets.OUTPUT).graph();
        try (ReadyNet trainSameDiff = SameDiffNet.of(trainGraph, TrainingNets.OUTPUT, images);
                ReadyNet deploySameDiff = SameDiffNet.of(deployGraph, TrainingNets.OUTPUT, images);
                ReadyNet trainSession = session(trainGraph);
                ReadyNet deploySession = session(deployGraph)) {
            Map<String, Timed> inferences = new LinkedHashMap<>();
            inferences.put(key(BLOCKS, TRAIN_FORM), Timed.of(() -> blocks.output(images)));
            inferences.put(key(PLAIN, TRAIN_FORM), Timed.of(() -> plain.output(images)));
            inferences.put(key(PLAIN, DEPLOY_FORM), Timed.of(() -> deployed.output(images)));
            inferences.put(key(SAMEDIFF, TRAIN_FORM), trainSameDiff);
            inferences.put(key(SAMEDIFF, DEPLOY_FORM), deploySameDiff);
            inferences.put(key(ONNX_RUNTIME, TRAIN_FORM), trainSession);
            inferences.put(key(ONNX_RUNTIME, DEPLOY_FORM), deploySession);
            if (torch != null) {
                inferences.put(key(torchName, TRAIN_FORM), torch.trainForm());
                inferences.put(key(torchName, DEPLOY_FORM), torch.deployForm());
            }
            times.putAll(Turns.measure(inferences));
        }
        return new TrainingComparison(
                torch == null
                        ? List.of(BLOCKS, PLAIN, SAMEDIFF, ONNX_RUNTIME)
                        : List.of(BLOCKS, PLAIN, SAMEDIFF, ONNX_RUNTIME, torchName),
                times);
    }

    private static ReadyNet session(SameDiff graph) throws OrtException, IOException {
        Path file = Files.createTempFile("rep4j-benchmark", ".onnx");
        try {
            SameDiffToOnnx.convert(graph, List.of(TrainingNets.OUTPUT)).save(file);
            return SessionNet.open(file, TrainingNets.BATCH);
        } finally {
            Files.delete(file);
        }
    }

    private static String key(String runtime, String task) {
        return runtime + ", " + task;
    }

    MarkdownTable table() {
        MarkdownTable table = new MarkdownTable(
                "five RepVGG blocks, 32×32, batch " + TrainingNets.BATCH + ", ms: median (quartiles)",
                STEP,
                "÷ blocks",
                TRAIN_FORM,
                "÷ blocks",
                DEPLOY_FORM,
                "train ÷ deploy form");
        for (String runtime : runtimes) {
            table.row(
                    runtime,
                    text(runtime, STEP),
                    ratio(key(runtime, STEP), key(BLOCKS, STEP)),
                    text(runtime, TRAIN_FORM),
                    ratio(key(runtime, TRAIN_FORM), key(BLOCKS, TRAIN_FORM)),
                    text(runtime, DEPLOY_FORM),
                    ratio(key(runtime, TRAIN_FORM), key(runtime, DEPLOY_FORM)));
        }
        return table;
    }

    private String text(String runtime, String task) {
        return Objects.toString(times.get(key(runtime, task)), "");
    }

    private String ratio(String one, String other) {
        Timing first = times.get(one);
        Timing second = times.get(other);
        return first == null || second == null ? "" : Timing.number(first.median() / second.median());
    }
}
