package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.ConvSpec.conv;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Opaque;
import org.rep4j.testing.ConvSpec;
import org.rep4j.testing.GraphFixtures;
import org.rep4j.testing.ReferenceInterpreter;
import org.rep4j.testing.Tensor;

/** Convolutions of floats whose taps lie apart, for which SameDiff's own op throws. */
class SparseTapsTest {
    private static final long SEED = 20260107;

    static Stream<Arguments> convolutions() {
        int[] line = {2, 4, 17};
        int[] image = {2, 4, 11, 12};
        int[] volume = {1, 2, 7, 8, 6};
        return Stream.of(
                Arguments.of("deconv2d", conv(3, 3, 2).dilation(2, 3).padded(2, 1), image),
                Arguments.of("deconv2d", conv(3, 3, 3).dilation(3, 1).noBias(), image),
                Arguments.of(
                        "split deconv2d deconv2d concat",
                        conv(6, 3, 3).groups(2).dilation(2, 2),
                        image),
                Arguments.of(
                        "depthwise_conv2d",
                        conv(8, 3, 3).groups(4).dilation(2, 2).padded(2, 2),
                        image),
                Arguments.of("conv2d", conv(3, 3, 3).dilation(2, 2).stride(2, 1).padded(1, 2), image),
                Arguments.of("conv2d", conv(3, 2, 2).dilation(2, 2).padded(3, 0), image),
                Arguments.of("pad conv2d", conv(3, 3, 3).dilation(2, 1).paddedAsymmetrically(2, 1, 1, 1), image),
                Arguments.of("conv1d", conv(3, 3).dilation(4).padded(4), line),
                Arguments.of("deconv3d", conv(3, 2, 3, 1).dilation(2, 2, 1).padded(1, 2, 0), volume));
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("convolutions")
    void runsAndIsReadBack(String ops, ConvSpec conv, int[] dims) {
        SameDiff written = check(conv, dims);

        assertThat(String.join(" ", Deployment.kinds(written))).isEqualTo(ops);
        ConvGraph lifted = new SameDiffAdapter(List.of("y")).lift(written).graph();
        assertThat(lifted.topologicalOrder())
                .filteredOn(Opaque.class::isInstance)
                .allMatch(node -> node.info().op().equals("split"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void channelsLast(int groups) {
        check(conv(4, 3, 3).groups(groups).dilation(2, 2).nhwc(), new int[] {2, 9, 8, 4});
    }

    private static SameDiff check(ConvSpec conv, int[] dims) {
        long[] declared = Arrays.stream(dims).asLongStream().toArray();
        ConvGraph graph = GraphFixtures.graph(SEED, g -> {
            g.type(ElementType.FLOAT32);
            g.output(g.conv("y", g.input("x", declared), conv));
        });
        SameDiff empty = SameDiff.create();
        empty.identity("y", empty.placeHolder("x", DataType.FLOAT, declared));

        SameDiff written = new SameDiffAdapter(List.of("y")).lift(empty).lower(graph);

        Tensor fed = Tensor.random(new Random(SEED), dims);
        INDArray array = Tensors.array(fed).castTo(DataType.FLOAT);
        INDArray y = written.outputSingle(Map.of("x", array), "y");
        Tensor expected = Objects.requireNonNull(
                ReferenceInterpreter.run(graph, Map.of("x", fed)).get("y"));
        Tensors.of(y).assertCloseTo(expected, 1e-5, "y");
        assertThat(Deployment.reloaded(written).outputSingle(Map.of("x", array), "y"))
                .isEqualTo(y);
        return written;
    }

    /** A strided pointwise convolution, then one of 3×3 taps: one convolution whose taps lie a stride apart. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aMergeThatSpreadsTapsRuns(int stride) {
        Net net = new Net(stride, DataType.FLOAT).frozen();
        SDVariable x = net.input("x", 2, 2, 13, 14);
        SDVariable thin = net.convBn("thin", x, 2, 4, 1, stride);
        net.sd.cnn.conv2d("y", thin, net.parameter(3, 3, 4, 3), Net.conv(3, 3).build());

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("conv2d");
    }

    /** What was written for a convolution is still one that BatchNorms go into. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatWasWrittenFolds(int groups) {
        SameDiff written = check(conv(4, 3, 3).groups(groups).dilation(2, 2).padded(2, 2), new int[] {2, 4, 7, 6});
        Net net = new Net(5, DataType.FLOAT);
        SDVariable norm = written.nn.batchNorm(
                "z",
                written.getVariable("y"),
                written.constant("mean", net.array(-1, 1, 4)),
                written.constant("variance", net.array(0.5, 2, 4)),
                written.constant("gamma", net.array(-1, 1, 4)),
                written.constant("beta", net.array(-1, 1, 4)),
                1e-3,
                1);

        Deployment deployed = Deployment.of(written, Map.of("x", net.array(-1, 1, 2, 4, 7, 6)), norm.name());

        assertThat(deployed.ops()).doesNotContain("batchnorm");
    }
}
