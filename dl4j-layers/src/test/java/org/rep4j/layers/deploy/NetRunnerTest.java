package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.layers.DiverseBranchBlock;
import org.rep4j.layers.MobileOneBlock;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.TestNets;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.InputSpec;
import org.rep4j.verify.NotEquivalentException;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;
import org.rep4j.verify.VerificationException;
import org.rep4j.verify.VerifiedPass;

class NetRunnerTest {
    private static final long[] IMAGE = {3, 9, 8};

    private static ComputationGraph net(DataType type, CNN2DFormat format) {
        return TestNets.net(
                        type,
                        format,
                        IMAGE,
                        new RepVggBlock.Builder()
                                .nOut(4)
                                .stride(2)
                                .squeezeExcitation(2)
                                .build(),
                        new DiverseBranchBlock.Builder().nOut(5).build(),
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(6)
                                .activation(Activation.TANH)
                                .build())
                .toComputationGraph();
    }

    private static Map<String, Tensor> feeds(TensorType type, long... shape) {
        Random random = new Random(3);
        Shape sizes = Shape.of(shape);
        double[] numbers = random.doubles(sizes.elements()).toArray();
        return Map.of("in", Tensor.ofReals(type, sizes, numbers));
    }

    private static INDArray array(Tensor tensor) {
        return Nd4j.createFromArray(tensor.reals());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void computesWhatTheNetDoes(DataType type) {
        ComputationGraph net = net(type, CNN2DFormat.NCHW);
        TensorType own = type == DataType.FLOAT ? TensorType.FLOAT32 : TensorType.FLOAT64;
        Map<String, Tensor> feeds = feeds(own, 2, 3, 9, 8);
        Tensor image = Objects.requireNonNull(feeds.get("in"));
        INDArray images = Nd4j.createFromArray(image.reals()).castTo(type).reshape(2, 3, 9, 8);

        try (NetRunner runner = NetRunner.of(net, List.of("3", "0"))) {
            Map<String, Tensor> outputs = runner.run(feeds);

            assertThat(runner.inputs()).containsExactly(InputSpec.of("in", own, Shape.of(-1, 3, -1, -1)));
            assertThat(outputs.keySet()).containsExactly("3", "0");
            INDArray expected = net.outputSingle(images).castTo(DataType.DOUBLE).ravel();
            assertThat(array(Objects.requireNonNull(outputs.get("3")))).isEqualTo(expected);
            assertThat(Objects.requireNonNull(outputs.get("0")).shape()).isEqualTo(Shape.of(2, 4, 5, 4));
        }
    }

    @Test
    void givesWhatIsBeforeTheLastActivation() {
        ComputationGraph net = net(DataType.DOUBLE, CNN2DFormat.NCHW);
        INDArray before = net.params().dup();
        Map<String, Tensor> outputs =
                NetRunner.of(net, List.of("3", "3/linear")).run(feeds(TensorType.FLOAT64, 2, 3, 9, 8));

        INDArray logits = array(Objects.requireNonNull(outputs.get("3/linear"))).reshape(2, TestNets.CLASSES);
        INDArray softmax = Transforms.softmax(logits, true);
        INDArray output = array(Objects.requireNonNull(outputs.get("3"))).reshape(2, TestNets.CLASSES);
        assertThat(softmax.sub(output).amaxNumber().doubleValue()).isCloseTo(0, within(1e-12));
        assertThat(logits.sub(output).amaxNumber().doubleValue()).isGreaterThan(0.1);
        assertThat(net.params()).isEqualTo(before);
    }

    /** What a conversion shows, in which each of these is a variable: the shapes within blocks follow from those around them. */
    @ParameterizedTest
    @EnumSource
    void tellsTheShapesWithinBlocks(CNN2DFormat format) {
        ComputationGraph net = net(DataType.FLOAT, format);
        ConvGraph graph = new ComputationGraphAdapter().lift(net).graph();
        List<String> names = new ArrayList<>();
        graph.nodes().forEach(n -> n.outputs().stream().map(Value::name).forEach(names::add));
        Map<String, Tensor> feeds = format == CNN2DFormat.NCHW
                ? feeds(TensorType.FLOAT32, 2, 3, 9, 8)
                : feeds(TensorType.FLOAT32, 2, 9, 8, 3);

        Map<String, Shape> shapes = NetRunner.of(net, names).outputShapes(feeds);

        assertThat(shapes.keySet()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(shapes)
                .containsEntry("0/pointwise/0", image(format, 4, 5, 4))
                .containsEntry("0/excited", image(format, 4, 5, 4))
                .containsEntry("1/chain/0", image(format, 4, 5, 4))
                .containsEntry("1/chain/1", image(format, 4, 7, 6))
                .containsEntry("1/chain", image(format, 5, 5, 4))
                .containsEntry("2/linear", image(format, 6, 4, 3))
                .containsEntry("3", Shape.of(2, TestNets.CLASSES));
    }

    private static Shape image(CNN2DFormat format, long channels, long height, long width) {
        return format == CNN2DFormat.NCHW ? Shape.of(2, channels, height, width) : Shape.of(2, height, width, channels);
    }

    @Test
    void whatTheNetDoesNotTakeIsToldInOneLine() {
        NetRunner runner = NetRunner.of(net(DataType.FLOAT, CNN2DFormat.NCHW));

        assertThatThrownBy(() -> runner.run(feeds(TensorType.FLOAT32, 1, 3, 20, 20)))
                .isInstanceOf(VerificationException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1).isNotBlank());
    }

    @Test
    void passesAreVerifiedInDeeplearning4j() {
        ComputationGraph net = TestNets.net(
                        DataType.FLOAT,
                        CNN2DFormat.NCHW,
                        IMAGE,
                        new MobileOneBlock.Builder().nOut(4).branches(2).build())
                .toComputationGraph();
        EquivalenceCheck check = EquivalenceCheck.standard().withInputShapes(InputSizes.of(net));
        ComputationGraphAdapter adapter = new ComputationGraphAdapter();

        RepResult<ComputationGraph> result =
                VerifiedPass.of(RepPass.standard(), check).apply(net, adapter, NetRunner::of);

        assertThat(result.graph().getLayer("0").conf().getLayer()).isInstanceOf(ConvolutionLayer.class);
        assertThatThrownBy(() -> VerifiedPass.of(RepPass.standard(), check.withTolerance(0))
                        .apply(net, adapter, NetRunner::of))
                .isInstanceOf(NotEquivalentException.class);
    }
}
