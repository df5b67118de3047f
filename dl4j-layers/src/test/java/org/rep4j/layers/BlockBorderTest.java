package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A block is one convolution at the borders of an image, too, only if it takes what is beyond them for zeros: then an image gives the same
 * as it gives inside a larger one that is zero around it.
 */
class BlockBorderTest {
    private static final long[] IMAGE = {4, 9, 8};
    private static final int MARGIN = 8;

    static Stream<Named<? extends RepBlock.Builder<?>>> linearBlocks() {
        return TestBlocks.all().filter(named -> {
            RepBlock block = named.getPayload().nIn(4).nOut(4).build();
            boolean same = block instanceof RepConvolution convolution
                    && convolution.convolutionMode == ConvolutionMode.Same; // pads by the image's size
            return !same && block.blueprint().squeezeExcite() == null;
        });
    }

    @ParameterizedTest
    @MethodSource("linearBlocks")
    void beyondTheBordersAreZeros(RepBlock.Builder<?> builder) {
        RepBlock block = builder.activation(Activation.IDENTITY).build();
        int[] stride = block instanceof RepConvolution convolution ? convolution.stride : new int[] {1, 1};
        MultiLayerNetwork net = TestNets.net(DataType.DOUBLE, CNN2DFormat.NCHW, IMAGE, block);
        INDArray image = TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 2, IMAGE);
        int top = MARGIN * stride[0];
        int left = MARGIN * stride[1];
        INDArray larger = Nd4j.zeros(DataType.DOUBLE, 2, IMAGE[0], IMAGE[1] + 2 * top, IMAGE[2] + 2 * left);
        larger.put(region(top, left, IMAGE[1], IMAGE[2]), image);

        INDArray result = output(net, image);
        INDArray inside = output(net, larger).get(region(MARGIN, MARGIN, result.size(2), result.size(3)));

        assertThat(inside.sub(result).amaxNumber().doubleValue()).isLessThan(1e-12);
        assertThat(result.stdNumber().doubleValue()).isGreaterThan(0.01);
    }

    private static INDArray output(MultiLayerNetwork net, INDArray image) {
        return net.feedForwardToLayer(0, image, false).get(1);
    }

    private static INDArrayIndex[] region(long top, long left, long height, long width) {
        return new INDArrayIndex[] {
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.interval(top, top + height),
            NDArrayIndex.interval(left, left + width)
        };
    }
}
