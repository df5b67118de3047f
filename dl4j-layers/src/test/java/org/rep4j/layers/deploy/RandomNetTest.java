package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.TestBlocks;
import org.rep4j.layers.TestNets;
import org.rep4j.rewrite.RepPass;

/**
 * Random nets of blocks, layers and vertices compute the same when deployed. {@code -Drep4j.randomNets.seed=} and {@code count=} try others.
 */
class RandomNetTest {
    private static final long FIRST = Long.getLong("rep4j.randomNets.seed", 1);
    private static final int COUNT = Integer.getInteger("rep4j.randomNets.count", 120);
    private static final int CHANNELS = 4;
    private static final long[] IMAGE = {CHANNELS, 9, 8};

    static Stream<Long> seeds() {
        return IntStream.range(0, COUNT).mapToObj(i -> FIRST + i);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void deployedNetsComputeTheSame(long seed) {
        Random random = new Random(seed);
        CNN2DFormat format = random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
        DataType type = random.nextInt(3) == 0 ? DataType.FLOAT : DataType.DOUBLE;
        ComputationGraph net = new Plan(random, format, type).net();
        ExportAssert.shake(net);
        net.fit(new DataSet(TestNets.images(type, format, 4, IMAGE), TestNets.labels(type, 4)));
        INDArray images = TestNets.images(type, format, 3, IMAGE);
        INDArray expected = net.outputSingle(images);

        ComputationGraph deployed = GraphDeployer.deploy(net);
        ExportAssert.assertClose(deployed.outputSingle(images), expected);
        InputType size = InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0], format);
        ComputationGraph sized = GraphDeployer.deploy(net, size);
        ExportAssert.assertClose(sized.outputSingle(images), expected);
        assertThat(convolutions(sized)).isLessThanOrEqualTo(convolutions(deployed));

        SameDiff folded =
                RepPass.standard().apply(SameDiffExporter.export(net), "out").graph();
        ExportAssert.assertOutputs(net, folded, images);
    }

    private static long convolutions(ComputationGraph net) {
        return Arrays.stream(net.getLayers())
                .map(layer -> layer.conf().getLayer())
                .filter(layer -> layer instanceof ConvolutionLayer convolution && !isScale(convolution)
                        || layer instanceof GroupedConvolution)
                .count();
    }

    /** A scale and shift is written as a depthwise convolution of one tap. */
    private static boolean isScale(ConvolutionLayer layer) {
        return layer instanceof DepthwiseConvolution2D
                && Arrays.stream(layer.getKernelSize()).sum() == 2;
    }

    /** A net that grows. */
    private static final class Plan {
        private final Random random;
        private final CNN2DFormat format;
        private final GraphBuilder builder;
        private final List<String> names = new ArrayList<>();
        private final List<String> unread = new ArrayList<>();

        Plan(Random random, CNN2DFormat format, DataType type) {
            this.random = random;
            this.format = format;
            this.builder = new NeuralNetConfiguration.Builder()
                    .seed(random.nextLong())
                    .dataType(type)
                    .updater(new Sgd(0.01))
                    .graphBuilder()
                    .addInputs("image")
                    .setInputTypes(InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0], format));
            names.add("image");
        }

        /**
         * Vertices that keep the shape of the image may be joined in any way; what changes it comes last. There is no ActivationLayer: it
         * works in place, whoever else reads its input.
         */
        ComputationGraph net() {
            int count = 3 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                String name = "v" + i;
                keeping(name);
                names.add(name);
                unread.add(name);
            }
            String last = "joined";
            builder.addVertex(last, new ElementWiseVertex(Op.Add), unread.toArray(String[]::new));
            List<Layer> tail = tail();
            for (int i = 0; i < tail.size(); i++) {
                builder.addLayer("t" + i, tail.get(i), last);
                last = "t" + i;
            }
            builder.addLayer(
                            "out",
                            new OutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(TestNets.CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build(),
                            last)
                    .setOutputs("out");
            ComputationGraph net = new ComputationGraph(builder.build());
            net.init();
            return net;
        }

        private String any() {
            int back = Math.min(names.size(), 1 + random.nextInt(3));
            String name = names.get(names.size() - back);
            unread.remove(name);
            return name;
        }

        private Activation activation() {
            return random.nextInt(3) == 0 ? Activation.TANH : Activation.IDENTITY;
        }

        private void keeping(String name) {
            switch (random.nextInt(8)) {
                case 0 -> builder.addVertex(name, new ElementWiseVertex(Op.Add), any(), any(), any());
                case 1 -> builder.addVertex(name, new ElementWiseVertex(Op.Subtract), any(), any());
                case 2 -> builder.addVertex(name, new ScaleVertex(0.5 - random.nextInt(2)), any());
                case 3 -> builder.addVertex(name, new ShiftVertex(random.nextDouble()), any());
                case 4 -> builder.addLayer(name, new BatchNormalization(), any());
                case 5 -> builder.addLayer(name, convolution(), any());
                default -> builder.addLayer(name, block(), any());
            }
        }

        private Layer convolution() {
            int kernel = 1 + 2 * random.nextInt(2);
            boolean same = random.nextBoolean();
            int[] pad = {same ? 0 : kernel / 2, same ? 0 : kernel / 2};
            if (random.nextInt(3) == 0) {
                SeparableConvolution2D.Builder layer =
                        new SeparableConvolution2D.Builder(kernel, kernel).depthMultiplier(1 + random.nextInt(2));
                layer.convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate);
                return layer.padding(pad)
                        .nOut(CHANNELS)
                        .activation(activation())
                        .build();
            }
            if (random.nextInt(2) == 0) {
                DepthwiseConvolution2D.Builder layer = new DepthwiseConvolution2D.Builder().depthMultiplier(1);
                layer.convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate);
                return layer.kernelSize(kernel, kernel)
                        .padding(pad)
                        .nOut(CHANNELS)
                        .activation(activation())
                        .build();
            }
            return new ConvolutionLayer.Builder(kernel, kernel)
                    .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                    .padding(pad)
                    .nOut(CHANNELS)
                    .hasBias(random.nextBoolean())
                    .activation(activation())
                    .build();
        }

        private Layer block() {
            List<RepBlock> fitting = TestBlocks.all()
                    .map(named -> named.getPayload().nIn(CHANNELS).<RepBlock>build())
                    .filter(block -> block.getNOut() == CHANNELS)
                    .filter(block -> Arrays.equals(
                            block.blueprint().outputSizes(IMAGE[1], IMAGE[2]), new long[] {IMAGE[1], IMAGE[2]}))
                    .toList();
            RepBlock block = fitting.get(random.nextInt(fitting.size())).clone();
            block.setNIn(0);
            block.setActivationFn(activation().getActivationFunction());
            return block;
        }

        private List<Layer> tail() {
            return switch (random.nextInt(5)) {
                case 0 -> List.of(dense(), new BatchNormalization(), new BatchNormalization(), dense());
                case 1 ->
                    List.of(
                            new ZeroPaddingLayer.Builder(1, 0, 2, 1)
                                    .dataFormat(format)
                                    .build(),
                            new ConvolutionLayer.Builder(3, 2)
                                    .nOut(3)
                                    .stride(2, 1)
                                    .activation(activation())
                                    .build(),
                            new BatchNormalization());
                case 2 ->
                    List.of(
                            new Deconvolution2D.Builder(3, 2)
                                    .nOut(3)
                                    .stride(2, 2)
                                    .activation(activation())
                                    .build(),
                            new BatchNormalization());
                case 3 -> List.of(strided(), new BatchNormalization(), dense());
                default -> List.of();
            };
        }

        private Layer strided() {
            List<RepBlock> all = TestBlocks.all()
                    .map(named -> named.getPayload().nIn(CHANNELS).<RepBlock>build())
                    .toList();
            RepBlock block = all.get(random.nextInt(all.size())).clone();
            block.setNIn(0);
            return block;
        }

        private Layer dense() {
            return new DenseLayer.Builder().nOut(5).activation(activation()).build();
        }
    }
}
