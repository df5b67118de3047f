package org.rep4j.cli;

import java.nio.file.Path;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.deploy.NetFiles;

/** Nets of Deeplearning4j for tests. */
final class NetModels {
    static final int CLASSES = 5;

    private NetModels() {}

    /** Two RepVGG blocks and a classifier, for images of any size with their channels first; parameters as after training. */
    static ComputationGraph blocks() {
        ComputationGraph net = fresh();
        shake(net);
        return net;
    }

    /** The same net before it is trained. */
    static ComputationGraph fresh() {
        return graph(
                CNN2DFormat.NCHW,
                new RepVggBlock.Builder().nOut(6).stride(2, 2).build(),
                new RepVggBlock.Builder().nOut(6).groups(2).build());
    }

    /** Blocks with groups whose images have their channels last: no layer of Deeplearning4j does that. */
    static ComputationGraph groupsWithChannelsLast() {
        ComputationGraph net = graph(
                CNN2DFormat.NHWC,
                new RepVggBlock.Builder().nOut(6).build(),
                new RepVggBlock.Builder().nOut(6).groups(2).build());
        shake(net);
        return net;
    }

    static ComputationGraph graph(CNN2DFormat format, Layer first, Layer second) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(5)
                .graphBuilder()
                .addInputs("image")
                .addLayer("first", first, "image")
                .addLayer("second", second, "first")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "second")
                .addLayer("out", classifier(), "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(12, 10, 3, format));
        ComputationGraph net = new ComputationGraph(builder.build());
        net.init();
        return net;
    }

    private static OutputLayer classifier() {
        return new OutputLayer.Builder()
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** A net of Deeplearning4j's own layers that takes images of 20 × 16 only, in a file with the state of its updater. */
    static MultiLayerNetwork layersInARow() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(6)
                .updater(new Adam())
                .list()
                .layer(new ConvolutionLayer.Builder(5, 3)
                        .nOut(4)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new BatchNormalization.Builder()
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new SubsamplingLayer.Builder(new int[] {2, 2}, new int[] {2, 2}).build())
                .layer(new DenseLayer.Builder()
                        .nOut(7)
                        .activation(Activation.RELU)
                        .build())
                .layer(classifier())
                .setInputType(InputType.convolutional(20, 16, 1))
                .build());
        net.init();
        return net;
    }

    /** Gives all parameters other numbers, as training would; variances stay positive. */
    private static void shake(ComputationGraph net) {
        Random random = new Random(17);
        net.paramTable().forEach((name, array) -> {
            boolean isVariance = name.endsWith("Var");
            for (long i = 0; i < array.length(); i++) {
                double sign = random.nextInt(4) > 0 ? 1 : -1;
                double value = sign * array.getDouble(i) + 0.2 * random.nextGaussian();
                array.putScalar(i, isVariance ? 0.2 + random.nextDouble() : value);
            }
        });
    }

    static Path save(ComputationGraph net, Path file) {
        NetFiles.save(net, file);
        return file;
    }
}
