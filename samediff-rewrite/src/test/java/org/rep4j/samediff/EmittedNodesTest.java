package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.testing.ConvSpec.conv;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.ReferenceInterpreter;
import org.rep4j.testing.Tensor;

/** Every node that a rule can make, written as SameDiff ops and compared with the direct evaluation of the node. */
class EmittedNodesTest {
    private static final long SEED = 20260102;
    private static final double TOLERANCE = 1e-12;

    static Stream<Arguments> images() {
        return Stream.of(
                form(
                        "Convolution",
                        (g, x) -> g.conv("y", x, conv(3, 3, 2).stride(2, 1).padded(1, 0))),
                form("Convolution", (g, x) -> g.conv("y", x, conv(3, 2, 2).paddedAsymmetrically(0, 2, 1, 0))),
                form(
                        "Convolution",
                        (g, x) -> g.conv("y", x, conv(8, 2, 3).groups(2).dilation(2, 1))),
                form(
                        "Convolution",
                        (g, x) -> g.conv("y", x, conv(8, 3, 3).groups(4).padded(1, 1))),
                form(
                        "Convolution",
                        (g, x) ->
                                g.conv("y", x, conv(6, 3, 3).groups(2).noBias().paddedAsymmetrically(1, 0, 0, 2))),
                form(
                        "Convolution",
                        (g, x) -> g.conv("y", x, conv(4, 2, 3).groups(4).paddedAsymmetrically(1, 0, 0, 2))),
                form(
                        "TransposedConvolution",
                        (g, x) -> g.transposedConv(
                                "y", x, conv(3, 3, 2).stride(2, 1).padded(1, 0), 0, 0)),
                form(
                        "TransposedConvolution",
                        (g, x) ->
                                g.transposedConv("y", x, conv(6, 2, 2).groups(2).stride(2, 2), 0, 0)),
                form(
                        "TransposedConvolution",
                        (g, x) -> g.transposedConv(
                                "y", x, conv(3, 4, 3).stride(2, 2).paddedAsymmetrically(1, 0, 0, 2), 0, 0)),
                form(
                        "TransposedConvolution",
                        (g, x) -> g.transposedConv(
                                "y", x, conv(3, 3, 3).stride(2, 3).padded(1, 0).dilation(2, 1), 1, 2)),
                form("Sum", (g, x) -> g.sum("y", Term.minus(x), Term.minus(g.scale("r", x)))),
                form(
                        "Sum",
                        (g, x) -> g.sum("y", Term.minus(x), Term.plus(x), Term.minus(x), Term.plus(x), Term.plus(x))),
                form("BatchNormalization", (g, x) -> g.batchNorm("y", x)),
                form("BatchNormalization", (g, x) -> g.batchNorm("y", x, 2)),
                form("BatchNormalization", (g, x) -> g.batchNorm("y", x, -1)),
                form("ChannelScale", (g, x) -> g.scale("y", x, 1, 4, 1, 1)),
                form("ChannelScale", (g, x) -> g.scale("y", x)),
                form("ChannelScale", (g, x) -> g.scale("y", x, 5)),
                form("ChannelShift", (g, x) -> g.shift("y", x, 4, 1, 1)),
                form("ChannelShift", (g, x) -> g.shift("y", x, 1, 1, 1)),
                form("Pad", (g, x) -> g.pad("y", x, 0.5, 0, 0, 1, 2, 0, 0, 3, 0)),
                form("Pad", (g, x) -> g.pad("y", x, 0, 0, 0, -1, -2, 0, 0, -3, 0)),
                form("Pad", (g, x) -> g.pad("y", x, 0.5, 0, 0, -1, 2, 0, 0, 1, -3)),
                form("Pad", (g, x) -> g.pad("y", x, fill(1), 0, 0, 1, 0, 0, 0, 0, 2)),
                form("Pad", (g, x) -> g.pad("y", x, fill(-3), 0, 0, 1, -1, 0, 0, 0, 2)),
                form("Concat", (g, x) -> g.concat("y", x, g.scale("r", x), x)),
                form("Identity", (g, x) -> g.identity("y", x)),
                form(
                        "AveragePool",
                        (g, x) ->
                                g.averagePool("y", x, conv(4, 3, 2).stride(2, 1).padded(1, 1), true)),
                form(
                        "AveragePool",
                        (g, x) ->
                                g.averagePool("y", x, conv(4, 3, 2).stride(2, 1).padded(1, 1), false)),
                form(
                        "AveragePool",
                        (g, x) -> g.averagePool("y", x, conv(4, 3, 2).paddedAsymmetrically(0, 1, 2, 0), true)));
    }

    private static ChannelConstant fill(int axis) {
        return new ChannelConstant(new double[] {0.5, -1, 2, 0}, axis, 0);
    }

    private static Arguments form(String name, BiFunction<GraphFixtures, Value, Value> node) {
        return Arguments.of(name, node);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("images")
    void writesImageOps(String name, BiFunction<GraphFixtures, Value, Value> node) {
        Written written = write(new int[] {2, 4, 6, 5}, node);

        assertThat(written.readBack()).contains(name);
    }

    @Test
    void writesChannelsLast() {
        int[] dims = {2, 6, 5, 4};
        assertThat(write(
                                dims,
                                (g, x) -> g.conv(
                                        "y", x, conv(6, 3, 2).groups(2).nhwc().paddedAsymmetrically(1, 0, 0, 1)))
                        .readBack())
                .isEqualTo("Convolution");
        assertThat(write(dims, (g, x) -> g.conv("y", x, conv(4, 3, 2).groups(4).nhwc()))
                        .readBack())
                .isEqualTo("Convolution");
        write(
                dims,
                (g, x) -> g.transposedConv(
                        "y", x, conv(6, 3, 2).groups(2).nhwc().paddedAsymmetrically(1, 0, 0, 1), 0, 0));
        write(dims, (g, x) -> g.batchNorm("y", x, 3));
        write(dims, (g, x) -> {
            Value y = g.value("y", Shape.ofRank(4).withDim(3, 4));
            g.node(new AveragePool(
                    GraphFixtures.info("y", "AveragePool"),
                    x,
                    y,
                    ConvGeometry.of(new ConvAxis(2, 1, 1, 1, 1), new ConvAxis(3, 2, 1, 0, 0)),
                    false,
                    Layout.CHANNELS_LAST));
            return y;
        });
        write(dims, (g, x) -> {
            Value y = g.value("y", x.shape().withDim(3, 8));
            g.node(new Concat(GraphFixtures.info("y", "Concat"), List.of(x, x), y, -1));
            return y;
        });
    }

    @Test
    void writesOneAndThreeDimensions() {
        int[] line = {2, 4, 9};
        assertThat(write(line, (g, x) -> g.conv("y", x, conv(6, 3).groups(2).paddedAsymmetrically(2, 0)))
                        .readBack())
                .isEqualTo("Convolution");
        assertThat(write(line, (g, x) -> g.conv("y", x, conv(4, 3).groups(4).stride(2)))
                        .readBack())
                .isEqualTo("Convolution");
        int[] volume = {1, 4, 3, 5, 4};
        assertThat(write(
                                volume,
                                (g, x) -> g.conv(
                                        "y", x, conv(4, 2, 3, 1).groups(2).padded(1, 0, 0)))
                        .readBack())
                .isEqualTo("Convolution");
        write(
                volume,
                (g, x) -> g.transposedConv(
                        "y", x, conv(3, 2, 3, 1).stride(1, 2, 1).padded(1, 0, 0), 0, 0, 0));
        write(
                volume,
                (g, x) -> g.transposedConv(
                        "y", x, conv(3, 2, 3, 1).noBias().paddedAsymmetrically(1, 0, 0, 0, 2, 0), 0, 1, 0));
        write(volume, (g, x) -> g.averagePool("y", x, conv(4, 2, 3, 1).stride(1, 2, 1), false));
        write(volume, (g, x) -> g.averagePool("y", x, conv(4, 2, 3, 3).padded(1, 0, 1), true));
        write(volume, (g, x) -> g.averagePool("y", x, conv(4, 2, 3, 3).padded(0, 1, 1), false));
    }

    @Test
    void writesMatrices() {
        int[] dims = {3, 4};
        assertThat(write(dims, (g, x) -> g.linear("y", x, 5)).readBack()).isEqualTo("Linear");
        assertThat(write(dims, (g, x) -> g.batchNorm("y", x, 1)).readBack()).isEqualTo("BatchNormalization");
        write(dims, (g, x) -> g.pad("y", x, fill(1), 1, 0, 0, 0));
    }

    /** biasadd's way: the axis is counted from the front, and the constant has no rank. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesConstantsAlongAnAxisCountedFromTheFront(boolean rankKnown) {
        double[] constants = {1, -2, 3, 4};
        ChannelConstant front = new ChannelConstant(constants, 1, 0);
        ChannelConstant end = new ChannelConstant(constants, -3, 3);
        int[] dims = {2, 4, 3, 5};
        ConvGraph meant = GraphFixtures.graph(SEED, g -> {
            Value x = g.input("x", 2, 4, 3, 5);
            g.output(g.scale("y", g.shift("s", x, end), end));
        });

        check(
                GraphFixtures.graph(SEED, g -> {
                    Value x = g.value("i", rankKnown ? Shape.of(2, 4, 3, 5) : Shape.unknown());
                    g.node(new Identity(GraphFixtures.info("i", "Identity"), g.input("x", 2, 4, 3, 5), x));
                    g.output(g.scale("y", g.shift("s", x, front), front));
                }),
                meant,
                dims);
    }

    /** One channel, which a scalar cannot be told from. */
    @Test
    void writesBatchNormOfOneChannel() {
        BatchNormStatistics statistics = new BatchNormStatistics(
                new double[] {-2}, new double[] {0.5}, new double[] {1}, new double[] {0.25}, 1e-3);

        Written written = write(new int[] {2, 1, 3, 3}, (g, x) -> g.batchNorm("y", x, 1, statistics));

        assertThat(written.readBack()).isEqualTo("BatchNormalization");
    }

    @Test
    void writesPaddingThatFollowsFromTheSize() {
        ConvGraph graph = GraphFixtures.graph(
                1,
                g -> g.output(g.conv(
                        "y",
                        g.input("x", 2, 4, -1, -1),
                        conv(3, 3, 2).stride(2, 2).autoPadded(AutoPad.SAME_UPPER))));

        check(graph, new int[] {2, 4, 6, 5});
    }

    @Test
    void refusesWhatSameDiffCannotSay() {
        assertThatThrownBy(() -> write(new int[] {2, 4, 9}, (g, x) -> g.transposedConv("y", x, conv(3, 2), 0)))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("SameDiff has no op for");
        assertThatThrownBy(() -> write(
                        new int[] {2, 4, 6, 5},
                        (g, x) -> g.averagePool("y", x, conv(4, 3, 2).paddedAsymmetrically(0, 1, 2, 0), false)))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("SameDiff has no op for");
        assertThatThrownBy(() -> write(new int[] {2, 4, 9}, (g, x) -> g.averagePool("y", x, conv(4, 2), false)))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("SameDiff has no op for");
    }

    /** What was written, as the lift reads it. */
    private record Written(SameDiff graph) {
        /** The kinds of the nodes, in order. */
        String readBack() {
            return new SameDiffAdapter(List.of("y"))
                    .lift(graph).graph().topologicalOrder().stream()
                            .map(n -> n.getClass().getSimpleName())
                            .collect(Collectors.joining(" "));
        }
    }

    private static Written write(int[] dims, BiFunction<GraphFixtures, Value, Value> node) {
        long[] declared = Arrays.stream(dims).asLongStream().toArray();
        return check(GraphFixtures.graph(SEED, g -> g.output(node.apply(g, g.input("x", declared)))), dims);
    }

    /** Lowers the graph into one that so far only had its input and output, and compares what they compute. */
    private static Written check(ConvGraph graph, int[] dims) {
        return check(graph, graph, dims);
    }

    private static Written check(ConvGraph graph, ConvGraph meant, int[] dims) {
        SameDiff empty = SameDiff.create();
        empty.identity(
                "y",
                empty.placeHolder(
                        "x", DataType.DOUBLE, Arrays.stream(dims).asLongStream().toArray()));
        SameDiff written = new SameDiffAdapter(List.of("y")).lift(empty).lower(graph);
        Tensor fed = Tensor.random(new Random(SEED), dims);
        INDArray array = Tensors.array(fed);
        INDArray y = written.outputSingle(Map.of("x", array), "y");
        Tensor expected = Objects.requireNonNull(
                ReferenceInterpreter.run(meant, Map.of("x", fed)).get("y"));
        Tensors.of(y).assertCloseTo(expected, TOLERANCE, "y");
        INDArray reloaded = Deployment.reloaded(written).outputSingle(Map.of("x", array), "y");
        assertThat(reloaded).as("saved and loaded").isEqualTo(y);
        return new Written(written);
    }
}
