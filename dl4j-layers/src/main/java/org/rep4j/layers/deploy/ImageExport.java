package org.rep4j.layers.deploy;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.DataFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.MaxPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.SpaceToDepth;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Upsampling2d;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.rep4j.algebra.ConvAxis;

/** Writes the layers without parameters that work on images: pools, borders, and what changes the resolution. */
final class ImageExport {
    private static final Set<Class<? extends Layer>> LAYERS = Set.of(
            SubsamplingLayer.class,
            ZeroPaddingLayer.class,
            Cropping2D.class,
            Upsampling2D.class,
            SpaceToDepthLayer.class,
            LocalResponseNormalization.class);

    private final ExportScope scope;

    ImageExport(ExportScope scope) {
        this.scope = scope;
    }

    Signal write(Layer layer, Signal input) {
        if (layer.getClass() == GlobalPoolingLayer.class) {
            return global((GlobalPoolingLayer) layer, input);
        }
        if (!LAYERS.contains(layer.getClass())) {
            throw new InexpressibleException("");
        }
        input.require(4);
        return input.like(image(layer, input.variable()));
    }

    private SDVariable image(Layer layer, SDVariable x) {
        Class<?> type = layer.getClass();
        if (type == SubsamplingLayer.class) {
            return pooled((SubsamplingLayer) layer, x);
        }
        if (type == ZeroPaddingLayer.class) {
            ZeroPaddingLayer padding = (ZeroPaddingLayer) layer;
            return bordered(x, padding.getDataFormat(), 1, padding.getPadding());
        }
        if (type == Cropping2D.class) {
            Cropping2D cropping = (Cropping2D) layer;
            return bordered(x, cropping.getDataFormat(), -1, cropping.getCropping());
        }
        if (type == Upsampling2D.class) {
            Upsampling2D upsampling = (Upsampling2D) layer;
            int[] size = upsampling.getSize();
            boolean first = upsampling.getFormat() == CNN2DFormat.NCHW;
            return scope.named(
                    "upsampled", new Upsampling2d(scope.graph(), x, first, size[0], size[1]).outputVariable());
        }
        if (type == SpaceToDepthLayer.class) {
            SpaceToDepthLayer folding = (SpaceToDepthLayer) layer;
            DataFormat format = folding.getDataFormat() == CNN2DFormat.NHWC ? DataFormat.NHWC : DataFormat.NCHW;
            return scope.named(
                    "folded", new SpaceToDepth(scope.graph(), x, folding.getBlockSize(), format).outputVariable());
        }
        return normalized((LocalResponseNormalization) layer, x);
    }

    /** Borders of one or two amounts, or of four: top, bottom, left, right. */
    private SDVariable bordered(SDVariable x, CNN2DFormat format, int sign, int... amounts) {
        int[] all = amounts.length == 4
                ? amounts
                : new int[] {amounts[0], amounts[0], amounts[amounts.length - 1], amounts[amounts.length - 1]};
        List<ConvAxis> axes = List.of(
                new ConvAxis(1, 1, 1, sign * all[0], sign * all[1]),
                new ConvAxis(1, 1, 1, sign * all[2], sign * all[3]));
        return new BorderExport(scope).around(x, Lift.layout(format), axes);
    }

    /** A pool of images, or of series that are images one wide. */
    SDVariable pooled(SubsamplingLayer layer, SDVariable x) {
        requireNeighbours(layer.getDilation());
        if (layer.getPoolingType() == PoolingType.MAX) {
            return scope.named("pooled", new MaxPooling2D(scope.graph(), x, config(layer, false)).outputVariable());
        }
        if (layer.getPoolingType() == PoolingType.AVG) {
            return mean(layer, x, layer.isAvgPoolIncludePadInDivisor());
        }
        if (layer.getPoolingType() != PoolingType.PNORM) {
            throw new InexpressibleException("it pools by " + layer.getPoolingType());
        }
        int taps = layer.getKernelSize()[0] * ofWidth(layer, layer.getKernelSize(), 1);
        SDVariable mean = mean(layer, power(scope.graph().math().abs(x), layer.getPnorm()), true);
        return power(mean.mul(scope.number("taps", taps)), 1.0 / layer.getPnorm());
    }

    /** Throws if a pool has a dilation. */
    static void requireNeighbours(int... dilation) {
        if (IntStream.of(dilation).anyMatch(d -> d > 1)) {
            throw new InexpressibleException("its taps lie apart, which not all of ND4J's backends heed");
        }
    }

    private SDVariable power(SDVariable x, double exponent) {
        return scope.named("power", scope.graph().math().pow(x, scope.number("exponent", exponent)));
    }

    private SDVariable mean(SubsamplingLayer layer, SDVariable x, boolean counted) {
        return scope.named("pooled", new AvgPooling2D(scope.graph(), x, config(layer, counted)).outputVariable());
    }

    private static Pooling2DConfig config(SubsamplingLayer layer, boolean counted) {
        boolean same = layer.getConvolutionMode() == ConvolutionMode.Same;
        return Pooling2DConfig.builder()
                .kH(layer.getKernelSize()[0])
                .kW(ofWidth(layer, layer.getKernelSize(), 1))
                .sH(layer.getStride()[0])
                .sW(ofWidth(layer, layer.getStride(), 1))
                .pH(same ? 0 : layer.getPadding()[0])
                .pW(same ? 0 : ofWidth(layer, layer.getPadding(), 0))
                .extra(counted ? 1 : 0)
                .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                .isNHWC(layer.getCnn2dDataFormat() == CNN2DFormat.NHWC)
                .build();
    }

    private static int ofWidth(SubsamplingLayer layer, int[] numbers, int ofSeries) {
        return layer instanceof Subsampling1DLayer ? ofSeries : numbers[1];
    }

    private Signal global(GlobalPoolingLayer layer, Signal input) {
        if (!input.isKnown()) {
            return input;
        }
        int[] axes = layer.getPoolingDimensions() == null
                ? IntStream.range(2, input.rank()).toArray()
                : layer.getPoolingDimensions();
        boolean keeps = !layer.isCollapseDimensions();
        if (keeps && axes[0] != 2) {
            throw new InexpressibleException("it keeps the axes of images whose channels come last");
        }
        SDVariable x = input.variable();
        SDVariable result = switch (layer.getPoolingType()) {
            case MAX -> x.max(keeps, axes);
            case AVG -> x.mean(keeps, axes);
            case SUM -> x.sum(keeps, axes);
            case PNORM ->
                power(power(scope.graph().math().abs(x), layer.getPnorm()).sum(keeps, axes), 1.0 / layer.getPnorm());
        };
        return new Signal(scope.named("pooled", result), keeps ? input.rank() : input.rank() - axes.length);
    }

    /**
     * Each element over {@code (k + α · the sum of squares of so many channels around it)^β}; a formula, since the op for it keeps α and β
     * as floats.
     */
    private SDVariable normalized(LocalResponseNormalization layer, SDVariable x) {
        int axis = Math.floorMod(Lift.layout(layer.getDataFormat()).channelAxis(), 4);
        int reach = (int) layer.getN() / 2;
        BorderExport borders = new BorderExport(scope);
        int[] border = new int[4];
        border[axis] = reach;
        SDVariable squares = scope.named("squares", scope.graph().math().square(x));
        SDVariable padded = borders.added(squares, border, border);
        SDVariable sum = squares;
        for (int shift = 0; shift <= 2 * reach; shift++) {
            if (shift != reach) { // where they are not shifted they are there
                long[] from = new long[4];
                long[] to = new long[4];
                from[axis] = shift;
                to[axis] = shift - 2L * reach;
                sum = scope.named("sum", sum.add(borders.slice(padded, from, to)));
            }
        }
        SDVariable scaled = sum.mul(scope.number("alpha", layer.getAlpha())).add(scope.number("k", layer.getK()));
        SDVariable divisor = scope.graph().math().pow(scaled, scope.number("beta", layer.getBeta()));
        return scope.named("normalized", x.div(scope.named("divisor", divisor)));
    }
}
