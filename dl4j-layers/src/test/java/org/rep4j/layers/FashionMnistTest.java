package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.deploy.GraphDeployer;

/** A net is built, trained and deployed as a user would do it, on real images. */
class FashionMnistTest {
    private static final int TRAINED_ON = 6_000;
    private static final int BATCH = 64;
    private static final int AT_ONCE = 1_000;

    @Test
    void trainedNetPredictsTheSameWhenDeployed() throws IOException {
        ComputationGraph net = new ComputationGraph(configuration());
        net.init();
        net.fit(new ListDataSetIterator<>(FashionMnist.train(TRAINED_ON).asList(), BATCH));
        ComputationGraph deployed = GraphDeployer.deploy(net);

        DataSet test = FashionMnist.test();
        int right = 0;
        for (int begin = 0; begin < test.numExamples(); begin += AT_ONCE) {
            DataSet part = (DataSet) test.getRange(begin, begin + AT_ONCE);
            INDArray trained = net.outputSingle(part.getFeatures());
            INDArray plain = deployed.outputSingle(part.getFeatures());
            assertThat(plain.sub(trained).amaxNumber().doubleValue()).isLessThan(1e-4);
            INDArray classes = Nd4j.argMax(plain, 1);
            assertThat(classes).as("classes of images from %d", begin).isEqualTo(Nd4j.argMax(trained, 1));
            right += classes.eq(Nd4j.argMax(part.getLabels(), 1))
                    .castTo(plain.dataType())
                    .sumNumber()
                    .intValue();
        }
        assertThat(right).as("images that it tells right").isGreaterThan(6_500);
        assertThat(deployed.getLayers()).hasSize(6);
    }

    private static ComputationGraphConfiguration configuration() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.005))
                .l2(1e-4)
                .graphBuilder()
                .addInputs("image")
                .addLayer(
                        "stage1_0",
                        new RepVggBlock.Builder().nOut(16).stride(2, 2).build(),
                        "image")
                .addLayer("stage1_1", new RepVggBlock.Builder().nOut(16).build(), "stage1_0")
                .addLayer(
                        "stage2_0",
                        new RepVggBlock.Builder().nOut(32).stride(2, 2).build(),
                        "stage1_1")
                .addLayer("stage2_1", new RepVggBlock.Builder().nOut(32).build(), "stage2_0")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "stage2_1")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(FashionMnist.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(FashionMnist.SIDE, FashionMnist.SIDE, 1))
                .build();
    }
}
