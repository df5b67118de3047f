package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.Optional;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Turns an explicit padding with zeros into padding of the average pool that reads it, counted in its divisor.
 *
 * <pre>
 * before   x → Pad(p, q; 0) → AveragePool(padding p′, q′) → y
 * after    x → AveragePool(padding p + p′, q + q′, counted) → y
 * </pre>
 *
 * The zeros of a Pad count as elements, so those of the pool itself must count too, or there must be none. Needs: zeros, on
 * spatial axes only, none cut off, and fewer on each side than the window is wide, as formats ask for.
 */
public final class AbsorbPadIntoAveragePool implements Rule {
    private static final Capture<AveragePool> POOL = Capture.of(AveragePool.class);
    private static final Capture<Pad> PAD = Capture.of(Pad.class);
    private static final Pattern<AveragePool> PATTERN = Pattern.node(AveragePool.class)
            .capturedAs(POOL)
            .fedBy(Pattern.node(Pad.class).capturedAs(PAD));

    @Override
    public String description() {
        return "Zero padding before an average pool becomes the pool's own padding";
    }

    @Override
    public Phase phase() {
        return Phase.NORMALIZE;
    }

    @Override
    public Pattern<AveragePool> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        AveragePool pool = match.get(POOL);
        Pad pad = match.get(PAD);
        return defect(pool, pad)
                .map(Outcome::declined)
                .orElseGet(() -> rewritten(Replacement.of(
                        pool,
                        new AveragePool(
                                NodeInfo.made(pool.name(), pool.info().op()),
                                pad.input(),
                                pool.output(),
                                ZeroPadding.absorb(pad, pool.geometry(), pool.layout()),
                                true,
                                pool.layout()))));
    }

    private static Optional<String> defect(AveragePool pool, Pad pad) {
        Optional<String> defect = ZeroPadding.defect(pad, pool.geometry(), pool.layout(), "an average pool");
        if (defect.isPresent()) {
            return defect;
        }
        if (!pool.countIncludesPadding() && isPadded(pool.geometry())) {
            return Optional.of("it leaves its own padding out of the average, but not the zeros of " + pad.label());
        }
        ConvGeometry padded = ZeroPadding.absorb(pad, pool.geometry(), pool.layout());
        return padded.axes().stream().anyMatch(a -> a.padBegin() > a.span() || a.padEnd() > a.span())
                ? Optional.of("with " + pad.label() + " it would have windows of padding alone (" + padded + ")")
                : Optional.empty();
    }

    private static boolean isPadded(ConvGeometry geometry) {
        return geometry.axes().stream().anyMatch(a -> a.padBegin() > 0 || a.padEnd() > 0);
    }
}
