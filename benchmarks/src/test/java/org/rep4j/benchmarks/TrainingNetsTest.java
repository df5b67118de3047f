package org.rep4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.SameDiffToOnnx;
import org.rep4j.layers.deploy.GraphDeployer;
import org.rep4j.rewrite.RepPass;

/** What is compared is the same net. */
class TrainingNetsTest {
    @TempDir
    private Path folder;

    @Test
    void formsAgree() throws Exception {
        ComputationGraph net = TrainingNets.ofBlocks();
        DataSet data = TrainingNets.data();
        for (int step = 0; step < 3; step++) {
            net.fit(data);
        }
        INDArray images = data.getFeatures();
        INDArray expected = net.outputSingle(images);
        assertThat(expected.std(0).maxNumber().doubleValue()).isGreaterThan(1e-3);

        SameDiff train = TrainingNets.exported(net);
        SameDiff deploy = RepPass.standard().apply(train, TrainingNets.OUTPUT).graph();
        assertClose(GraphDeployer.deploy(net).outputSingle(images), expected);
        for (SameDiff form : List.of(train, deploy)) {
            String input = form.inputs().get(0);
            assertClose(form.outputSingle(Map.of(input, images), TrainingNets.OUTPUT), expected);
            assertClose(inOnnxRuntime(form, images), expected);
        }
    }

    private INDArray inOnnxRuntime(SameDiff graph, INDArray images) throws Exception {
        Path file = folder.resolve("net.onnx");
        SameDiffToOnnx.convert(graph, List.of(TrainingNets.OUTPUT)).save(file);
        try (OrtSession session = Sessions.open(file, OptLevel.ALL_OPT);
                OnnxTensor input = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(),
                        FloatBuffer.wrap(images.dup('c').data().asFloat()),
                        images.shape());
                OrtSession.Result result =
                        session.run(Map.of(session.getInputNames().iterator().next(), input))) {
            return Nd4j.create((float[][]) result.get(0).getValue());
        }
    }

    @Test
    void sessionsGetTheBatch() throws Exception {
        Path file = folder.resolve("net.onnx");
        SameDiffToOnnx.convert(TrainingNets.exported(TrainingNets.ofBlocks()), List.of(TrainingNets.OUTPUT))
                .save(file);
        try (OrtSession session = Sessions.open(file, OptLevel.ALL_OPT);
                OnnxTensor images = Sessions.images(session, TrainingNets.BATCH)) {
            assertThat(images.getInfo().getShape())
                    .isEqualTo(TrainingNets.data().getFeatures().shape());
        }
    }

    @Test
    void torchHasTheSameNumbers() throws Exception {
        assumeTrue(TorchNets.areInstalled(), TorchNets.MISSING);
        try (TorchNets torch = TorchNets.start()) {
            assertThat(torch.numbers()).isEqualTo(TrainingNets.ofBlocks().numParams());
            for (Timed task : List.of(torch.step(), torch.trainForm(), torch.step(), torch.deployForm())) {
                assertThat(task.milliseconds()).isPositive();
            }
        }
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
    }
}
