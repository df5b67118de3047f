package org.rep4j.rewrite;

import java.util.List;
import java.util.function.LongConsumer;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.graph.GraphLint;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.LiftedGraph;
import org.rep4j.onnx.OnnxAdapter;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.samediff.SameDiffAdapter;

/**
 * Structural re-parameterization: turns the train form of a net (many branches, BatchNorm everywhere) into its deploy form
 * (plain convolutions), which computes the same function.
 *
 * <pre>{@code
 * SameDiff deploy = RepPass.standard().apply(train, "logits").graph();
 * }</pre>
 *
 * <p>The argument is never changed; where anything fails it is as if the pass had not run. Immutable and thread-safe.
 */
public final class RepPass {
    private final List<Rule> rules;
    private final LongConsumer progress;

    private RepPass(List<Rule> rules, LongConsumer progress) {
        this.rules = List.copyOf(rules);
        this.progress = progress;
    }

    /** The pass with every rule of {@link Rules}. */
    public static RepPass standard() {
        return of(Rules.ALL);
    }

    /** A pass with the given rules only; within a phase they are tried in this order. */
    public static RepPass of(List<Rule> rules) {
        return new RepPass(rules, n -> {});
    }

    /** The same pass with rules that fold even where that raises the multiply-adds or the parameters. */
    public RepPass allowingCost() {
        return new RepPass(rules.stream().map(Rule::allowingCost).toList(), progress);
    }

    /** The same pass, telling {@code progress} the number of nodes examined so far, after each one. */
    public RepPass reportingTo(LongConsumer progress) {
        return new RepPass(rules, progress);
    }

    /** The pass on a bare {@link ConvGraph}. */
    public RepResult<ConvGraph> apply(ConvGraph graph) {
        RewriteEngine engine = new RewriteEngine(graph, rules, progress);
        ConvGraph rewritten = engine.run();
        List<String> problems = GraphLint.check(rewritten);
        if (!problems.isEmpty()) {
            throw new InvalidGraphException("a rule broke the graph, please report this: " + problems.get(0));
        }
        return new RepResult<>(rewritten, engine.report(), graph, rewritten);
    }

    /**
     * The pass on any format that has an adapter.
     *
     * @param <G> the native graph
     */
    public <G> RepResult<G> apply(G graph, GraphAdapter<G> adapter) {
        LiftedGraph<G> lifted = adapter.lift(graph);
        RepResult<ConvGraph> result = apply(lifted.graph());
        G lowered = lifted.lower(result.after());
        return new RepResult<>(lowered, result.report(), result.before(), result.after());
    }

    /**
     * The pass on a SameDiff graph.
     *
     * @param graph not changed
     * @param outputs names of the variables that must keep their values; other variables may go
     * @throws InvalidGraphException if there is no such variable or the graph contradicts itself
     */
    public RepResult<SameDiff> apply(SameDiff graph, String... outputs) {
        return apply(graph, new SameDiffAdapter(List.of(outputs)));
    }

    /**
     * The pass on an ONNX model.
     *
     * @param model not changed
     * @throws InvalidGraphException if the model contradicts itself
     */
    public RepResult<OnnxModel> apply(OnnxModel model) {
        return apply(model, new OnnxAdapter());
    }
}
