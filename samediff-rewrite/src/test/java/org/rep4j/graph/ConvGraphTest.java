package org.rep4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.testing.ConvSpec.conv;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.rep4j.testing.GraphFixtures;

class ConvGraphTest {
    private static final Shape PAIR = Shape.of(2, 2);

    private static ConvGraph graph(Consumer<GraphFixtures> steps) {
        return GraphFixtures.graph(3, steps);
    }

    private static Value value(String name) {
        return Value.of(name, PAIR, ElementType.FLOAT32);
    }

    private static Node identity(String name, String input, String output) {
        return new Identity(GraphFixtures.info(name, "Identity"), value(input), value(output));
    }

    private static Node node(ConvGraph graph, String name) {
        return graph.nodes().stream()
                .filter(n -> n.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void assertInvalid(ConvGraph.Builder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidGraphException.class)
                .hasMessage(message);
    }

    @Test
    void knowsProducersConsumersAndUses() {
        ConvGraph graph = graph(g -> {
            Value x = g.input("x", 2, 2);
            Value a = g.relu("a", x);
            g.output(a, g.sum("b", a, a), g.captures("c", "Captures", x, List.of(a)));
        });
        Value a = node(graph, "a").outputs().get(0);
        assertThat(graph.producer(a)).containsSame(node(graph, "a"));
        assertThat(graph.producer(graph.inputs().get(0))).isEmpty();
        assertThat(graph.consumers(a)).containsExactly(node(graph, "b"), node(graph, "c"));
        assertThat(graph.uses(a)).isEqualTo(3);
        assertThat(graph.isOutput(a)).isTrue();
        assertThat(graph.isOutput(graph.inputs().get(0))).isFalse();
    }

    @Test
    void ordersNodesTopologicallyHoweverTheyWereAdded() {
        ConvGraph graph = ConvGraph.builder("backwards")
                .input(value("x"))
                .node(identity("third", "b", "c"))
                .node(identity("second", "a", "b"))
                .node(identity("first", "x", "a"))
                .output(value("c"))
                .build();
        assertThat(graph.topologicalOrder()).extracting(Node::name).containsExactly("first", "second", "third");
    }

    @Test
    void refusesGraphsThatContradictThemselves() {
        assertInvalid(
                ConvGraph.builder("g").node(identity("a", "y", "x")).node(identity("b", "x", "y")),
                "b (Identity) is part of a cycle through a (Identity)");
        assertInvalid(
                ConvGraph.builder("g").node(identity("a", "x", "y")), "a (Identity) reads x, which nothing writes");
        assertInvalid(ConvGraph.builder("g").input(value("x")).input(value("x")), "the graph has two inputs named x");
        assertInvalid(
                ConvGraph.builder("g").input(value("x")).input(value("z")).node(identity("a", "z", "x")),
                "the graph's input x is also written by a node");
        assertInvalid(
                ConvGraph.builder("g")
                        .input(value("x"))
                        .node(identity("a", "x", "y"))
                        .node(identity("a", "x", "z")),
                "two nodes are named a");
        assertInvalid(
                ConvGraph.builder("g")
                        .input(value("x"))
                        .node(identity("a", "x", "y"))
                        .node(identity("b", "x", "y")),
                "b (Identity) writes y, which a (Identity) writes already");
        assertInvalid(ConvGraph.builder("g").output(value("y")), "the graph's output y is written by no node");
        assertInvalid(
                ConvGraph.builder("g").output(value("y")).output(value("z")),
                "the graph's output y is written by no node (and 1 more problems)");
    }

    @Test
    void refusesTwoDescriptionsOfOneValue() {
        Value other = Value.of("x", Shape.of(2, 3), ElementType.FLOAT32);
        assertInvalid(
                ConvGraph.builder("g")
                        .input(value("x"))
                        .node(new Identity(GraphFixtures.info("a", "Identity"), other, value("y"))),
                "the value x occurs as x[2,2] of type FLOAT32 and as x[2,3] of type FLOAT32");
    }

    @Test
    void refusesKernelsThatDoNotFitTheirChannels() {
        assertThatThrownBy(() -> graph(g -> {
                    Value conv = g.conv("conv", g.input("x", 2, 4, 5, 5), conv(3, 1, 1));
                    Convolution written = new Convolution(
                            GraphFixtures.info("wrong", "Conv"),
                            conv,
                            g.value("y", Shape.of(2, 9, 5, 5)),
                            FoldedKernel.identity(4, 1, 2, ElementType.FLOAT64),
                            org.rep4j.algebra.ConvGeometry.pointwise(2),
                            Layout.CHANNELS_FIRST);
                    g.node(written);
                }))
                .hasMessage("wrong (Conv) has a kernel of 4x4x1x1 but reads 3 channels (and 1 more problems)");
    }

    @Test
    void givesOutFreshNames() {
        ConvGraph graph = ConvGraph.builder("g")
                .input(value("x"))
                .reserve("taken"::equals)
                .node(identity("a", "x", "y"))
                .build();
        assertThat(graph.freshName("new")).isEqualTo("new");
        assertThat(List.of("x", "taken", "a", "y"))
                .allMatch(n -> graph.freshName(n).equals(n + "_1"));
        GraphEditor editor = graph.edit();
        editor.replace(List.of(node(graph, "a")), List.of(identity("b", "x", "z")));
        assertThat(editor.graph().freshName("a")).as("a name that was in use").isEqualTo("a_1");
    }

    @Test
    void editsACopy() {
        ConvGraph graph = graph(g -> g.output(g.relu("b", g.relu("a", g.input("x", 2, 2)))));
        String before = graph.toString();
        GraphEditor editor = graph.edit();
        Node b = node(graph, "b");
        Node direct = b.withInput(b.inputs().get(0), graph.inputs().get(0));
        assertThat(editor.replace(List.of(b), List.of(direct))).containsExactly(b, node(graph, "a"));
        assertThat(editor.graph().nodes()).containsExactly(direct);
        assertThat(editor.graph().contains(b)).isFalse();
        assertThat(editor.graph().uses(b.inputs().get(0))).isZero();
        assertThat(graph).hasToString(before);
        assertThat(graph.contains(b)).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> editor.replace(List.of(b), List.of(direct)));
    }

    @Test
    void sweepsWhatNobodyReadsButNoFurther() {
        ConvGraph graph = graph(g -> {
            Value x = g.input("x", 2, 4);
            List<Value> halves = g.split("split", x);
            Value kept = g.relu("kept", x);
            Value seen = g.relu("seen", kept);
            g.output(seen, g.sum("y", g.relu("a", halves.get(0)), kept), g.relu("c", halves.get(1)));
        });
        GraphEditor editor = graph.edit();
        Node y = node(graph, "y");
        Value half = Value.of("split_0", Shape.of(2, 2), ElementType.FLOAT64);
        Node replacement = new Identity(
                GraphFixtures.info("y", "Identity"), half, y.outputs().get(0));
        List<Node> gone = editor.replace(List.of(y), List.of(replacement));
        assertThat(gone).extracting(Node::name).containsExactly("y", "a");
        assertThat(editor.graph().nodes()).extracting(Node::name).containsExactly("split", "kept", "seen", "c", "y");
    }

    @Test
    void printsOneLineANode() {
        ConvGraph graph = graph(g -> {
            Value x = g.input("x", -1, 4, 5, 5);
            Value a = g.conv("a", x, conv(6, 3, 1).groups(2).padded(1, 0).noBias());
            Value b = g.batchNorm("b", a);
            g.output(g.concat("c", b, g.averagePool("p", a, conv(1, 2, 2).stride(2, 2), true)));
            g.node(new Opaque(
                    GraphFixtures.info("q", "QLinearConv"),
                    List.of(x),
                    List.of(),
                    List.of(g.value("q", Shape.unknown())),
                    "its weights are quantized"));
        });
        assertThat(graph).hasToString("""
                test(x[?,4,5,5])
                  a[?,6,5,5] = Conv(x) {6x2x3x1 in 2 groups, 3x1, padding 1,0,1,0}  # a
                  b[?,6,5,5] = BatchNormalization(a) {6 channels}  # b
                  p[?,6,?,?] = AveragePool(a) {2x2, stride 2x2, padding counts}  # p
                  c[?,12,5,5] = Concat(b, p) {axis 1}  # c
                  q[...] = QLinearConv(x) {its weights are quantized}  # q
                  return c[?,12,5,5]
                """);
    }
}
