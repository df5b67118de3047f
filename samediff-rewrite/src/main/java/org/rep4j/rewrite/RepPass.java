package org.rep4j.rewrite;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.graph.GraphLint;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.LiftedGraph;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.onnx.OnnxAdapter;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RewriteReport.Rewrite;
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
    private final int limit;
    private final LongConsumer progress;

    private RepPass(List<Rule> rules, int limit, LongConsumer progress) {
        this.rules = List.copyOf(rules);
        this.limit = limit;
        this.progress = progress;
    }

    /** The pass with every rule of {@link Rules}. */
    public static RepPass standard() {
        return of(Rules.ALL);
    }

    /** A pass with the given rules only; within a phase they are tried in this order. */
    public static RepPass of(List<Rule> rules) {
        return new RepPass(rules, Integer.MAX_VALUE, n -> {});
    }

    /** The same pass with rules that fold even where that raises the multiply-adds or the parameters. */
    public RepPass allowingCost() {
        return new RepPass(rules.stream().map(Rule::allowingCost).toList(), limit, progress);
    }

    /**
     * The same pass, stopping after a number of rewrites: those that the whole pass does first, as {@link
     * RewriteReport#rewrites()} lists them. The reasons in the report
     * are those that the rules have at that point.
     *
     * @param rewrites 0 changes nothing
     */
    public RepPass stoppingAfter(int rewrites) {
        return new RepPass(rules, rewrites, progress);
    }

    /** The same pass, telling {@code progress} the number of nodes examined so far, after each one. */
    public RepPass reportingTo(LongConsumer progress) {
        return new RepPass(rules, limit, progress);
    }

    /**
     * The pass on a bare {@link ConvGraph}.
     *
     * @throws BrokenRuleException if a rule throws or breaks the graph
     */
    public RepResult<ConvGraph> apply(ConvGraph graph) {
        RewriteEngine engine = new RewriteEngine(graph, rules, limit, progress);
        ConvGraph rewritten = engine.run();
        RewriteReport report = engine.report();
        List<String> problems = GraphLint.check(rewritten);
        if (!problems.isEmpty()) {
            int step = Bisection.spoilingStep(
                    report.rewrites().size(),
                    n -> GraphLint.check(prefix(graph, n)).isEmpty());
            String problem = GraphLint.check(prefix(graph, step)).get(0);
            throw brokenBy(report.rewrites().get(step - 1), "breaks the graph: " + problem, null);
        }
        return new RepResult<>(rewritten, report, graph, rewritten);
    }

    /**
     * The pass on any format that has an adapter.
     *
     * @param <G> the native graph
     * @throws BrokenRuleException if a rule throws, breaks the graph or makes of it what the adapter cannot write
     */
    public <G> RepResult<G> apply(G graph, GraphAdapter<G> adapter) {
        LiftedGraph<G> lifted = adapter.lift(graph);
        RepResult<ConvGraph> result = apply(lifted.graph());
        G lowered;
        try {
            lowered = lifted.lower(result.after());
        } catch (UnreadableModelException | UncheckedIOException e) {
            throw e; // weights are read only now: the file's fault, not a rule's
        } catch (RuntimeException e) {
            throw whoseFault(e, lifted, result.report().rewrites());
        }
        return new RepResult<>(lowered, result.report(), result.before(), result.after());
    }

    private <G> RuntimeException whoseFault(RuntimeException trouble, LiftedGraph<G> lifted, List<Rewrite> rewrites) {
        if (rewrites.isEmpty()) {
            return trouble;
        }
        int step = Bisection.spoilingStep(rewrites.size(), n -> canBeLowered(lifted, n));
        return brokenBy(rewrites.get(step - 1), "makes what cannot be written: " + trouble.getMessage(), trouble);
    }

    private <G> boolean canBeLowered(LiftedGraph<G> lifted, int rewrites) {
        try {
            lifted.lower(prefix(lifted.graph(), rewrites));
            return true;
        } catch (RuntimeException e) {
            return false; // the exception of the whole pass is the one that is told
        }
    }

    private ConvGraph prefix(ConvGraph graph, int rewrites) {
        return new RewriteEngine(graph, rules, rewrites, n -> {}).run();
    }

    private static BrokenRuleException brokenBy(Rewrite rewrite, String trouble, @Nullable Throwable cause) {
        return new BrokenRuleException(rewrite.rule(), rewrite.op(), trouble, cause);
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
