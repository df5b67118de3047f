package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Takes out an op that changes nothing in inference: Identity, Dropout.
 *
 * <pre>
 * before   x → Identity → y → f
 * after    x → f
 * </pre>
 *
 * Needs: the output is not an output of the graph and no subgraph captures it. Runs first, so that what it separates can fold.
 */
public final class EliminateIdentity implements Rule {
    private static final Capture<Identity> IDENTITY = Capture.of(Identity.class);
    private static final Pattern<Identity> PATTERN =
            Pattern.node(Identity.class).capturedAs(IDENTITY);

    @Override
    public String description() {
        return "An op that changes nothing goes";
    }

    @Override
    public Phase phase() {
        return Phase.NORMALIZE;
    }

    @Override
    public Pattern<Identity> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        Identity identity = match.get(IDENTITY);
        if (graph.isOutput(identity.output())) {
            return declined("its output is an output of the graph");
        }
        List<Node> removed = new ArrayList<>(List.of(identity));
        List<Node> added = new ArrayList<>();
        for (Node reader : graph.consumers(identity.output())) {
            if (reader instanceof Opaque opaque && opaque.captured().contains(identity.output())) {
                return declined("a subgraph of " + reader.label() + " reads its output");
            }
            removed.add(reader);
            added.add(reader.withInput(identity.output(), identity.input()));
        }
        return added.isEmpty() ? Outcome.notApplicable() : rewritten(new Replacement(removed, added));
    }
}
