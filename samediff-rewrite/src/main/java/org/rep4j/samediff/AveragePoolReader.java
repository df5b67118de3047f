package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/**
 * Reads avgpool2d and avgpool3dnew. The integer arguments are those of convolutions, then 1 if the padding counts, then 1 for
 * channels last.
 */
final class AveragePoolReader implements OpReader {
    private final int spatialAxes;

    AveragePoolReader(int spatialAxes) {
        this.spatialAxes = spatialAxes;
    }

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        Value input = context.computed(op, 0);
        if (NoOpReader.isPointwise(op, spatialAxes)) {
            return new Identity(context.info(op), input, context.output(op.output(), input.shape()));
        }
        boolean same = op.integer(4 * spatialAxes, 0) == 1;
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < spatialAxes; i++) {
            if (op.integer(3 * spatialAxes + i, 1) != 1) {
                throw new NotLiftableException("it is dilated");
            }
            int pad = same ? 0 : op.integer(2 * spatialAxes + i, 0);
            axes.add(new ConvAxis(op.integer(i, 1), op.integer(spatialAxes + i, 1), 1, pad, pad));
        }
        Layout layout = op.integer(4 * spatialAxes + 2, 0) == 0 ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST;
        ConvGeometry geometry = same
                ? NativePadding.geometryOfSame(axes, layout.spatialSizes(input.shape(), spatialAxes))
                : ConvGeometry.of(axes);
        Shape shape = layout.outputShape(input.shape(), geometry, input.shape().dim(layout.channelAxis()));
        return new AveragePool(
                context.info(op, new NativeGroup(List.of(op), same, false)),
                input,
                context.output(op.output(), shape),
                geometry,
                op.integer(4 * spatialAxes + 1, 0) == 1,
                layout);
    }
}
