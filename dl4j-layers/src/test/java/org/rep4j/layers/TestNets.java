package org.rep4j.layers;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.block.Parameter;
import org.rep4j.layers.block.Parameter.Role;

/** Small nets of blocks, with parameters as training leaves them. */
public final class TestNets {
    public static final int CLASSES = 3;

    private TestNets() {}

    /** A net of these layers and a classifier; parameters are random. */
    public static MultiLayerNetwork net(DataType type, CNN2DFormat format, long[] image, Layer... layers) {
        return net(new NeuralNetConfiguration.Builder().updater(new NoOp()), type, format, image, layers);
    }

    public static MultiLayerNetwork net(
            NeuralNetConfiguration.Builder settings, DataType type, CNN2DFormat format, long[] image, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                settings.seed(7).dataType(type).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        list.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build());
        list.setInputType(InputType.convolutional(image[1], image[2], image[0], format));
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        shake(net);
        return net;
    }

    /** Gives parameters numbers of both signs, and variances other than 1. */
    public static void shake(MultiLayerNetwork net) {
        shake(net.getLayers());
    }

    /** Gives parameters numbers of both signs, and variances other than 1. */
    static void shake(ComputationGraph net) {
        shake(net.getLayers());
    }

    private static void shake(org.deeplearning4j.nn.api.Layer... layers) {
        Random random = new Random(11);
        for (org.deeplearning4j.nn.api.Layer layer : layers) {
            if (layer.conf().getLayer() instanceof RepBlock block) {
                for (Parameter parameter : block.blueprint().parameters()) {
                    if (parameter.role() != Role.WEIGHT) {
                        shake(layer.paramTable(), parameter, random);
                    }
                }
            }
        }
    }

    private static void shake(Map<String, INDArray> table, Parameter parameter, Random random) {
        INDArray array = Objects.requireNonNull(table.get(parameter.name()));
        for (long i = 0; i < array.length(); i++) {
            double sign = parameter.initial() == 0 || random.nextInt(4) > 0 ? 1 : -1;
            double value = parameter.initial() + 0.3 * random.nextGaussian();
            boolean isVariance = parameter.role() == Role.STATISTIC && parameter.initial() == 1;
            array.putScalar(i, isVariance ? 0.2 + random.nextDouble() : sign * value);
        }
    }

    /** The names, as the net has them, of what has no gradient. */
    public static Set<String> statistics(MultiLayerNetwork net) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < net.getnLayers(); i++) {
            if (net.getLayer(i).conf().getLayer() instanceof RepBlock block) {
                for (Parameter parameter : block.blueprint().parameters()) {
                    if (parameter.role() == Role.STATISTIC) {
                        names.add(i + "_" + parameter.name());
                    }
                }
            }
        }
        return names;
    }

    /** Random images. */
    public static INDArray images(DataType type, CNN2DFormat format, int batch, long[] image) {
        Nd4j.getRandom().setSeed(5);
        INDArray images = Nd4j.randn(type, batch, image[0], image[1], image[2]);
        return format == CNN2DFormat.NCHW ? images : images.permute(0, 2, 3, 1).dup('c');
    }

    /** A class for each image. */
    public static INDArray labels(DataType type, int batch) {
        INDArray labels = Nd4j.zeros(type, batch, CLASSES);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }
}
