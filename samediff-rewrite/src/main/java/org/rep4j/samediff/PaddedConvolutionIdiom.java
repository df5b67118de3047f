package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;

/**
 * A pad with zeros and the convolution that alone reads it:
 *
 * <pre>
 * x → pad → conv2d → y
 * </pre>
 *
 * <p>This is how a convolution has to be written whose pads differ at the two ends of an axis. Where the op itself could pad
 * like that, the two stay two nodes, and a rule brings them together.
 */
final class PaddedConvolutionIdiom {
    private PaddedConvolutionIdiom() {}

    /** {@code conv} with the pad before it, if no single op could do both. */
    static Optional<NativeConvolution> match(NativeConvolution conv, LiftContext context) {
        return absorb(conv, context)
                .filter(padded -> NativePadding.of(ConvGeometry.of(padded.axes())) == NativePadding.SEPARATE);
    }

    /** {@code conv} with the pad before it, if there is one that only serves it. */
    static Optional<NativeConvolution> absorb(NativeConvolution conv, LiftContext context) {
        NativeOp first = conv.ops().get(0);
        return context.view()
                .ownProducer(first, conv.input(), "pad")
                .filter(pad -> pad.inputs().size() == 2 && pad.integer(0, 0) == 0 && pad.number(0, 0) == 0)
                .filter(pad -> context.constants().isConstant(pad.inputs().get(1)))
                .flatMap(pad -> context.constants()
                        .array(pad.inputs().get(1))
                        .flatMap(amounts -> axes(conv, amounts))
                        .map(axes -> conv.after(pad, axes)));
    }

    /** The axes with the amounts added; empty if these are not just zeros around the spatial axes. */
    private static Optional<List<ConvAxis>> axes(NativeConvolution conv, INDArray amounts) {
        int rank = conv.axes().size() + 2;
        if (amounts.rank() != 2 || amounts.size(0) != rank || amounts.size(1) != 2) {
            return Optional.empty();
        }
        List<ConvAxis> axes = new ArrayList<>();
        Set<Integer> spatial = new HashSet<>();
        for (int i = 0; i < conv.axes().size(); i++) {
            int axis = conv.layout().spatialAxis(i);
            spatial.add(axis);
            int begin = amounts.getInt(axis, 0);
            int end = amounts.getInt(axis, 1);
            if (begin < 0 || end < 0 || (conv.same() && (begin > 0 || end > 0))) {
                return Optional.empty();
            }
            axes.add(conv.axes().get(i).padded(begin, end));
        }
        for (int axis = 0; axis < rank; axis++) {
            if (!spatial.contains(axis) && (amounts.getInt(axis, 0) != 0 || amounts.getInt(axis, 1) != 0)) {
                return Optional.empty();
            }
        }
        return Optional.of(axes);
    }
}
