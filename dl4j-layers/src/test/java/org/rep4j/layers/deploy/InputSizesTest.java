package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.layers.RepVggBlock;

class InputSizesTest {
    private static ComputationGraph net(InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        list.layer(new OutputLayer.Builder().nOut(3).build()).setInputType(input);
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net.toComputationGraph();
    }

    /** Images of the size that is found run through the net. */
    @ParameterizedTest
    @CsvSource({"28, 28, 28, 28", "224, 224, 224, 224", "65, 40, 64, 40", "20, 33, 20, 32", "500, 8, 500, 8"})
    void sizesThatTheVectorsDemand(long height, long width, long foundHeight, long foundWidth) {
        ComputationGraph net = net(
                InputType.convolutional(height, width, 3),
                new RepVggBlock.Builder().nOut(4).build(),
                new SubsamplingLayer.Builder(new int[] {2, 2}, new int[] {2, 2}).build(),
                new ConvolutionLayer.Builder(3, 3).nOut(2).build());

        assertThat(InputSizes.of(net)).containsExactly(Map.entry("in", Shape.of(-1, 3, foundHeight, foundWidth)));
        assertThat(net.outputSingle(Nd4j.zeros(DataType.FLOAT, 1, 3, foundHeight, foundWidth))
                        .shape())
                .containsExactly(1, 3);
    }

    /** Channels are those that the first convolution reads. */
    @Test
    void bordersAndPoolsMayComeFirst() {
        ComputationGraph net = net(
                InputType.convolutional(18, 14, 3),
                new ZeroPaddingLayer(1, 2),
                new SubsamplingLayer.Builder(new int[] {2, 2}, new int[] {2, 2}).build(),
                new ConvolutionLayer.Builder(3, 3).nOut(2).build());

        assertThat(InputSizes.of(net)).containsExactly(Map.entry("in", Shape.of(-1, 3, 18, 14)));
    }

    @Test
    void channelsMayBeLast() {
        ComputationGraph net = net(
                InputType.convolutional(18, 12, 3, CNN2DFormat.NHWC),
                new RepVggBlock.Builder().nOut(4).stride(3, 3).build());

        assertThat(InputSizes.of(net)).containsExactly(Map.entry("in", Shape.of(-1, 16, 12, 3)));
    }

    @Test
    void netsThatTakeImagesOfAnySizeDemandNone() {
        ComputationGraph net = net(
                InputType.convolutional(18, 12, 3),
                new RepVggBlock.Builder().nOut(4).build(),
                new GlobalPoolingLayer());

        assertThat(InputSizes.of(net)).isEmpty();
    }

    @Test
    void netsOfVectorsDemandNone() {
        assertThat(InputSizes.of(net(InputType.feedForward(5)))).isEmpty();
        assertThat(InputSizes.of(net(
                        InputType.convolutionalFlat(8, 8, 1),
                        new ConvolutionLayer.Builder(3, 3).nOut(2).build())))
                .isEmpty();
    }

    @Test
    void theNetStaysAsItIs() {
        ComputationGraph net = net(
                InputType.convolutional(9, 9, 3),
                new ConvolutionLayer.Builder(3, 3).nOut(2).build());
        String before = net.getConfiguration().toJson();

        InputSizes.of(net);

        assertThat(net.getConfiguration().toJson()).isEqualTo(before);
    }
}
