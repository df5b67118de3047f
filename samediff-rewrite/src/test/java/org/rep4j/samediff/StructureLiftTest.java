package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.testing.ReferenceInterpreter;
import org.rep4j.testing.Tensor;

/** Single ops that move, cut, pool and convolve: what they are lifted as, checked by evaluating the nodes directly. */
class StructureLiftTest {

    static Stream<Arguments> forms() {
        return Stream.of(
                form("Pad", (n, x) -> n.sd.slice(x, new int[] {0, 0, 1, 2}, new int[] {-1, 4, 3, -1})),
                form(
                        "Pad",
                        (n, x) -> n.sd.slice(
                                x,
                                n.sd.constant(Nd4j.createFromArray(0, 0, 1, 2)),
                                n.sd.constant(Nd4j.createFromArray(-1, 4, 3, -1)))),
                form(
                        "Pad",
                        (n, x) -> n.sd.stridedSlice(x, new long[] {0, 0, 1, -4}, new long[] {2, 4, -1, 4}, 1, 1, 1, 1)),
                form("Pad", (n, x) -> cut(n, x, 0b11, 0b1011)),
                form("Pad", (n, x) -> n.sd.stridedSlice(x, new long[] {1}, new long[] {2}, 1)),
                form(
                        "AveragePool",
                        (n, x) -> n.sd.cnn.avgPooling2d(
                                x, pool(3, 2, 1).pH(1).extra(1).build())),
                form(
                        "AveragePool",
                        (n, x) -> n.sd.cnn.avgPooling2d(x, pool(3, 2, 2).pH(1).build())),
                form(
                        "AveragePool",
                        (n, x) -> n.sd.cnn.avgPooling2d(x, same(3, 2, 2).build())),
                form(
                        "AveragePool",
                        (n, x) ->
                                n.sd.cnn.avgPooling2d(x, same(2, 3, 1).extra(1).build())),
                form("Sum", (n, x) -> x.sub(n.input("other", 2, 4, 6, 5))),
                form("Sum", (n, x) -> x.rsub(n.input("other", 2, 4, 6, 5))),
                form("Sum", (n, x) -> n.sd.math.neg(x).add(n.sd.math.neg(n.input("other", 2, 4, 6, 5)))),
                form("Sum", (n, x) -> n.sd.math.neg(x).rsub(n.input("other", 2, 4, 6, 5))),
                form("Sum", (n, x) -> n.sd.math.mergeAdd(x, n.sd.math.neg(n.input("other", 2, 4, 6, 5)), x)),
                form("BatchNormalization", (n, x) -> n.parameter(4, 1, 1).sub(x)),
                form("BatchNormalization", (n, x) -> x.mul(n.parameter(4, 1, 1)).add(n.parameter(4, 1, 1))),
                form(
                        "ChannelScale ChannelShift",
                        (n, x) -> x.mul(n.parameter(4, 1, 1)).add(n.parameter(5))),
                form("ChannelScale ChannelShift", (n, x) -> x.rsub(0.5)),
                form("Convolution Convolution", (n, x) -> separable(n, x, true)),
                form("Convolution Convolution", (n, x) -> separable(n, x, false)));
    }

    private static SDVariable cut(Net n, SDVariable x, int beginMask, int endMask) {
        return n.sd.stridedSlice(
                x,
                new long[] {9, 9, 1, 0},
                new long[] {0, 0, -2, 0},
                new long[] {1, 1, 1, 1},
                beginMask,
                endMask,
                0,
                0,
                0);
    }

    private static SDVariable separable(Net n, SDVariable x, boolean same) {
        Conv2DConfig config = Net.conv(3, 2)
                .sH(2)
                .paddingMode(same ? PaddingMode.SAME : PaddingMode.VALID)
                .build();
        return n.sd.cnn.separableConv2d(x, n.parameter(3, 2, 4, 2), n.parameter(1, 1, 8, 5), n.parameter(5), config);
    }

    private static Pooling2DConfig.Pooling2DConfigBuilder pool(int kernelHeight, int kernelWidth, int stride) {
        return Pooling2DConfig.builder()
                .kH(kernelHeight)
                .kW(kernelWidth)
                .sH(stride)
                .sW(stride);
    }

    private static Pooling2DConfig.Pooling2DConfigBuilder same(int kernelHeight, int kernelWidth, int stride) {
        return pool(kernelHeight, kernelWidth, stride).paddingMode(PaddingMode.SAME);
    }

    private static Arguments form(String nodes, BiFunction<Net, SDVariable, SDVariable> op) {
        return Arguments.of(nodes, op);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("forms")
    void lifts(String nodes, BiFunction<Net, SDVariable, SDVariable> op) {
        Net net = new Net(1);
        SDVariable y = op.apply(net, net.input("x", 2, 4, 6, 5));

        assertThat(lifted(net, y)).isEqualTo(nodes);
        net.deploy(y.name());
    }

    static Stream<Arguments> others() {
        return Stream.of(
                form(
                        "it takes every n-th element only",
                        (n, x) -> n.sd.stridedSlice(x, new long[4], new long[] {2, 4, 6, 4}, 1, 1, 2, 1)),
                form(
                        "it adds or drops axes",
                        (n, x) -> n.sd.stridedSlice(
                                x, new long[4], new long[] {2, 4, 6, 4}, new long[] {1, 1, 1, 1}, 0, 0, 0, 0, 1)),
                form(
                        "are computed while the graph runs",
                        (n, x) -> n.sd.slice(
                                x,
                                n.sd.placeHolder("begin", DataType.INT32, 4),
                                n.sd.constant(Nd4j.createFromArray(1, 1, 1, 1)))),
                form(
                        "its bounds lie outside the tensor",
                        (n, x) -> n.sd.slice(x, new int[] {0, 9, 0, 0}, new int[] {1, 1, 1, 1})));
    }

    @Test
    void lowersPartsOfAnOpTogether() {
        Net net = new Net(2);
        SDVariable x = net.input("x", 2, 4, 6, 5);
        SDVariable kept = separable(net, x, true);
        SDVariable folded = net.batchNorm("y", separable(net, net.sd.identity(x), false), 5, 1);

        Deployment deployed = net.deploy(kept.name(), folded.name());

        assertThat(deployed.ops()).containsExactlyInAnyOrder("sconv2d", "depthwise_conv2d", "conv2d");
    }

    @Test
    void keepsDifferencesThatNothingChanges() {
        Net net = new Net(3);
        net.sd.math.tanh(
                "y", net.sd.nn.relu(net.sd.identity(net.input("x", 2, 3)).rsub(0.5), 0));

        assertThat(net.deploy("y").ops()).containsExactly("rsub_scalar", "relu", "tanh");
    }

    @ParameterizedTest
    @CsvSource({"false,NCDHW", "true,NCDHW", "false,NDHWC", "true,NDHWC"})
    void liftsThreeDimensions(boolean same, String format) {
        Net net = new Net(4);
        boolean first = format.equals("NCDHW");
        SDVariable x = first ? net.input("x", 2, 3, 4, 5, 3) : net.input("x", 2, 4, 5, 3, 3);
        DeConv3DConfig config = DeConv3DConfig.builder()
                .kD(2)
                .kH(3)
                .kW(1)
                .sD(1)
                .sH(2)
                .sW(1)
                .pH(same ? 0 : 1)
                .isSameMode(same)
                .dataFormat(format)
                .build();
        SDVariable y = net.sd.cnn.deconv3d(x, net.parameter(2, 3, 1, 4, 3), net.parameter(4), config);
        net.batchNorm("y", y, 4, first ? 1 : 4);

        assertThat(net.deploy("y").ops()).containsExactly("deconv3d");
    }

    @ParameterizedTest
    @CsvSource({"false,true", "true,true", "false,false", "true,false"})
    void liftsPoolsOfThreeDimensions(boolean same, boolean first) {
        Net net = new Net(5);
        SDVariable x = first ? net.input("x", 2, 3, 4, 6, 5) : net.input("x", 2, 4, 6, 5, 3);
        SDVariable y = net.sd.cnn.avgPooling3d(
                x,
                Pooling3DConfig.builder()
                        .kD(2)
                        .kH(3)
                        .kW(2)
                        .sD(1)
                        .sH(2)
                        .sW(1)
                        .pD(same ? 0 : 1)
                        .isSameMode(same)
                        .isNCDHW(first)
                        .build());

        assertThat(lifted(net, y)).isEqualTo("AveragePool");
    }

    /** The kinds of the nodes that {@code y} is lifted as, after making sure that they compute what SameDiff does. */
    private static String lifted(Net net, SDVariable y) {
        ConvGraph graph = new SameDiffAdapter(List.of(y.name())).lift(net.sd).graph();
        assertThat(graph.nodes()).noneMatch(Opaque.class::isInstance);
        Map<String, Tensor> feeds = net.inputs().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> Tensors.of(e.getValue())));
        Tensor direct =
                ReferenceInterpreter.run(graph, feeds).values().iterator().next();
        Tensors.of(net.sd.outputSingle(net.inputs(), y.name())).assertCloseTo(direct, 1e-12, y.name());
        return graph.topologicalOrder().stream().map(StructureLiftTest::kind).collect(Collectors.joining(" "));
    }

    private static String kind(Node node) {
        return node.getClass().getSimpleName();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void saysWhyNot(String reason, BiFunction<Net, SDVariable, SDVariable> op) {
        Net net = new Net(6);
        SDVariable y = op.apply(net, net.input("x", 2, 4, 6, 5));

        ConvGraph graph = new SameDiffAdapter(List.of(y.name())).lift(net.sd).graph();

        assertThat(graph.nodes())
                .singleElement()
                .isInstanceOfSatisfying(
                        Opaque.class,
                        o -> assertThat(o.explanation())
                                .hasValueSatisfying(e -> assertThat(e).contains(reason)));
    }
}
