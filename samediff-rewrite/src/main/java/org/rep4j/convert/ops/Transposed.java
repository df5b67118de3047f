package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.graph.Layout;
import org.rep4j.samediff.NativeTransposedOp;

/**
 * A transposed convolution without groups of images {@code [batch, channels, …]}. SameDiff has none for one axis: that is the
 * second of two.
 *
 * @param axes one to three; what they pad is cut off at both ends of the result, the same there
 */
record Transposed(List<ConvAxis> axes) {

    /**
     * The result.
     *
     * @param weights taps, output channels, input channels
     */
    SDVariable write(SameDiff graph, SDVariable x, Operand weights, @Nullable Operand bias) {
        boolean flat = axes.size() == 1;
        List<SDVariable> inputs = new ArrayList<>();
        inputs.add(flat ? graph.expandDims(x, 2) : x);
        inputs.add((flat ? weights.expanded(0) : weights).variable());
        if (bias != null) {
            inputs.add(bias.variable());
        }
        List<ConvAxis> planar = flat ? List.of(ConvAxis.pointwise(1), axes.get(0)) : axes;
        SDVariable result = new NativeTransposedOp(planar, false, Layout.CHANNELS_FIRST)
                .create(graph, inputs.toArray(SDVariable[]::new))
                .outputVariable();
        return flat ? graph.squeeze(result, 2) : result;
    }
}
