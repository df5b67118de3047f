package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * SameDiff graphs at random: images in NCHW or NHWC and matrices, all ops that are lifted in every form that they have,
 * activations in between, any fan-out, outputs in the middle.
 */
final class RandomNets {
    private static final int BATCH = 2;

    private final Random random;
    private final Net net;
    private final boolean channelsFirst;
    private final RandomConstants constants;
    private final List<Image> images = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();

    /** A value [N, C, H, W] or [N, H, W, C]. */
    private record Image(SDVariable variable, int channels, int height, int width) {
        Image with(SDVariable other) {
            return new Image(other, channels, height, width);
        }

        boolean isLike(Image other) {
            return channels == other.channels && height == other.height && width == other.width;
        }
    }

    private RandomNets(long seed, DataType type) {
        random = new Random(seed);
        net = new Net(seed, type);
        if (random.nextBoolean()) {
            net.frozen();
        }
        channelsFirst = random.nextBoolean();
        constants = new RandomConstants(net, random);
    }

    /** A graph and what is asked of it. */
    record Generated(Net net, List<String> outputs) {}

    /** A graph of about {@code size} steps, some of them several ops. */
    static Generated net(long seed, DataType type, int size) {
        RandomNets nets = new RandomNets(seed, type);
        nets.build(size);
        return new Generated(nets.net, nets.outputs);
    }

    private void build(int size) {
        Image x = channelsFirst
                ? image(net.input("x", BATCH, 4, 7, 6), 4, 7, 6)
                : image(net.input("x", BATCH, 7, 6, 4), 4, 7, 6);
        images.add(x);
        for (int i = 0; i < size; i++) {
            images.add(step(pick()));
        }
        if (random.nextInt(4) == 0) {
            matrices();
        }
        for (Image image : images.subList(1, images.size())) {
            if (random.nextInt(6) == 0) {
                outputs.add(image.variable.name());
            }
        }
        net.sd.math.tanh("out", images.get(images.size() - 1).variable);
        outputs.add("out");
    }

    private static Image image(SDVariable variable, int channels, int height, int width) {
        return new Image(variable, channels, height, width);
    }

    private Image pick() {
        int recent = Math.min(images.size(), random.nextInt(3) == 0 ? images.size() : 3);
        return images.get(images.size() - 1 - random.nextInt(recent));
    }

    private Image step(Image x) {
        return switch (random.nextInt(16)) {
            case 0, 1 -> convolution(x, channels());
            case 2, 3 -> block(x);
            case 4, 5 -> affine(x);
            case 6 -> noOp(x);
            case 7 -> noOp(affine(noOp(convolution(x, channels()))));
            case 8, 9 -> activation(x);
            case 10 -> sum(x);
            case 11 -> x.height < 12 ? deconvolution(x) : activation(x);
            case 12 -> x.height > 4 && x.width > 4 ? averagePool(x) : affine(x);
            case 13 -> x.height < 12 ? padded(x) : activation(x);
            case 14 -> x.height > 5 && x.width > 5 ? convolution(cropped(x, 1, 1, 0, 2), channels()) : affine(x);
            default -> x.channels <= 6 ? concat(x) : convolution(x, channels());
        };
    }

    private int channels() {
        return 2 * (1 + random.nextInt(3));
    }

    private int channelAxis() {
        return channelsFirst ? 1 : 3;
    }

    /** A convolution that keeps the size, or divides it by a stride. */
    private Image convolution(Image x, int out) {
        int stride = x.height > 5 && x.width > 5 && random.nextInt(4) == 0 ? 2 : 1;
        return convolution(x, out, 1 + random.nextInt(3), 1 + random.nextInt(3), stride);
    }

    private Image convolution(Image x, int out, int kernelHeight, int kernelWidth, int stride) {
        boolean odd = kernelHeight % 2 == 1 && kernelWidth % 2 == 1;
        boolean dilates = x.variable.dataType() == DataType.DOUBLE; // of floats, oneDNN refuses to
        int dilation = dilates && odd && random.nextInt(4) == 0 ? 2 : 1;
        boolean same = !odd || random.nextInt(3) == 0;
        Conv2DConfig config = Net.conv(kernelHeight, kernelWidth)
                .sH(stride)
                .sW(stride)
                .dH(dilation)
                .dW(dilation)
                .pH(same ? 0 : dilation * (kernelHeight / 2))
                .pW(same ? 0 : dilation * (kernelWidth / 2))
                .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                .dataFormat(channelsFirst ? "NCHW" : "NHWC")
                .build();
        int height = (x.height + stride - 1) / stride;
        int width = (x.width + stride - 1) / stride;
        return image(convolved(x, out, config, kernelHeight, kernelWidth), out, height, width);
    }

    private SDVariable convolved(Image x, int out, Conv2DConfig config, int kernelHeight, int kernelWidth) {
        int kind = random.nextInt(6);
        if (kind == 0 && out % x.channels == 0) {
            SDVariable weights = constants.array(kernelHeight, kernelWidth, x.channels, out / x.channels);
            return random.nextBoolean()
                    ? net.sd.cnn.depthWiseConv2d(x.variable, weights, config)
                    : net.sd.cnn.depthWiseConv2d(x.variable, weights, constants.array(out), config);
        } else if (kind == 1) {
            SDVariable depthwise = constants.array(kernelHeight, kernelWidth, x.channels, 2);
            return net.sd.cnn.separableConv2d(
                    x.variable, depthwise, constants.array(1, 1, 2 * x.channels, out), constants.array(out), config);
        } else if (kind == 2 && x.channels % 2 == 0) {
            SDVariable[] halves = net.sd.split(x.variable, 2, channelAxis());
            SDVariable[] results = new SDVariable[2];
            for (int g = 0; g < 2; g++) {
                SDVariable weights = constants.array(kernelHeight, kernelWidth, x.channels / 2, out / 2);
                results[g] = net.sd.cnn.conv2d(halves[g], weights, config);
            }
            return net.sd.concat(channelAxis(), results);
        }
        SDVariable weights = constants.array(kernelHeight, kernelWidth, x.channels, out);
        return random.nextBoolean()
                ? net.sd.cnn.conv2d(x.variable, weights, config)
                : net.sd.cnn.conv2d(x.variable, weights, constants.array(out), config);
    }

    /** Branches of one input, added and subtracted in any order, as RepVGG, ACNet and their kin have them. */
    private Image block(Image x) {
        int out = random.nextBoolean() ? x.channels : channels();
        int stride = out != x.channels && x.height > 5 && x.width > 5 && random.nextBoolean() ? 2 : 1;
        Image y = convolution(x, out, 3, 3, stride);
        int branches = 1 + random.nextInt(3);
        for (int i = 0; i < branches; i++) {
            Image branch = branch(x, out, stride);
            y = added(y, random.nextBoolean() ? affine(branch) : branch);
        }
        return random.nextBoolean() ? affine(y) : y;
    }

    private Image branch(Image x, int out, int stride) {
        boolean crops = stride == 1 && x.height > 4;
        return switch (random.nextInt(4)) {
            case 0 -> stride == 1 && out == x.channels ? x : convolution(x, out, 1, 1, stride);
            case 1 -> crops ? convolvedWhole(padded(x, 0, 0, 2, 0), out, 3, 1) : convolution(x, out, 1, 3, stride);
            case 2 ->
                crops
                        ? convolvedWhole(cropped(padded(x, 1, 1, 1, 1), 0, 1, 1, 0), out, 2, 2)
                        : convolution(x, out, 3, 1, stride);
            default -> convolution(x, out, 1, 1, stride);
        };
    }

    /** A convolution without padding of its own. */
    private Image convolvedWhole(Image x, int out, int kernelHeight, int kernelWidth) {
        Conv2DConfig config = Net.conv(kernelHeight, kernelWidth)
                .dataFormat(channelsFirst ? "NCHW" : "NHWC")
                .build();
        SDVariable y = convolved(x, out, config, kernelHeight, kernelWidth);
        return image(y, out, x.height - kernelHeight + 1, x.width - kernelWidth + 1);
    }

    private Image added(Image a, Image b) {
        return a.with(
                switch (random.nextInt(6)) {
                    case 0 -> a.variable.sub(b.variable);
                    case 1 -> a.variable.rsub(b.variable);
                    case 2 -> net.sd.math.neg(a.variable).sub(b.variable);
                    case 3 -> net.sd.math.mergeAdd(a.variable, b.variable, net.sd.math.neg(b.variable), b.variable);
                    default -> a.variable.add(b.variable);
                });
    }

    private Image sum(Image x) {
        List<Image> like = images.stream().filter(x::isLike).toList();
        return added(x, like.get(random.nextInt(like.size())));
    }

    private Image affine(Image x) {
        int axis = channelAxis();
        return x.with(
                switch (random.nextInt(8)) {
                    case 0, 1 ->
                        net.sd.nn.batchNorm(
                                x.variable,
                                constants.array(x.channels),
                                constants.positive(x.channels),
                                random.nextBoolean() ? constants.array(x.channels) : null,
                                random.nextBoolean() ? constants.array(x.channels) : null,
                                1e-3,
                                axis);
                    case 2 -> decomposedBatchNorm(x);
                    case 3 -> x.variable.mul(perChannel(x)).add(perChannel(x));
                    case 4 -> random.nextBoolean() ? perChannel(x).sub(x.variable) : x.variable.rsub(0.7);
                    case 5 -> random.nextBoolean() ? net.sd.math.neg(x.variable) : x.variable.div(-1.5);
                    case 6 -> random.nextBoolean() ? x.variable.mul(0.7).add(0.2) : x.variable.sub(perChannel(x));
                    default ->
                        random.nextBoolean()
                                ? perChannel(x).mul(x.variable)
                                : net.sd.nn.biasAdd(x.variable, constants.array(x.channels), channelsFirst);
                });
    }

    /** Constants that broadcast along the channels. */
    private SDVariable perChannel(Image x) {
        return channelsFirst
                ? random.nextBoolean() ? constants.array(1, x.channels, 1, 1) : constants.array(x.channels, 1, 1)
                : random.nextBoolean() ? constants.array(1, 1, 1, x.channels) : constants.array(x.channels);
    }

    private SDVariable shaped(SDVariable vector, int channels) {
        return channelsFirst ? net.sd.reshape(vector, 1, channels, 1, 1) : vector;
    }

    /** γ · (x − μ) / √(σ² + ε) + β, associated in one of several ways. */
    private SDVariable decomposedBatchNorm(Image x) {
        SDVariable mean = constants.array(x.channels);
        SDVariable gamma = constants.array(x.channels);
        SDVariable beta = constants.array(x.channels);
        SDVariable variance = constants.positive(x.channels).add(1e-3);
        if (random.nextBoolean()) {
            SDVariable scale = gamma.mul(net.sd.math.rsqrt(variance));
            SDVariable shift = beta.sub(mean.mul(scale));
            return x.variable.mul(shaped(scale, x.channels)).add(shaped(shift, x.channels));
        }
        SDVariable deviation = random.nextBoolean() ? net.sd.math.sqrt(variance) : net.sd.math.pow(variance, 0.5);
        return shaped(gamma, x.channels)
                .mul(x.variable.sub(shaped(mean, x.channels)).div(shaped(deviation, x.channels)))
                .add(shaped(beta, x.channels));
    }

    private Image noOp(Image x) {
        SDVariable v = x.variable;
        long[] shape = channelsFirst
                ? new long[] {-1, x.channels, x.height, x.width}
                : new long[] {-1, x.height, x.width, x.channels};
        return x.with(
                switch (random.nextInt(8)) {
                    case 0 -> net.sd.identity(v);
                    case 1 -> v.reshape(shape);
                    case 2 -> v.permute(0, 1, 2, 3);
                    case 3 -> v.castTo(v.dataType());
                    case 4 -> net.sd.nn.pad(v, net.sd.constant(Nd4j.zeros(DataType.INT32, 4, 2)), 0);
                    case 5 -> net.sd.slice(v, new int[4], new int[] {-1, -1, -1, -1});
                    case 6 -> net.sd.concat(1, v);
                    default -> net.sd.cnn.avgPooling2d(v, pool(1, 1, 1).build());
                });
    }

    private Image activation(Image x) {
        return x.with(
                switch (random.nextInt(3)) {
                    case 0 -> net.sd.nn.relu(x.variable, 0);
                    case 1 -> net.sd.nn.sigmoid(x.variable);
                    default -> net.sd.math.tanh(x.variable);
                });
    }

    private Image padded(Image x) {
        return padded(x, random.nextInt(3), random.nextInt(2), random.nextInt(2), 1);
    }

    private Image padded(Image x, int top, int left, int bottom, int right) {
        int[][] amounts = channelsFirst
                ? new int[][] {{0, 0}, {0, 0}, {top, bottom}, {left, right}}
                : new int[][] {{0, 0}, {top, bottom}, {left, right}, {0, 0}};
        double fill = random.nextInt(4) == 0 ? 0.5 : 0;
        SDVariable y = net.sd.nn.pad(x.variable, net.sd.constant(Nd4j.createFromArray(amounts)), fill);
        return image(y, x.channels, x.height + top + bottom, x.width + left + right);
    }

    private Image cropped(Image x, int top, int left, int bottom, int right) {
        int first = channelsFirst ? 2 : 1;
        int height = x.height - top - bottom;
        int width = x.width - left - right;
        SDVariable y;
        if (random.nextBoolean()) {
            int[] begin = new int[4];
            int[] size = {-1, -1, -1, -1};
            begin[first] = top;
            begin[first + 1] = left;
            size[first] = height;
            size[first + 1] = width;
            y = net.sd.slice(x.variable, begin, size);
        } else {
            long[] begin = new long[4];
            long[] end = new long[4];
            long[] steps = {1, 1, 1, 1};
            begin[first] = top;
            begin[first + 1] = left;
            end[first] = top + height;
            end[first + 1] = random.nextBoolean() || right == 0 ? left + width : -right;
            int others = 0b1111 & ~(0b11 << first);
            y = net.sd.stridedSlice(x.variable, begin, end, steps, 0, others, 0, 0, 0);
        }
        return image(y, x.channels, height, width);
    }

    private Image averagePool(Image x) {
        int kernel = 2 + random.nextInt(2);
        int stride = 1 + random.nextInt(2);
        boolean same = random.nextBoolean();
        int pad = same ? 0 : random.nextInt(2);
        SDVariable y = net.sd.cnn.avgPooling2d(
                x.variable,
                pool(kernel, kernel, stride)
                        .pH(pad)
                        .pW(pad)
                        .extra(random.nextInt(2))
                        .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                        .build());
        return image(
                y,
                x.channels,
                same ? (x.height + stride - 1) / stride : (x.height + 2 * pad - kernel) / stride + 1,
                same ? (x.width + stride - 1) / stride : (x.width + 2 * pad - kernel) / stride + 1);
    }

    private Pooling2DConfig.Pooling2DConfigBuilder pool(int kernelHeight, int kernelWidth, int stride) {
        return Pooling2DConfig.builder()
                .kH(kernelHeight)
                .kW(kernelWidth)
                .sH(stride)
                .sW(stride)
                .isNHWC(!channelsFirst);
    }

    private Image deconvolution(Image x) {
        int out = channels();
        int stride = x.height < 7 ? 2 : 1;
        int pad = random.nextInt(2);
        boolean same = random.nextInt(3) == 0;
        DeConv2DConfig config = DeConv2DConfig.builder()
                .kH(3)
                .kW(2)
                .sH(stride)
                .sW(stride)
                .pH(same ? 0 : pad)
                .isSameMode(same)
                .dataFormat(channelsFirst ? "NCHW" : "NHWC")
                .build();
        SDVariable y =
                net.sd.cnn.deconv2d(x.variable, constants.array(3, 2, out, x.channels), constants.array(out), config);
        return same
                ? image(y, out, x.height * stride, x.width * stride)
                : image(y, out, (x.height - 1) * stride + 3 - 2 * pad, (x.width - 1) * stride + 2);
    }

    private Image concat(Image x) {
        List<Image> like = images.stream()
                .filter(i -> i.height == x.height && i.width == x.width && i.channels <= 6)
                .toList();
        Image other = like.get(random.nextInt(like.size()));
        SDVariable y =
                net.sd.concat(channelsFirst || random.nextBoolean() ? channelAxis() : -1, x.variable, other.variable);
        return image(y, x.channels + other.channels, x.height, x.width);
    }

    /** What xw_plus_b makes of floats, other ops read in the wrong order. */
    private SDVariable linear(SDVariable x, int in) {
        return x.dataType() == DataType.DOUBLE
                ? net.sd.nn.linear(x, constants.array(in, 4), constants.array(4))
                : x.mmul(constants.array(in, 4)).add(constants.array(4));
    }

    /** A small perceptron. */
    private void matrices() {
        SDVariable x = net.input("m", 3, 5);
        for (int i = 0; i < 4; i++) {
            int in = i == 0 ? 5 : 4;
            SDVariable y = switch (random.nextInt(4)) {
                case 0 -> linear(x, in);
                case 1 -> net.sd.mmul(x, constants.array(4, in), false, true, false);
                case 2 -> net.sd.mmul(constants.array(4, in), x, false, true, true);
                default -> net.sd.mmul(constants.array(in, 4), x, true, true, true);
            };
            SDVariable moved = random.nextBoolean() ? y.mul(constants.array(4)).add(constants.array(1, 4)) : y.sub(0.3);
            x = random.nextBoolean() ? net.sd.nn.relu(moved, 0) : moved;
        }
        outputs.add(x.name());
    }
}
