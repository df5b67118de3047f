package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Blocks train and run in several threads at once. */
class ParallelTest {
    private static final long[] IMAGE = {4, 7, 6};
    private static final int WORKERS = 2;
    private static final double RATE = 0.05;

    private static MultiLayerNetwork net() {
        return TestNets.net(
                new NeuralNetConfiguration.Builder().updater(new Sgd(RATE)),
                DataType.DOUBLE,
                CNN2DFormat.NCHW,
                IMAGE,
                new RepVggBlock.Builder().nOut(4).build(),
                new MobileOneBlock.Builder().nOut(4).depthwise().branches(2).build());
    }

    private static DataSet data(int batch) {
        return new DataSet(
                TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, batch, IMAGE),
                TestNets.labels(DataType.DOUBLE, batch));
    }

    /**
     * Each worker takes a step of its own, and what they arrive at is averaged: running averages as well as kernels. One of the workers trains
     * the net itself, and the other one may copy it before or after that.
     */
    @Test
    void workersAverageWhatTheyLearn() throws Exception {
        List<DataSet> batches = data(2 * 5).batchBy(5);
        MultiLayerNetwork net = net();
        INDArray first = learned(net, batches.get(0));
        INDArray second = learned(net, batches.get(1));
        List<INDArray> possible = List.of(
                mean(first, second),
                mean(first, learned(net, batches.get(0), batches.get(1))),
                mean(second, learned(net, batches.get(1), batches.get(0))));

        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(WORKERS)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .prefetchBuffer(0)
                .build()) {
            wrapper.fit(new ExistingDataSetIterator(batches));
        }

        assertThat(possible)
                .anyMatch(params -> params.sub(net.params()).amaxNumber().doubleValue() < 1e-12);
    }

    /** The parameters behind steps that a copy of the net takes. */
    private static INDArray learned(MultiLayerNetwork net, DataSet... batches) {
        MultiLayerNetwork copy = net.clone();
        for (DataSet batch : batches) {
            copy.fit(batch);
        }
        return copy.params();
    }

    private static INDArray mean(INDArray a, INDArray b) {
        return a.add(b).divi(WORKERS);
    }

    @Test
    void threadsShareANetAtInference() {
        MultiLayerNetwork net = net();
        INDArray images = data(3).getFeatures();
        INDArray expected = net.output(images).dup();
        ParallelInference inference = new ParallelInference.Builder(net)
                .inferenceMode(InferenceMode.BATCHED)
                .batchLimit(4)
                .workers(WORKERS)
                .build();
        try {
            for (int i = 0; i < 6; i++) {
                assertThat(inference.output(images).sub(expected).amaxNumber().doubleValue())
                        .isLessThan(1e-12);
            }
        } finally {
            inference.shutdown();
        }
    }
}
