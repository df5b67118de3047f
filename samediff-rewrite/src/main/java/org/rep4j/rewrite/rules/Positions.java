package org.rep4j.rewrite.rules;

import java.util.HashMap;
import java.util.Map;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Pad;
import org.rep4j.graph.SingleInputNode;

/** How often an op of a chain runs for each position of the chain's output; told of the ops behind it, the last one first. */
final class Positions {
    private final Map<Integer, Axis> axes = new HashMap<>();

    /** Output size as {@link ConvAxis#outputSize} has it. */
    private record Axis(long stride, long slack) {
        Axis behind(long firstStride, long firstSlack) {
            return new Axis(firstStride * stride, firstSlack + firstStride * slack);
        }
    }

    /** Has {@code op} before those that there are so far. */
    void prepend(SingleInputNode op) {
        if (op instanceof Convolution conv) {
            prepend(conv.geometry(), conv.layout());
        } else if (op instanceof AveragePool pool) {
            prepend(pool.geometry(), pool.layout());
        } else if (op instanceof Pad pad) {
            for (int i = 0; i < pad.begin().size(); i++) {
                prepend(i, 1, (long) pad.begin().get(i) + pad.end().get(i));
            }
        }
    }

    private void prepend(ConvGeometry geometry, Layout layout) {
        for (int i = 0; i < geometry.rank(); i++) {
            ConvAxis axis = geometry.axes().get(i);
            prepend(layout.spatialAxis(i), axis.stride(), axis.slack());
        }
    }

    private void prepend(int axis, long stride, long slack) {
        axes.put(axis, axes.getOrDefault(axis, new Axis(1, 0)).behind(stride, slack));
    }

    /**
     * The product of all strides; 0 where a padding makes more positions than there were: of an input of a single element, the
     * output then is that of the padding, and nothing before it counts.
     */
    long perOutput() {
        return axes.values().stream().anyMatch(a -> a.slack() >= a.stride())
                ? 0
                : axes.values().stream().mapToLong(Axis::stride).reduce(1, Math::multiplyExact);
    }
}
