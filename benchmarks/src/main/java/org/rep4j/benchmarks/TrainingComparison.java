package org.rep4j.benchmarks;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;
import org.rep4j.layers.deploy.GraphDeployer;

/**
 * Training and inference of the same net, of blocks and of Deeplearning4j's own layers, step by step in turns.
 *
 * @param blockStep a training step with blocks
 * @param plainStep one with plain layers
 * @param blockInference the output of a batch, train form, blocks
 * @param plainInference the same with plain layers
 * @param deployInference the same, deploy form
 */
record TrainingComparison(
        Timing blockStep, Timing plainStep, Timing blockInference, Timing plainInference, Timing deployInference) {
    private static final int WARM_UP = 10;
    private static final int SAMPLES = 41;

    static TrainingComparison measure() {
        DataSet data = TrainingNets.data();
        ComputationGraph blocks = TrainingNets.ofBlocks();
        ComputationGraph plain = TrainingNets.ofPlainLayers();
        List<Timing> steps = inTurns(() -> blocks.fit(data), () -> plain.fit(data));
        ComputationGraph deployed = GraphDeployer.deploy(blocks);
        List<Timing> outputs = inTurns(
                () -> blocks.output(data.getFeatures()),
                () -> plain.output(data.getFeatures()),
                () -> deployed.output(data.getFeatures()));
        return new TrainingComparison(steps.get(0), steps.get(1), outputs.get(0), outputs.get(1), outputs.get(2));
    }

    private static List<Timing> inTurns(Runnable... things) {
        double[][] samples = new double[things.length][SAMPLES];
        for (int i = -WARM_UP; i < SAMPLES; i++) {
            for (int thing = 0; thing < things.length; thing++) {
                long start = System.nanoTime();
                things[thing].run();
                if (i >= 0) {
                    samples[thing][i] = (System.nanoTime() - start) / 1e6;
                }
            }
        }
        return List.of(samples).stream().map(Timing::of).toList();
    }

    MarkdownTable table() {
        return new MarkdownTable(
                        "five RepVGG blocks, 32×32, batch " + TrainingNets.BATCH + ", ms: median (quartiles)",
                        "blocks of Rep4J",
                        "plain layers",
                        "plain ÷ blocks",
                        "deploy form",
                        "blocks ÷ deploy form")
                .row("training step", blockStep.toString(), plainStep.toString(), ratio(plainStep, blockStep), "", "")
                .row(
                        "inference",
                        blockInference.toString(),
                        plainInference.toString(),
                        ratio(plainInference, blockInference),
                        deployInference.toString(),
                        ratio(blockInference, deployInference));
    }

    private static String ratio(Timing one, Timing other) {
        return Timing.number(one.median() / other.median());
    }
}
