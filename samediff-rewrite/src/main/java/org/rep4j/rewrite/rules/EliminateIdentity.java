package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Takes out an op that changes nothing in inference: Identity, Dropout; a Pad by nothing, a factor of 1, a summand of 0, a
 * BatchNorm that is both, an average over one element.
 *
 * <pre>
 * before   x → Identity → y → f
 * after    x → f
 * </pre>
 *
 * Where the output is an output of the graph or a subgraph captures it, the op stays for them, and all other readers read its
 * input. Runs first, so that what it separates can fold.
 */
public final class EliminateIdentity implements Rule {
    private static final Capture<SingleInputNode> IDENTITY = Capture.of(SingleInputNode.class);
    private static final Pattern<SingleInputNode> PATTERN =
            Pattern.node(SingleInputNode.class).where(NoOps::changesNothing).capturedAs(IDENTITY);

    @Override
    public String description() {
        return "An op that changes nothing goes";
    }

    @Override
    public Phase phase() {
        return Phase.NORMALIZE;
    }

    @Override
    public Pattern<SingleInputNode> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        SingleInputNode identity = match.get(IDENTITY);
        Value output = identity.output();
        String reasonToStay = graph.isOutput(output) ? "its output is an output of the graph" : "";
        List<Node> removed = new ArrayList<>(List.of(identity));
        List<Node> added = new ArrayList<>();
        for (Node reader : graph.consumers(output)) {
            if (reader instanceof Opaque opaque && opaque.captured().contains(output)) {
                reasonToStay = "a subgraph of " + reader.label() + " reads its output";
            }
            if (reader.inputs().contains(output)) {
                removed.add(reader);
                added.add(reader.withInput(output, identity.input()));
            }
        }
        if (added.isEmpty()) {
            // Nobody expects arithmetic at the end of a graph to go.
            return identity instanceof Identity && !reasonToStay.isEmpty() ? declined(reasonToStay) : notApplicable();
        }
        if (!reasonToStay.isEmpty()) {
            added.add(identity);
        }
        return rewritten(new Replacement(removed, added));
    }
}
