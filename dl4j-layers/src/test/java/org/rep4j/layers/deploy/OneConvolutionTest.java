package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.SqueezeExcitation;
import org.rep4j.layers.TestBlocks;
import org.rep4j.layers.TestNets;
import org.rep4j.layers.block.ConvolutionStep;

/** Whatever a block is made of, a deployed net has one convolution in its place. */
class OneConvolutionTest {
    private static final long[] IMAGE = {4, 9, 8};

    static Stream<Named<? extends RepBlock.Builder<?>>> blocks() {
        return TestBlocks.all()
                .filter(named -> !isStridedSame(named.getPayload().nIn(4).build()));
    }

    /** Where the taps of such kernels lie depends on the size of the image. */
    private static boolean isStridedSame(RepBlock block) {
        return block.blueprint().branches().stream()
                .flatMap(branch -> branch.steps().stream())
                .anyMatch(step -> step instanceof ConvolutionStep convolution
                        && convolution.window().same()
                        && !convolution.window().keepsSize());
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void blocksBecomeOneConvolution(RepBlock.Builder<?> builder) {
        RepBlock block = builder.build();
        MultiLayerNetwork net = TestNets.net(DataType.DOUBLE, CNN2DFormat.NHWC, IMAGE, block);
        INDArray images = TestNets.images(DataType.DOUBLE, CNN2DFormat.NHWC, 3, IMAGE);
        ComputationGraph deployed = GraphDeployer.deploy(net);

        assertThat(deployed.outputSingle(images)
                        .sub(net.output(images))
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(1e-10);
        List<Layer> layers = Arrays.stream(deployed.getLayers())
                .map(layer -> layer.conf().getLayer())
                .toList();
        assertThat(layers.stream().filter(l -> l instanceof ConvolutionLayer || l instanceof GroupedConvolution))
                .as(
                        "convolutions of %s",
                        deployed.getConfiguration().getVertices().keySet())
                .hasSize(block instanceof SqueezeExcitation ? 0 : 1);
        assertThat(layers.stream().filter(SqueezeExcitation.class::isInstance))
                .hasSize(block.blueprint().squeezeExcite() == null ? 0 : 1);
    }
}
