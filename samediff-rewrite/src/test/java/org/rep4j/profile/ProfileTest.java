package org.rep4j.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;
import org.rep4j.testing.GraphFixtures;

/** All numbers are computed by hand. */
class ProfileTest {
    private static final ConvGeometry THREE_BY_THREE_STRIDE_2 =
            ConvGeometry.of(new ConvAxis(3, 2, 1, 1, 1), new ConvAxis(3, 2, 1, 1, 1));

    @Test
    void groupedConvolution() {
        Value x = value("x", 1, 8, 10, 6);
        Value y = value("y", 1, 12, 5, 3);
        Node conv = new Convolution(
                info("Conv"),
                x,
                y,
                kernel(new KernelShape(12, 4, 2, List.of(3, 3)), null),
                THREE_BY_THREE_STRIDE_2,
                Layout.CHANNELS_FIRST);

        assertThat(cost(x, conv))
                .isEqualTo(new Cost(1, 12 * 4 * 9, 12L * 4 * 9 * 15, 8L * 60 + 12 * 4 * 9 + 12 + 12 * 15));
    }

    @Test
    void depthwiseConvolutionWithBiasAndBatch() {
        Value x = value("x", 3, 8, 4, 4);
        Value y = value("y", 3, 8, 4, 4);
        ConvGeometry geometry = ConvGeometry.of(new ConvAxis(3, 1, 1, 1, 1), new ConvAxis(3, 1, 1, 1, 1));
        Node conv = new Convolution(
                info("Conv"),
                x,
                y,
                kernel(new KernelShape(8, 1, 8, List.of(3, 3)), tensor(8)),
                geometry,
                Layout.CHANNELS_FIRST);

        assertThat(cost(x, conv)).isEqualTo(new Cost(1, 72 + 8, 72L * 16 * 3, 3L * 8 * 16 * 2 + 72 + 8));
    }

    @Test
    void transposedConvolutionCountsInputPositions() {
        Value x = value("x", 1, 4, 5, 5);
        Value y = value("y", 1, 6, 10, 10);
        Node conv = new TransposedConvolution(
                info("ConvTranspose"),
                x,
                y,
                kernel(new KernelShape(6, 4, 1, List.of(3, 3)), null),
                THREE_BY_THREE_STRIDE_2,
                List.of(1, 1),
                Layout.CHANNELS_FIRST);

        assertThat(cost(x, conv)).isEqualTo(new Cost(1, 216, 216L * 25, 4L * 25 + 216 + 6 + 6 * 100));
    }

    @Test
    void linearLayerCountsRows() {
        Value x = value("x", 2, 7, 10);
        Value y = value("y", 2, 7, 3);
        Node linear = new Linear(info("Gemm"), x, y, kernel(new KernelShape(3, 10, 1, List.of()), tensor(3)));

        assertThat(cost(x, linear)).isEqualTo(new Cost(1, 33, 30L * 14, 140L + 30 + 3 + 42));
    }

    @Test
    void batchNormCountsGammaAndBetaButNotItsStatistics() {
        Value x = value("x", 1, 4, 3, 3);
        Value y = value("y", 1, 4, 3, 3);
        BatchNormStatistics statistics =
                new BatchNormStatistics(new double[4], new double[4], new double[4], new double[4], 1e-5);
        Node norm = new BatchNormalization(info("BatchNormalization"), x, y, statistics, 1);

        assertThat(cost(x, norm)).isEqualTo(new Cost(1, 8, 0L, 36L + 36 + 8));
    }

    @Test
    void scalesAndShiftsAreParametersUnlessTheyAreScalars() {
        Value x = value("x", 1, 4, 3, 3);
        Value y = value("y", 1, 4, 3, 3);
        Node scale = new ChannelScale(info("Mul"), x, y, new ChannelConstant(new double[4], 1, 4));
        Node shift = new ChannelShift(info("Add"), x, y, new ChannelConstant(new double[1], 0, 0));

        assertThat(cost(x, scale)).isEqualTo(new Cost(1, 4, 0L, 36L + 36 + 4));
        assertThat(cost(x, shift)).isEqualTo(new Cost(1, 0, 0L, 36L + 36 + 1));
    }

    @Test
    void sumsReadAllTheirOperands() {
        Value x = value("x", 1, 4, 3, 3);
        Node sum = Sum.of(info("Add"), List.of(x, x, x), value("y", 1, 4, 3, 3));

        assertThat(cost(x, sum)).isEqualTo(new Cost(1, 0, 0L, 4L * 36));
    }

    @Test
    void opaqueOpsHaveTheFloatConstantsTheyRead() {
        Value x = value("x", 1, 5);
        Value floats = Value.constant("floats", tensor(5));
        Value scalar = Value.constant("scalar", zeros(ElementType.FLOAT32, Shape.of()));
        Value integers = Value.constant("integers", zeros(ElementType.OTHER, Shape.of(5)));
        Node opaque = new Opaque(
                info("PRelu"), List.of(x, floats, scalar, integers), List.of(), List.of(value("y", 1, 5)), null);

        assertThat(cost(x, opaque)).isEqualTo(new Cost(1, 5, 0L, 5L + 5 + 1 + 5 + 5));
    }

    @Test
    void sharedWeightsCountOnce() {
        Value x = value("x", 1, 4);
        TensorData weights = tensor(4, 4);
        KernelShape shape = new KernelShape(4, 4, 1, List.of());
        Value middle = value("middle", 1, 4);
        Value y = value("y", 1, 4);
        ConvGraph graph = ConvGraph.builder("shared")
                .input(x)
                .node(new Linear(
                        NodeInfo.made("first", "Gemm"),
                        x,
                        middle,
                        new StoredKernel(shape, weights, KernelLayout.OIK, null)))
                .node(new Linear(
                        NodeInfo.made("second", "Gemm"),
                        middle,
                        y,
                        new StoredKernel(shape, weights, KernelLayout.OIK, null)))
                .output(y)
                .build();

        Profile profile = Profile.of(graph, Map.of());

        assertThat(profile.total().parameters()).isEqualTo(16);
        assertThat(profile.total().multiplyAdds()).isEqualTo(32);
        assertThat(profile.ops().keySet()).containsExactly("Gemm");
        assertThat(Objects.requireNonNull(profile.ops().get("Gemm")).count()).isEqualTo(2);
    }

    @Test
    void unknownShapesComeFromTheRunOrStayUnknown() {
        Value x = Value.of("x", Shape.of(-1, 10), ElementType.FLOAT32);
        Value y = Value.of("y", Shape.of(-1, 3), ElementType.FLOAT32);
        ConvGraph graph = ConvGraph.builder("dynamic")
                .input(x)
                .node(new Linear(info("Gemm"), x, y, kernel(new KernelShape(3, 10, 1, List.of()), null)))
                .output(y)
                .build();

        Profile known = Profile.of(graph, Map.of("x", Shape.of(5, 10), "y", Shape.of(5, 3)));
        Profile unknown = Profile.of(graph, Map.of());

        assertThat(known.total().multiplyAdds()).isEqualTo(150);
        assertThat(unknown.total()).isEqualTo(new Cost(1, 30, null, null));
    }

    private static Cost cost(Value x, Node node) {
        ConvGraph graph = ConvGraph.builder("one op")
                .input(x)
                .node(node)
                .output(node.outputs().get(0))
                .build();
        Profile profile = Profile.of(graph, Map.of());
        assertThat(profile.ops()).containsOnlyKeys(node.info().op()).containsValue(profile.total());
        return profile.total();
    }

    private static NodeInfo info(String op) {
        return NodeInfo.made("node", op);
    }

    private static Value value(String name, long... dims) {
        return Value.of(name, Shape.of(dims), ElementType.FLOAT32);
    }

    private static StoredKernel kernel(KernelShape shape, @Nullable TensorData bias) {
        return new StoredKernel(shape, tensor(shape.weights()), KernelLayout.OIK, bias);
    }

    private static TensorData tensor(long... dims) {
        return zeros(ElementType.FLOAT32, Shape.of(dims));
    }

    private static TensorData zeros(ElementType type, Shape shape) {
        return GraphFixtures.tensor(type, shape, new double[Math.toIntExact(shape.elements())]);
    }
}
