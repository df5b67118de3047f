package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.MaxPooling3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Upsampling2d;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Upsampling3d;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;

/** Writes the layers without parameters that work on series and volumes: pools, borders, and what changes the resolution. */
final class VolumeExport {
    private final ExportScope scope;

    VolumeExport(ExportScope scope) {
        this.scope = scope;
    }

    /** How many axes the layer's input has, batch and channels included; 0 if it is none of series or volumes. */
    static int rank(Layer layer) {
        Class<?> type = layer.getClass();
        if (type == Subsampling1DLayer.class
                || type == ZeroPadding1DLayer.class
                || type == Cropping1D.class
                || type == Upsampling1D.class) {
            return 3;
        }
        boolean ofVolumes = type == Subsampling3DLayer.class
                || type == ZeroPadding3DLayer.class
                || type == Cropping3D.class
                || type == Upsampling3D.class;
        return ofVolumes ? 5 : 0;
    }

    Signal write(Layer layer, Signal input) {
        input.require(rank(layer));
        return input.like(written(layer, input.variable()));
    }

    private SDVariable written(Layer layer, SDVariable x) {
        if (layer instanceof Subsampling1DLayer pool) {
            if (pool.getConvolutionMode() != ConvolutionMode.Same && pool.getPadding()[0] != 0) {
                throw new InexpressibleException("it pads, across its series, too, where Deeplearning4j fails");
            }
            int width = pool.getCnn2dDataFormat() == CNN2DFormat.NHWC ? 2 : 3;
            SDVariable pooled = new ImageExport(scope).pooled(pool, image(x, width));
            return series(pooled, width);
        }
        if (layer instanceof Upsampling1D upsampling) {
            SDVariable larger = new Upsampling2d(
                            scope.graph(), image(x, 3), true, upsampling.getSize()[0], 1)
                    .outputVariable();
            return series(scope.named("upsampled", larger), 3);
        }
        if (layer instanceof Subsampling3DLayer pool) {
            return pooled(pool, x);
        }
        if (layer instanceof Upsampling3D upsampling) {
            return upsampled(upsampling, x);
        }
        if (layer instanceof ZeroPadding1DLayer padding) {
            return bordered(x, 1, padding.getPadding());
        }
        if (layer instanceof ZeroPadding3DLayer padding) {
            return bordered(x, 1, padding.getPadding());
        }
        return bordered(
                x,
                -1,
                layer instanceof Cropping1D cropping ? cropping.getCropping() : ((Cropping3D) layer).getCropping());
    }

    /** With channels first: the op takes the factor of the depth for the number of the layout. */
    private SDVariable upsampled(Upsampling3D layer, SDVariable x) {
        boolean first = layer.getDataFormat() == Convolution3D.DataFormat.NCDHW;
        int[] size = layer.getSize();
        SDVariable volume = first ? x : scope.named("channelsFirst", x.permute(0, 4, 1, 2, 3));
        SDVariable result = scope.named(
                "upsampled", new Upsampling3d(scope.graph(), volume, true, size[0], size[1], size[2]).outputVariable());
        return first ? result : scope.named("channelsLast", result.permute(0, 2, 3, 4, 1));
    }

    /** A series as images that are one wide. */
    private SDVariable image(SDVariable series, int width) {
        return scope.named("image", scope.graph().expandDims(series, width));
    }

    private SDVariable series(SDVariable image, int width) {
        return scope.named("series", scope.graph().squeeze(image, width));
    }

    /** Amounts at the begin and the end of each axis; the layers know no other layout than channels first. */
    private SDVariable bordered(SDVariable x, int sign, int... amounts) {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < amounts.length; i += 2) {
            axes.add(new ConvAxis(1, 1, 1, sign * amounts[i], sign * amounts[i + 1]));
        }
        return new BorderExport(scope).around(x, Layout.CHANNELS_FIRST, axes);
    }

    private SDVariable pooled(Subsampling3DLayer layer, SDVariable x) {
        ImageExport.requireNeighbours(layer.getDilation());
        return scope.named(
                "pooled",
                layer.getPoolingType() == PoolingType.MAX
                        ? new MaxPooling3D(scope.graph(), x, config(layer)).outputVariable()
                        : new AvgPooling3D(scope.graph(), x, config(layer)).outputVariable());
    }

    /** Height and width change places: the op hands them to libnd4j in the wrong order. */
    private static Pooling3DConfig config(Subsampling3DLayer layer) {
        int[] kernel = layer.getKernelSize();
        int[] stride = layer.getStride();
        boolean same = layer.getConvolutionMode() == ConvolutionMode.Same;
        int[] padding = same ? new int[3] : layer.getPadding();
        return Pooling3DConfig.builder()
                .kD(kernel[0])
                .kW(kernel[1])
                .kH(kernel[2])
                .sD(stride[0])
                .sW(stride[1])
                .sH(stride[2])
                .pD(padding[0])
                .pW(padding[1])
                .pH(padding[2])
                .isSameMode(same)
                .isNCDHW(layer.getDataFormat() == Convolution3D.DataFormat.NCDHW)
                .build();
    }
}
