package org.rep4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Blocks do what Deeplearning4j expects of layers. */
class CitizenshipTest {
    private static final long[] IMAGE = {3, 6, 6};

    private static RepVggBlock.Builder rep() {
        return new RepVggBlock.Builder().nOut(4);
    }

    private static NeuralNetConfiguration.Builder adam() {
        return new NeuralNetConfiguration.Builder().updater(new Adam(0.01));
    }

    private static MultiLayerNetwork net(NeuralNetConfiguration.Builder settings) {
        return TestNets.net(
                settings,
                DataType.FLOAT,
                CNN2DFormat.NCHW,
                IMAGE,
                rep().build(),
                rep().squeezeExcitation(2).build());
    }

    private static DataSet data() {
        return new DataSet(
                TestNets.images(DataType.FLOAT, CNN2DFormat.NCHW, 8, IMAGE), TestNets.labels(DataType.FLOAT, 8));
    }

    @Test
    void savedNetTrainsOnBitForBit() throws IOException {
        MultiLayerNetwork net = net(adam());
        net.fit(data());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);

        assertThat(restored.getLayerWiseConfigurations()).isEqualTo(net.getLayerWiseConfigurations());
        assertThat(restored.output(data().getFeatures())).isEqualTo(net.output(data().getFeatures()));
        for (int step = 0; step < 3; step++) {
            net.fit(data());
            restored.fit(data());
        }
        assertThat(restored.params()).isEqualTo(net.params());
        assertThat(restored.getUpdater().getStateViewArray())
                .isEqualTo(net.getUpdater().getStateViewArray());
    }

    @Test
    void configurationSurvivesJsonAndYaml() {
        MultiLayerConfiguration conf = net(adam().l2(0.1)).getLayerWiseConfigurations();
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
    }

    @Test
    void cloneIsIndependent() {
        MultiLayerNetwork net = net(adam());
        MultiLayerNetwork clone = net.clone();
        INDArray before = net.params().dup();
        clone.fit(data());
        assertThat(net.params()).isEqualTo(before);
        assertThat(clone.params()).isNotEqualTo(before);
    }

    @Test
    void frozenBlocksStay() {
        MultiLayerNetwork net = net(adam());
        MultiLayerNetwork tuned = new TransferLearning.Builder(net)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.1))
                        .build())
                .setFeatureExtractor(0)
                .nOutReplace(2, 5, WeightInit.XAVIER)
                .build();
        INDArray frozen = tuned.getLayer(0).params().dup();
        INDArray free = tuned.getLayer(1).params().dup();
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 8, 5);
        labels.putColumn(2, Nd4j.ones(DataType.FLOAT, 8));
        tuned.fit(new DataSet(data().getFeatures(), labels));
        assertThat(tuned.getLayer(0).params()).isEqualTo(frozen);
        assertThat(tuned.getLayer(1).params()).isNotEqualTo(free);
    }

    /** Another number of outputs: the block and the one behind it start anew, with or without the input as a branch. */
    @Test
    void widthsCanBeReplaced() {
        MultiLayerNetwork net = TestNets.net(
                adam(), DataType.FLOAT, CNN2DFormat.NCHW, IMAGE, rep().build(), rep().build(), rep().build());
        INDArray last = net.getLayer(2).params().dup();
        MultiLayerNetwork wider = new TransferLearning.Builder(net)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.01))
                        .build())
                .nOutReplace(0, 6, WeightInit.XAVIER)
                .build();
        assertThat(((RepVggBlock) wider.getLayer(0).conf().getLayer()).getNOut())
                .isEqualTo(6);
        assertThat(wider.getLayer(1).paramTable()).doesNotContainKey("identityGamma");
        assertThat(wider.getLayer(2).params()).isEqualTo(last);
        wider.fit(data());
        assertThat(wider.params().isNaN().any()).isFalse();
    }

    @Test
    void blocksHaveUpdatersOfTheirOwn() {
        MultiLayerNetwork net = TestNets.net(
                adam(),
                DataType.FLOAT,
                CNN2DFormat.NCHW,
                IMAGE,
                rep().updater(new Sgd(0)).build(),
                new GroupedConvolution.Builder()
                        .nOut(4)
                        .updater(new Sgd(0))
                        .biasUpdater(new Sgd(0.1))
                        .build());
        Map<String, INDArray> before = new HashMap<>();
        net.paramTable().forEach((name, array) -> before.put(name, array.dup()));
        net.fit(data());
        net.paramTable().forEach((name, array) -> {
            boolean learns =
                    name.startsWith("2_") || name.equals("1_denseb") || name.endsWith("Mean") || name.endsWith("Var");
            assertThat(array.equals(before.get(name))).as(name).isEqualTo(!learns);
        });
    }

    @Test
    void listenersSeeEachPass() {
        MultiLayerNetwork net = net(adam());
        List<String> seen = new ArrayList<>();
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                seen.add("forward " + activations.size());
            }

            @Override
            public void onGradientCalculation(Model model) {
                seen.add("gradient " + model.gradient().gradientForVariable().containsKey("0_denseW"));
            }

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                seen.add("iteration " + iteration + ": " + Double.isFinite(model.score()));
            }
        });
        net.fit(data());
        net.fit(data());
        assertThat(seen)
                .contains("gradient true", "iteration 0: true", "iteration 1: true")
                .anyMatch(s -> s.startsWith("forward"));
    }

    @Test
    void onlyWeightsDecay() {
        MultiLayerNetwork net = net(adam().l2(0.5));
        double decay = 0;
        for (int i = 0; i < 2; i++) {
            var table = net.getLayer(i).paramTable();
            for (String name : net.getLayer(i)
                    .conf()
                    .getLayer()
                    .initializer()
                    .weightKeys(net.getLayer(i).conf().getLayer())) {
                double norm =
                        Objects.requireNonNull(table.get(name)).norm2Number().doubleValue();
                decay += 0.5 * 0.5 * norm * norm;
            }
        }
        double norm = net.getLayer(2).getParam("W").norm2Number().doubleValue();
        decay += 0.5 * 0.5 * norm * norm;
        assertThat(net.calcRegularizationScore(true)).isCloseTo(decay, offset(1e-3 * decay));
    }

    /** One step of plain gradient descent moves the running averages alike, whatever is done to the gradients. */
    @ParameterizedTest
    @EnumSource(GradientNormalization.class)
    void gradientNormalizationLeavesStatisticsAlone(GradientNormalization kind) {
        MultiLayerNetwork free = net(new NeuralNetConfiguration.Builder().updater(new Sgd(0.1)));
        MultiLayerNetwork limited = net(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .gradientNormalization(kind)
                .gradientNormalizationThreshold(1e-3));
        INDArray start = free.getLayer(0).params().dup();
        free.fit(data());
        limited.fit(data());
        for (String name : List.of("denseMean", "denseVar", "identityMean", "pointwiseVar")) {
            if (free.getLayer(0).paramTable().containsKey(name)) {
                assertThat(limited.getLayer(0).getParam(name))
                        .as(name)
                        .isEqualTo(free.getLayer(0).getParam(name));
            }
        }
        INDArray moved = limited.getLayer(0).getParam("denseW");
        boolean same = moved.equals(free.getLayer(0).getParam("denseW"));
        assertThat(same).isEqualTo(kind == GradientNormalization.None);
        assertThat(start).isNotEqualTo(limited.getLayer(0).params());
    }

    /** The lengths that Deeplearning4j's own normalization leaves, seen on a step of plain gradient descent. */
    @Test
    void gradientsAreClippedAsDeeplearning4jDoes() {
        double threshold = 1e-2;
        MultiLayerNetwork net = net(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(1))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(threshold));
        List<INDArray> before = new ArrayList<>();
        List<String> names =
                List.of("denseW", "denseGamma", "denseBeta", "pointwiseW", "pointwiseGamma", "pointwiseBeta");
        names.forEach(name -> before.add(net.getLayer(0).getParam(name).dup()));
        net.fit(data());
        double squares = 0;
        for (int i = 0; i < names.size(); i++) {
            double norm = net.getLayer(0)
                    .getParam(names.get(i))
                    .sub(before.get(i))
                    .norm2Number()
                    .doubleValue();
            squares += norm * norm;
        }
        assertThat(Math.sqrt(squares)).isCloseTo(threshold, offset(1e-5));
    }

    @Test
    void noiseDropoutAndConstraintsWork() {
        NeuralNetConfiguration.Builder settings =
                adam().weightNoise(new DropConnect(0.5)).dropOut(0.8).constrainWeights(new NonNegativeConstraint());
        MultiLayerNetwork net = net(settings);
        net.fit(data());
        assertThat(net.params().isNaN().any()).isFalse();
        INDArray kernel = net.getLayer(0).getParam("pointwiseW");
        assertThat(kernel.minNumber().doubleValue()).isNotNegative();
        assertThat(net.output(data().getFeatures()))
                .as("no noise at inference")
                .isEqualTo(net.output(data().getFeatures()));
    }

    @Test
    void tellsWhatItIs() {
        MultiLayerNetwork net = net(adam());
        assertThat(net.summary()).contains("RepBlockLayer");
        InputType image = InputType.convolutional(IMAGE[1], IMAGE[2], IMAGE[0]);
        assertThat(net.getLayerWiseConfigurations().getMemoryReport(image).toString())
                .contains("RepVggBlock");
    }

    @Test
    void saysWhatIsWrongWithItsInput() {
        MultiLayerNetwork net = net(adam());
        assertThatThrownBy(() -> net.output(TestNets.images(DataType.FLOAT, CNN2DFormat.NCHW, 1, new long[] {5, 6, 6})))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContaining("3 channels");
        assertThatThrownBy(() -> new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(rep().build())
                        .layer(new OutputLayer.Builder().nOut(2).build())
                        .setInputType(InputType.feedForward(10))
                        .build())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("needs images");
        assertThatThrownBy(() -> new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(rep().kernelSize(7).padding(0).build())
                        .layer(new OutputLayer.Builder().nOut(2).build())
                        .setInputType(InputType.convolutional(5, 5, 3))
                        .build())
                .hasMessageContaining("too small");
    }
}
