package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Running averages are those of the batches that were seen, computed here by hand. */
class RunningAverageTest {
    private static final int CHANNELS = 4;
    private static final long[] IMAGE = {CHANNELS, 5, 3};
    private static final int STEPS = 4;
    private static final double DECAY = 0.7;

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void averagesAreThoseOfTheBatches(CNN2DFormat format) {
        MultiLayerNetwork net = TestNets.net(
                new NeuralNetConfiguration.Builder().updater(new Adam(0.1)).l2(0.1),
                DataType.DOUBLE,
                format,
                IMAGE,
                new RepVggBlock.Builder().nOut(CHANNELS).decay(DECAY).build());
        INDArray mean = net.getLayer(0).getParam("identityMean");
        INDArray variance = net.getLayer(0).getParam("identityVar");
        double[] means = mean.toDoubleVector();
        double[] variances = variance.toDoubleVector();
        for (int step = 0; step < STEPS; step++) {
            int batch = 3 + step;
            INDArray images = Nd4j.randn(DataType.DOUBLE, batch, IMAGE[0], IMAGE[1], IMAGE[2])
                    .muli(1 + step)
                    .addi(step - 0.5);
            for (int channel = 0; channel < CHANNELS; channel++) {
                double[] moments = moments(images, channel);
                means[channel] = DECAY * means[channel] + (1 - DECAY) * moments[0];
                variances[channel] = DECAY * variances[channel] + (1 - DECAY) * moments[1];
            }
            boolean first = format == CNN2DFormat.NCHW;
            net.fit(new DataSet(
                    first ? images : images.permute(0, 2, 3, 1).dup('c'), TestNets.labels(DataType.DOUBLE, batch)));
        }
        assertThat(mean.toDoubleVector()).containsExactly(means, offset(1e-12));
        assertThat(variance.toDoubleVector()).containsExactly(variances, offset(1e-12));
    }

    /** Mean and (biased) variance of a channel of {@code [batch, channels, height, width]}. */
    private static double[] moments(INDArray images, int channel) {
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (long image = 0; image < images.size(0); image++) {
            for (long row = 0; row < images.size(2); row++) {
                for (long column = 0; column < images.size(3); column++) {
                    double value = images.getDouble(image, channel, row, column);
                    sum += value;
                    squares += value * value;
                    count++;
                }
            }
        }
        double mean = sum / count;
        return new double[] {mean, squares / count - mean * mean};
    }
}
