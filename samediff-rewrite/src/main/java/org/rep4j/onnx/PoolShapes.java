package org.rep4j.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what pools write. */
final class PoolShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "MaxPool", PoolShapes::pool,
            "AveragePool", PoolShapes::pool,
            "LpPool", PoolShapes::pool,
            "GlobalAveragePool", PoolShapes::global,
            "GlobalMaxPool", PoolShapes::global,
            "GlobalLpPool", PoolShapes::global);

    private PoolShapes() {}

    /** The second output, the places of what a MaxPool found, has the shape of the first. */
    private static List<Shape> pool(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        ConvGeometry geometry = PoolOps.geometry(call.attributes(), call.label(), input);
        if (input.rank() >= 0 && input.rank() != geometry.rank() + 2) {
            throw new Contradiction(
                    "its input has rank " + input.rank() + " but its window has " + geometry.rank() + " axes");
        }
        Shape output = Layout.CHANNELS_FIRST.outputShape(input, geometry, input.dim(1));
        boolean roundsUp = call.attributes().integer("ceil_mode", 0) != 0;
        if (!roundsUp) {
            KernelShapes.fits(input, output, geometry);
        }
        boolean padsItself = !call.attributes().text("auto_pad", "NOTSET").equals("NOTSET");
        for (int i = 0; i < geometry.rank(); i++) {
            int axis = Layout.CHANNELS_FIRST.spatialAxis(i);
            ConvAxis window = geometry.axes().get(i);
            // ONNX Runtime takes no account of dilations when it pads automatically
            if (padsItself && geometry.axes().stream().anyMatch(a -> a.dilation() > 1)) {
                output = output.withDim(axis, Shape.UNKNOWN_DIM);
            } else if (roundsUp && input.dim(axis) >= 0 && !PoolOps.endsAtTheEdge(window, input.dim(axis), geometry)) {
                output = output.withDim(axis, padsItself ? Shape.UNKNOWN_DIM : roundedUp(window, input.dim(axis)));
            }
        }
        return List.of(output, output);
    }

    /** The number of windows where the last one may reach beyond the edge; but none begins in the padding behind it. */
    private static long roundedUp(ConvAxis window, long size) {
        long windows = window.outputSize(size) + 1;
        return (windows - 1) * window.stride() >= size + window.padBegin() ? windows - 1 : windows;
    }

    private static List<Shape> global(ShapeCall call) {
        Shape input = call.shape(0);
        if (input.rank() < 3) {
            return List.of(Shape.unknown());
        }
        long[] ones = new long[input.rank() - 2];
        Arrays.fill(ones, 1);
        return List.of(Layout.CHANNELS_FIRST.withSpatialSizes(input, ones));
    }
}
