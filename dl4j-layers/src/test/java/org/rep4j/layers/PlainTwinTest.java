package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A block trains as the same net of Deeplearning4j's own vertices does: parameters, running averages, outputs. */
class PlainTwinTest {
    private static final long[] IMAGE = {4, 7, 6};
    private static final int STEPS = 4;

    static Stream<Named<? extends RepBlock.Builder<?>>> blocks() {
        return TestBlocks.all()
                .filter(named -> PlainTwin.exists(
                        named.getPayload().nIn(4).<RepBlock>build().blueprint()));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void blocksTrainLikePlainVertices(RepBlock.Builder<?> configured) {
        RepBlock block = configured.build();
        ComputationGraph net = net(builder().addLayer("block", block, "image"));
        GraphBuilder plain = builder();
        PlainTwin plan = new PlainTwin(plain, "block");
        plan.add(block, "image");
        ComputationGraph twin = net(plain);
        TestNets.shake(net);
        plan.copy(net, twin);
        twin.getLayer("out").params().assign(net.getLayer("out").params());

        DataSet data = new DataSet(
                TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 4, IMAGE), TestNets.labels(DataType.DOUBLE, 4));
        for (int step = 0; step < STEPS; step++) {
            assertClose(net.outputSingle(data.getFeatures()), twin.outputSingle(data.getFeatures()), "outputs");
            net.fit(data);
            twin.fit(data);
            assertThat(net.score()).isCloseTo(twin.score(), offset(1e-10));
        }
        plan.arrays(net, twin).forEach((name, arrays) -> assertClose(arrays[0], arrays[1], name));
        assertClose(net.getLayer("out").params(), twin.getLayer("out").params(), "classifier");
    }

    private static GraphBuilder builder() {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Nesterovs(0.02, 0.9))
                .l2(0.01)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0]));
    }

    private static ComputationGraph net(GraphBuilder builder) {
        builder.addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(TestNets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "block")
                .setOutputs("out");
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        return net;
    }

    private static void assertClose(INDArray actual, INDArray expected, String what) {
        double scale = Math.max(1, expected.amaxNumber().doubleValue());
        assertThat(actual.sub(expected).amaxNumber().doubleValue() / scale)
                .as("difference of %s", what)
                .isLessThan(1e-9);
    }
}
