package org.rep4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphLint;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.rewrite.RewriteReport.Decline;
import org.rep4j.rewrite.Rule;

/**
 * What tests of rules say:
 *
 * <pre>{@code
 * assertThatRule(new AbsorbBatchNormIntoConvolution())
 *         .on(g -> g.output(g.batchNorm("bn", g.conv("conv", g.input("x", 2, 4, 7, 9), conv(8, 3, 3)))))
 *         .rewritesTo("bn = Conv(x)");
 * }</pre>
 */
public final class RuleAssert {
    private static final long SEED = 20260101;
    private static final double TOLERANCE = 1e-12;
    /** What unknown sizes are when a graph is run. */
    private static final int UNKNOWN_SIZE = 6;

    private final RepPass pass;

    private RuleAssert(RepPass pass) {
        this.pass = pass;
    }

    /** Looks at one rule alone. */
    public static RuleAssert assertThatRule(Rule rule) {
        return new RuleAssert(RepPass.of(List.of(rule)));
    }

    /** Looks at all rules together. */
    public static RuleAssert assertThatPass() {
        return new RuleAssert(RepPass.standard());
    }

    /** The graph to look at. */
    public OnGraph on(Consumer<GraphFixtures> steps) {
        return new OnGraph(GraphFixtures.graph(SEED, steps));
    }

    /** A graph, and what the rules make of it. */
    public final class OnGraph {
        private final ConvGraph graph;

        private OnGraph(ConvGraph graph) {
            this.graph = graph;
        }

        /**
         * The rules fire, and all that a rewrite promises holds.
         *
         * @param lines the nodes that are left, in any order: {@code y = Conv(x)}, or with the details that the
         *     printer gives, {@code y = Conv(x) {8x4x3x3, 3x3}}
         */
        public RepResult<ConvGraph> rewritesTo(String... lines) {
            RepResult<ConvGraph> result = checkedRun(pass, graph, TOLERANCE);
            assertThat(result.report().changedAnything())
                    .as("fires on%n%s%ndeclined: %s", graph, result.report().declined())
                    .isTrue();
            List<String> actual = sketch(result.after(), List.of(lines));
            assertThat(actual)
                    .as("rewritten from%n%s%nto%n%s", graph, result.after())
                    .containsExactlyInAnyOrder(lines);
            return result;
        }

        /** The rules leave the graph as it is. */
        public RepResult<ConvGraph> doesNotFire() {
            RepResult<ConvGraph> result = checkedRun(pass, graph, TOLERANCE);
            assertThat(result.report().rewrites()).as("rewrites of%n%s", graph).isEmpty();
            assertThat(nodes(result.after())).containsExactlyElementsOf(nodes(graph));
            return result;
        }

        /** The rules leave the graph as it is and have nothing to say about it. */
        public void isIgnored() {
            assertThat(doesNotFire().report().declined())
                    .as("declined on%n%s", graph)
                    .isEmpty();
        }

        /**
         * The rules leave the graph as it is and say why.
         *
         * @param reasons what a report shows of it, {@code bn (BatchNormalization): …}, all of them
         */
        public void declines(String... reasons) {
            assertThat(doesNotFire().report().declined().stream().map(Decline::toString))
                    .as("declined on%n%s", graph)
                    .containsExactly(reasons);
        }
    }

    /** Runs a pass twice and checks what every pass promises, whatever it does. */
    public static RepResult<ConvGraph> checkedRun(RepPass pass, ConvGraph graph, double tolerance) {
        String before = graph.toString();
        List<Node> nodesBefore = nodes(graph);
        RepResult<ConvGraph> result = pass.apply(graph);
        ConvGraph after = result.after();
        String story = "\nbefore\n" + before + "\nafter\n" + after;

        assertThat(graph.toString()).as("the source graph is untouched").isEqualTo(before);
        assertThat(nodes(graph))
                .usingElementComparator((a, b) -> a == b ? 0 : 1)
                .containsExactlyElementsOf(nodesBefore);
        assertThat(after.inputs()).as("inputs" + story).isEqualTo(graph.inputs());
        assertThat(after.outputs()).as("outputs" + story).isEqualTo(graph.outputs());
        for (Value output : graph.outputs()) {
            Value written = after.producer(output)
                    .flatMap(n -> n.outputs().stream()
                            .filter(v -> v.name().equals(output.name()))
                            .findFirst())
                    .orElse(output);
            assertThat(written).as("output" + story).isEqualTo(output);
        }
        assertThat(GraphLint.check(after)).as("lint" + story).isEmpty();
        assertSameOutputs(graph, after, tolerance, story);

        RepResult<ConvGraph> again = pass.apply(after);
        assertThat(again.report().rewrites()).as("second run" + story).isEmpty();
        assertThat(again.report().declined())
                .as("reasons of the second run" + story)
                .isEqualTo(result.report().declined());
        return result;
    }

    private static void assertSameOutputs(ConvGraph before, ConvGraph after, double tolerance, String story) {
        Random random = new Random(SEED);
        Map<String, Tensor> feeds = new HashMap<>();
        for (Value input : before.inputs()) {
            int[] dims = new int[input.shape().rank()];
            Arrays.setAll(
                    dims,
                    i -> input.shape().dim(i) < 0
                            ? UNKNOWN_SIZE
                            : (int) input.shape().dim(i));
            feeds.put(input.name(), Tensor.random(random, dims));
        }
        Map<String, Tensor> actual = ReferenceInterpreter.run(after, feeds);
        ReferenceInterpreter.run(before, feeds).forEach((name, expected) -> {
            Tensor tensor = Objects.requireNonNull(actual.get(name), name);
            assertThat(tensor.dims()).as("shape of %s%s", name, story).isEqualTo(expected.dims());
            double largest = Arrays.stream(expected.data())
                    .map(Math::abs)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(0);
            for (int i = 0; i < expected.data().length; i++) {
                double difference = Math.abs(expected.data()[i] - tensor.data()[i]);
                boolean same = Double.compare(expected.data()[i], tensor.data()[i]) == 0
                        || difference <= tolerance * Math.max(largest, 1e-3);
                assertThat(same)
                        .as("%s[%d]: %s, not %s%s", name, i, tensor.data()[i], expected.data()[i], story)
                        .isTrue();
            }
        });
    }

    private static List<Node> nodes(ConvGraph graph) {
        return new ArrayList<>(graph.nodes());
    }

    /** The printer's lines without shapes and node names, with details where {@code wanted} has them. */
    private static List<String> sketch(ConvGraph graph, List<String> wanted) {
        List<String> lines = new ArrayList<>();
        List<String> printed = graph.toString().lines().toList();
        for (int i = 1; i < printed.size() - 1; i++) {
            String line = printed.get(i).replaceAll("  # .*", "").strip();
            int equals = line.indexOf(" = ");
            String detailed = line.substring(0, equals).replaceAll("\\[[^]]*]", "") + line.substring(equals);
            lines.add(wanted.contains(detailed) ? detailed : detailed.replaceAll(" \\{.*}", ""));
        }
        return lines;
    }
}
