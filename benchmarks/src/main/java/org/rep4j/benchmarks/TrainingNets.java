package org.rep4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.deploy.SameDiffExporter;

/** Five RepVGG blocks and a classifier, for images of 32×32: of Rep4J's layers, and of Deeplearning4j's own. */
final class TrainingNets {
    static final int BATCH = 32;

    static final int SIDE = 32;
    static final int CLASSES = 10;
    static final int[] WIDTHS = {32, 32, 64, 64, 64};
    static final int[] STRIDES = {1, 1, 2, 1, 1};

    /** What all nets call their output. */
    static final String OUTPUT = "out";

    private TrainingNets() {}

    static ComputationGraph ofBlocks() {
        GraphBuilder builder = builder();
        String last = "image";
        for (int i = 0; i < WIDTHS.length; i++) {
            builder.addLayer(
                    "block" + i,
                    new RepVggBlock.Builder()
                            .nOut(WIDTHS[i])
                            .stride(STRIDES[i], STRIDES[i])
                            .build(),
                    last);
            last = "block" + i;
        }
        return classifier(builder, last);
    }

    static ComputationGraph ofPlainLayers() {
        GraphBuilder builder = builder();
        String last = "image";
        for (int i = 0; i < WIDTHS.length; i++) {
            List<String> branches = new ArrayList<>();
            for (int kernel : new int[] {3, 1}) {
                String name = "conv" + kernel + "x" + kernel + "of" + i;
                builder.addLayer(name, convolution(i, kernel), last);
                builder.addLayer(name + "norm", new BatchNormalization(), name);
                branches.add(name + "norm");
            }
            if (i > 0 && STRIDES[i] == 1 && WIDTHS[i] == WIDTHS[i - 1]) {
                builder.addLayer("identity" + i, new BatchNormalization(), last);
                branches.add("identity" + i);
            }
            builder.addVertex(
                    "sum" + i, new ElementWiseVertex(ElementWiseVertex.Op.Add), branches.toArray(String[]::new));
            builder.addLayer("block" + i, new ActivationLayer(Activation.RELU), "sum" + i);
            last = "block" + i;
        }
        return classifier(builder, last);
    }

    private static ConvolutionLayer convolution(int block, int kernel) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(WIDTHS[block])
                .stride(STRIDES[block], STRIDES[block])
                .padding(kernel / 2, kernel / 2)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static GraphBuilder builder() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Nesterovs(0.01, 0.9))
                .graphBuilder()
                .addInputs("image");
    }

    private static ComputationGraph classifier(GraphBuilder builder, String last) {
        builder.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last)
                .addLayer(
                        OUTPUT,
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs(OUTPUT)
                .setInputTypes(image());
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        return net;
    }

    private static InputType image() {
        return InputType.convolutional(SIDE, SIDE, 3);
    }

    /** A net as a SameDiff graph. */
    static SameDiff exported(ComputationGraph net) {
        return SameDiffExporter.export(net, image());
    }

    static DataSet data() {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return new DataSet(Nd4j.randn(DataType.FLOAT, BATCH, 3, SIDE, SIDE), labels);
    }
}
