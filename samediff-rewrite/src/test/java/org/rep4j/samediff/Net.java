package org.rep4j.samediff;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** A SameDiff graph in the making, with seeded random parameters. */
final class Net {
    final SameDiff sd = SameDiff.create();
    private final Random random;
    private final DataType type;
    private final Map<String, INDArray> inputs = new HashMap<>();
    private boolean trainable = true;
    private int parameters;

    Net(long seed) {
        this(seed, DataType.DOUBLE);
    }

    Net(long seed, DataType type) {
        this.random = new Random(seed);
        this.type = type;
    }

    /** Parameters are constants from now on, no variables. */
    Net frozen() {
        trainable = false;
        return this;
    }

    /** A placeholder of this shape, fed with random numbers. */
    SDVariable input(String name, long... shape) {
        inputs.put(name, array(-1, 1, shape));
        return sd.placeHolder(name, type, shape);
    }

    Map<String, INDArray> inputs() {
        return inputs;
    }

    Deployment deploy(String... outputs) {
        return Deployment.of(sd, inputs, outputs);
    }

    INDArray array(double from, double to, long... shape) {
        double[] elements = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Arrays.setAll(elements, i -> from + (to - from) * random.nextDouble());
        return Nd4j.createFromArray(elements).reshape('c', shape).castTo(type);
    }

    SDVariable parameter(INDArray array) {
        String name = "p" + parameters++;
        return trainable ? sd.var(name, array) : sd.constant(name, array);
    }

    SDVariable parameter(long... shape) {
        return parameter(array(-1, 1, shape));
    }

    /** Inference BatchNorm with scales of both signs. */
    SDVariable batchNorm(String name, SDVariable x, int channels, int axis) {
        return sd.nn.batchNorm(
                name,
                x,
                parameter(channels),
                parameter(array(0.3, 3, channels)),
                parameter(array(-1.5, 1.5, channels)),
                parameter(channels),
                1e-3,
                axis);
    }

    /** A 3×3 or 1×1 convolution with explicit padding and YXIO weights, then BatchNorm; NCHW. */
    SDVariable convBn(String name, SDVariable x, int in, int out, int kernel, int stride) {
        SDVariable weights = parameter(kernel, kernel, in, out);
        SDVariable conv = sd.cnn.conv2d(
                name + "_conv",
                x,
                weights,
                conv(kernel, kernel)
                        .sH(stride)
                        .sW(stride)
                        .pH(kernel / 2)
                        .pW(kernel / 2)
                        .build());
        return batchNorm(name, conv, out, 1);
    }

    /** NCHW, YXIO, explicit padding of 0, stride 1. */
    static Conv2DConfig.Conv2DConfigBuilder conv(int kH, int kW) {
        return Conv2DConfig.builder()
                .kH(kH)
                .kW(kW)
                .sH(1)
                .sW(1)
                .pH(0)
                .pW(0)
                .dH(1)
                .dW(1)
                .paddingMode(PaddingMode.VALID)
                .dataFormat("NCHW")
                .weightsFormat(WeightsFormat.YXIO);
    }
}
