package org.rep4j.cli;

import java.nio.file.Path;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** SameDiff graphs for tests. */
final class SameDiffModels {
    private static final int CHANNELS = 4;
    private static final double EPSILON = 1e-5;

    private SameDiffModels() {}

    /** Writes relu(BN(conv3x3(x)) + BN(conv1x1(x))): a RepVGG block without its identity branch. */
    static Path residualBlock(Path file) {
        Nd4j.getRandom().setSeed(7);
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, CHANNELS, -1, -1);
        SDVariable dense = convThenNorm(graph, x, "dense", 3);
        SDVariable pointwise = convThenNorm(graph, x, "pointwise", 1);
        graph.nn.relu("y", dense.add("sum", pointwise), 0);
        graph.save(file.toFile(), true);
        return file;
    }

    private static SDVariable convThenNorm(SameDiff graph, SDVariable x, String name, int kernel) {
        SDVariable weights = graph.constant(name + "_w", normal(kernel, kernel, CHANNELS, CHANNELS));
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(kernel)
                .kW(kernel)
                .pH(kernel / 2)
                .pW(kernel / 2)
                .dataFormat("NCHW")
                .weightsFormat(WeightsFormat.YXIO)
                .build();
        SDVariable conv = graph.cnn.conv2d(name + "_conv", x, weights, config);
        return graph.nn.batchNorm(
                name + "_norm",
                conv,
                graph.constant(name + "_mean", normal(CHANNELS)),
                graph.constant(name + "_variance", normal(CHANNELS).mul(0.2).add(1)),
                graph.constant(name + "_gamma", normal(CHANNELS)),
                graph.constant(name + "_beta", normal(CHANNELS)),
                EPSILON,
                1);
    }

    private static INDArray normal(long... shape) {
        return Nd4j.randn(DataType.FLOAT, shape);
    }
}
