package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.rewritten;

import org.rep4j.algebra.ConvGeometry;
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
        ConvGeometry geometry = conv.geometry();
        return ZeroPadding.defect(pad, geometry, conv.layout(), "a convolution")
                .map(Outcome::declined)
                .orElseGet(() -> rewritten(Replacement.of(
                        conv, conv.reading(pad.input(), ZeroPadding.absorb(pad, geometry, conv.layout())))));
    }
}
