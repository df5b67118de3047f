package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.AvgPooling3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.MaxPooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.MaxPooling3D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D.Pooling2DType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Layout;

/**
 * The windows of an ONNX pool, and the ops of SameDiff that work on them.
 *
 * @param op the pool
 * @param geometry as declared
 * @param beyond how many elements more than declared the last window of each axis reads (ceil_mode)
 */
record Pooling(ImportedOp op, ConvGeometry geometry, int[] beyond) {
    /** Reads a pool. */
    static Pooling of(ImportedOp op) throws NotConvertibleException {
        ConvGeometry geometry = Windows.geometry(op, Windows.kernelOfPool(op));
        if (geometry.rank() < 1 || geometry.rank() > 3) {
            throw op.unsupported("it works on " + geometry.rank() + " spatial axes");
        }
        boolean roundsUp = op.node().integer("ceil_mode", 0) != 0 && geometry.isResolved();
        int[] beyond = roundsUp ? beyond(op, geometry) : new int[geometry.rank()];
        return new Pooling(op, geometry, beyond);
    }

    private static int[] beyond(ImportedOp op, ConvGeometry geometry) throws NotConvertibleException {
        long[] sizes = Layout.CHANNELS_FIRST.spatialSizes(op.shape(0), geometry.rank());
        int[] beyond = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            ConvAxis axis = geometry.axes().get(i);
            if (sizes[i] < 0) {
                // a window that would start behind the input is left out, which only its size tells
                if (axis.padEnd() + axis.stride() > axis.span() + 1) {
                    throw op.unsupported("its last window depends on the size of its input (ceil_mode)");
                }
                beyond[i] = axis.stride() - 1;
                continue;
            }
            long last = -Math.floorDiv(-(sizes[i] + axis.slack() - 1), axis.stride());
            if (last * axis.stride() >= sizes[i] + axis.padBegin()) {
                last--;
            }
            beyond[i] = (int) Math.max(last * axis.stride() - (sizes[i] + axis.slack() - 1), 0);
        }
        return beyond;
    }

    /** oneDNN, which takes over pools of floats, ignores dilations. */
    boolean isDilated() {
        return geometry.axes().stream().anyMatch(a -> a.dilation() > 1);
    }

    /** What each tap reads of an image that has its padding. */
    private Stream<SDVariable> taps(SDVariable x) {
        int rank = geometry.rank();
        int[] steps = new int[rank + 2];
        Arrays.fill(steps, 1);
        for (int i = 0; i < rank; i++) {
            steps[i + 2] = geometry.axes().get(i).stride();
        }
        return LongStream.range(0, geometry.taps()).mapToObj(tap -> {
            int[] begin = new int[rank + 2];
            int[] end = new int[rank + 2];
            long rest = tap;
            for (int i = 0; i < rank; i++) {
                ConvAxis axis = geometry.axes().get(i);
                begin[i + 2] = (int) (rest % axis.kernel()) * axis.dilation();
                end[i + 2] = axis.span() - begin[i + 2];
                rest /= axis.kernel();
            }
            return Borders.cut(op, x, begin, end, steps);
        });
    }

    /** Whether SameDiff's ops do it: the padding is the same at both ends of each axis, all of it declared, and no taps lie apart. */
    boolean isPlain() {
        return !isDilated()
                && Windows.isSymmetric(geometry)
                && Arrays.stream(beyond).allMatch(b -> b == 0);
    }

    /** The input with all that the windows read beyond it. */
    SDVariable padded(SDVariable x, double fill) {
        return further(Borders.padded(op, x, geometry, fill), fill);
    }

    /** {@code x} with what only the rounding of the output size adds. */
    SDVariable further(SDVariable x, double fill) {
        int[] end = new int[geometry.rank() + 2];
        System.arraycopy(beyond, 0, end, 2, beyond.length);
        return Borders.padded(op, x, new int[end.length], end, fill);
    }

    /** The declared windows without their padding. */
    List<ConvAxis> bare() {
        return Windows.unpadded(geometry.axes());
    }

    /** The largest element of each window. */
    SDVariable largest(SDVariable x, List<ConvAxis> axes) {
        if (isDilated()) {
            return taps(x).reduce((one, other) -> op.graph().math().max(one, other))
                    .orElseThrow();
        }
        if (axes.size() == 3) {
            return new MaxPooling3D(op.graph(), x, config3d(axes)).outputVariable();
        }
        return onPlane(
                x,
                axes,
                (image, config) -> new MaxPooling2D(op.graph(), image, config).outputVariable(),
                Pooling2DType.MAX,
                0);
    }

    /** The mean of each window; of {@code counted} ones, zeros of the padding count. */
    SDVariable mean(SDVariable x, List<ConvAxis> axes, boolean counted) {
        if (isDilated()) {
            return taps(x).reduce(SDVariable::add).orElseThrow().div(op.scalar(geometry.taps(), op.type(0)));
        }
        if (axes.size() == 3) {
            return new AvgPooling3D(op.graph(), x, config3d(axes)).outputVariable();
        }
        return onPlane(
                x,
                axes,
                (image, config) -> new AvgPooling2D(op.graph(), image, config).outputVariable(),
                Pooling2DType.AVG,
                counted ? 1 : 0);
    }

    private interface Planar {
        SDVariable write(SDVariable image, Pooling2DConfig config);
    }

    private SDVariable onPlane(SDVariable x, List<ConvAxis> axes, Planar pool, Pooling2DType type, int extra) {
        boolean flat = axes.size() == 1;
        List<ConvAxis> plane = new ArrayList<>(axes);
        if (flat) {
            plane.add(0, ConvAxis.pointwise(1));
        }
        Pooling2DConfig config = Pooling2DConfig.builder()
                .kH(plane.get(0).kernel())
                .kW(plane.get(1).kernel())
                .sH(plane.get(0).stride())
                .sW(plane.get(1).stride())
                .pH(plane.get(0).padBegin())
                .pW(plane.get(1).padBegin())
                .dH(plane.get(0).dilation())
                .dW(plane.get(1).dilation())
                .type(type)
                .extra(extra)
                .paddingMode(PaddingMode.VALID)
                .isNHWC(false)
                .build();
        SDVariable result = pool.write(flat ? op.graph().expandDims(x, 2) : x, config);
        return flat ? op.graph().squeeze(result, 2) : result;
    }

    /** Height and width change places: the op hands them to libnd4j in the wrong order. */
    private static Pooling3DConfig config3d(List<ConvAxis> axes) {
        return Pooling3DConfig.builder()
                .kD(axes.get(0).kernel())
                .kW(axes.get(1).kernel())
                .kH(axes.get(2).kernel())
                .sD(axes.get(0).stride())
                .sW(axes.get(1).stride())
                .sH(axes.get(2).stride())
                .pD(axes.get(0).padBegin())
                .pW(axes.get(1).padBegin())
                .pH(axes.get(2).padBegin())
                .dD(axes.get(0).dilation())
                .dW(axes.get(1).dilation())
                .dH(axes.get(2).dilation())
                .isSameMode(false)
                .isNCDHW(true)
                .build();
    }
}
