package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.Optional;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Pad;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Turns an explicit padding with zeros into padding of the convolution that reads it.
 *
 * <pre>
 * before   x → Pad(p, q; 0) → Conv(padding p′, q′) → y
 * after    x → Conv(padding p + p′, q + q′) → y
 * </pre>
 *
 * Needs: zeros, on spatial axes only, none cut off; a convolution whose own padding is known in numbers. Other readers of the
 * padded tensor keep their Pad.
 */
public final class AbsorbPadIntoConvolution implements Rule {
    private static final Capture<Convolution> CONV = Capture.of(Convolution.class);
    private static final Capture<Pad> PAD = Capture.of(Pad.class);
    private static final Pattern<Convolution> PATTERN = Pattern.node(Convolution.class)
            .capturedAs(CONV)
            .fedBy(Pattern.node(Pad.class).capturedAs(PAD));

    @Override
    public String description() {
        return "Zero padding before a convolution becomes the convolution's own padding";
    }

    @Override
    public Phase phase() {
        return Phase.NORMALIZE;
    }

    @Override
    public Pattern<Convolution> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        Convolution conv = match.get(CONV);
        Pad pad = match.get(PAD);
        Optional<String> defect = defect(conv, pad);
        if (defect.isPresent()) {
            return declined(defect.get());
        }
        int axes = conv.geometry().rank();
        int[] begin = new int[axes];
        int[] end = new int[axes];
        for (int i = 0; i < axes; i++) {
            begin[i] = pad.begin().get(conv.layout().spatialAxis(i));
            end[i] = pad.end().get(conv.layout().spatialAxis(i));
        }
        return rewritten(
                Replacement.of(conv, conv.reading(pad.input(), conv.geometry().padded(begin, end))));
    }

    private static Optional<String> defect(Convolution conv, Pad pad) {
        String before = pad.label() + " before it ";
        if (!pad.fill().isZero()) {
            return Optional.of(before + "fills in " + pad.fill() + ", a convolution pads with zeros");
        }
        if (pad.begin().size() != conv.rank()) {
            return Optional.of(before + "pads " + pad.begin().size() + " axes of " + conv.rank());
        }
        if (!conv.geometry().isResolved()) {
            return Optional.of(
                    "its padding " + conv.geometry().autoPad() + " depends on an input size that is not known");
        }
        for (int axis = 0; axis < conv.rank(); axis++) {
            int begin = pad.begin().get(axis);
            int end = pad.end().get(axis);
            if (begin < 0 || end < 0) {
                return Optional.of(before + "cuts off elements");
            }
            int spatial = axis - conv.layout().spatialAxis(0);
            boolean isSpatial = spatial >= 0 && spatial < conv.geometry().rank();
            if ((begin > 0 || end > 0) && !isSpatial) {
                return Optional.of(before + "pads axis " + axis + ", which is not spatial");
            }
            if (isSpatial && !conv.geometry().axes().get(spatial).canBePadded(begin, end)) {
                return Optional.of(before + "pads " + Math.max(begin, end) + " elements, too many for a convolution");
            }
        }
        return Optional.empty();
    }
}
