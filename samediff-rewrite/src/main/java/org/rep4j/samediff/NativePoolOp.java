package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;

/**
 * An average pool of SameDiff.
 *
 * @param axes two or three, with the same padding at both ends
 * @param same whether the padding follows from the size of the input
 * @param countsPadding whether the zeros count; in three dimensions, SameDiff never counts them
 * @param layout where the channels are
 */
record NativePoolOp(List<ConvAxis> axes, boolean same, boolean countsPadding, Layout layout) {

    /** The op in its graph. */
    DifferentialFunction create(SameDiff graph, SDVariable input, AveragePool pool) {
        boolean unpadded = !same && axes.stream().allMatch(a -> a.padBegin() == 0);
        if (axes.size() == 2) {
            return new AvgPooling2D(graph, input, config2d());
        } else if (axes.size() == 3 && (unpadded || !countsPadding)) {
            return new AvgPooling3D(graph, input, config3d());
        }
        throw inexpressible(pool);
    }

    /** What is thrown where there is no op. */
    static InvalidGraphException inexpressible(AveragePool pool) {
        return new InvalidGraphException(
                pool.label() + " pools with " + pool.geometry() + ", which SameDiff has no op for");
    }

    private int pad(int axis) {
        return same ? 0 : axes.get(axis).padBegin();
    }

    private Pooling2DConfig config2d() {
        return Pooling2DConfig.builder()
                .kH(axes.get(0).kernel())
                .kW(axes.get(1).kernel())
                .sH(axes.get(0).stride())
                .sW(axes.get(1).stride())
                .pH(pad(0))
                .pW(pad(1))
                .type(Pooling2D.Pooling2DType.AVG)
                .extra(countsPadding ? 1 : 0)
                .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                .isNHWC(layout == Layout.CHANNELS_LAST)
                .build();
    }

    /** Height and width change places: the op hands them to libnd4j in the wrong order. */
    private Pooling3DConfig config3d() {
        return Pooling3DConfig.builder()
                .kD(axes.get(0).kernel())
                .kW(axes.get(1).kernel())
                .kH(axes.get(2).kernel())
                .sD(axes.get(0).stride())
                .sW(axes.get(1).stride())
                .sH(axes.get(2).stride())
                .pD(pad(0))
                .pW(pad(1))
                .pH(pad(2))
                .isSameMode(same)
                .isNCDHW(layout == Layout.CHANNELS_FIRST)
                .build();
    }
}
