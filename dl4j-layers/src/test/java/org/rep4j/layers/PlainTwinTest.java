package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A block trains as the same net of Deeplearning4j's own vertices does: parameters, running averages, outputs. */
class PlainTwinTest {
    private static final long[] IMAGE = {4, 7, 6};
    private static final int STEPS = 5;

    @Test
    void repVggBlockTrainsLikePlainVertices() {
        ComputationGraph block = net(
                builder().addLayer("block", new RepVggBlock.Builder().nOut(4).build(), "image"));
        ComputationGraph plain = net(builder()
                .addLayer("dense", convolution(3), "image")
                .addLayer("denseNorm", norm(), "dense")
                .addLayer("pointwise", convolution(1), "image")
                .addLayer("pointwiseNorm", norm(), "pointwise")
                .addLayer("identityNorm", norm(), "image")
                .addVertex(
                        "sum",
                        new ElementWiseVertex(ElementWiseVertex.Op.Add),
                        "denseNorm",
                        "pointwiseNorm",
                        "identityNorm")
                .addLayer("block", new ActivationLayer(Activation.RELU), "sum"));
        copy(block, plain);

        DataSet data = new DataSet(
                TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 4, IMAGE), TestNets.labels(DataType.DOUBLE, 4));
        for (int step = 0; step < STEPS; step++) {
            assertClose(block.outputSingle(data.getFeatures()), plain.outputSingle(data.getFeatures()), "outputs");
            block.fit(data);
            plain.fit(data);
            assertThat(block.score()).isCloseTo(plain.score(), offset(1e-12));
        }
        twins(block, plain).forEach((name, arrays) -> assertClose(arrays[0], arrays[1], name));
    }

    private static GraphBuilder builder() {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Nesterovs(0.05, 0.9))
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

    private static ConvolutionLayer convolution(int kernel) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(4)
                .padding(kernel / 2, kernel / 2)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static BatchNormalization norm() {
        return new BatchNormalization.Builder().useLogStd(false).build();
    }

    private static void copy(ComputationGraph block, ComputationGraph plain) {
        twins(block, plain).values().forEach(arrays -> arrays[1].assign(arrays[0]));
    }

    /** Parameters of the block, as the plain layers have them, and those. */
    private static Map<String, INDArray[]> twins(ComputationGraph block, ComputationGraph plain) {
        Map<String, INDArray> own = block.getLayer("block").paramTable();
        Map<String, INDArray[]> twins = new LinkedHashMap<>();
        for (String branch : new String[] {"dense", "pointwise", "identity"}) {
            if (own.containsKey(branch + "W")) {
                INDArray kernel = Objects.requireNonNull(own.get(branch + "W")).permute(3, 2, 0, 1);
                twins.put(branch + "W", new INDArray[] {kernel, plain.getParam(branch + "_W")});
            }
            Map.of("Gamma", "gamma", "Beta", "beta", "Mean", "mean", "Var", "var")
                    .forEach((mine, theirs) -> twins.put(branch + mine, new INDArray[] {
                        Objects.requireNonNull(own.get(branch + mine)), plain.getParam(branch + "Norm_" + theirs)
                    }));
        }
        twins.put("out", new INDArray[] {
            block.getLayer("out").params(), plain.getLayer("out").params()
        });
        return twins;
    }

    private static void assertClose(INDArray actual, INDArray expected, String what) {
        double difference =
                actual.sub(expected.reshape(actual.shape())).amaxNumber().doubleValue();
        assertThat(difference).as("difference of %s", what).isLessThan(1e-11);
    }
}
