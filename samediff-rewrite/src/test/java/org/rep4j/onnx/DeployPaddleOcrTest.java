package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.PaddleOcr;
import org.rep4j.testing.Tensor;

/** Real pretrained nets: Constant nodes as weights, dynamic sizes, biases as Adds, statistics near zero. */
class DeployPaddleOcrTest {

    @ParameterizedTest
    @CsvSource({
        "ch_PP-OCRv3_det_infer, 49, 64, 96",
        "en_PP-OCRv3_det_infer, 49, 96, 64",
        "ch_PP-OCRv3_rec_infer, 32, 48, 128",
        "ch_ppocr_mobile_v2.0_cls_infer, 35, 48, 192",
        "ch_PP-OCRv4_det_infer, 3, 64, 96",
    })
    void foldsEveryBatchNorm(String name, long batchNorms, int height, int width, @TempDir Path folder) {
        Path original = PaddleOcr.model(name);
        OnnxModel model = OnnxModel.load(original);
        assertThat(model.operators()).containsEntry("BatchNormalization", batchNorms);

        RepResult<OnnxModel> result = RepPass.standard().apply(model);
        Path deployed = folder.resolve("deployed.onnx");
        result.graph().save(deployed);

        OnnxModel reloaded = OnnxModel.load(deployed);
        assertThat(reloaded.operators()).as(result.after().toString()).doesNotContainKey("BatchNormalization");

        String logits = logits(model);
        Path watched = folder.resolve("original.onnx");
        Path watchedDeployed = folder.resolve("deployed-watched.onnx");
        model.withOutputs(List.of(logits)).save(watched);
        reloaded.withOutputs(List.of(logits)).save(watchedDeployed);
        Map<String, Tensor> feed =
                Map.of(model.inputs().get(0).name(), Tensor.random(new Random(7), 2, 3, height, width));
        Tensor expected =
                Objects.requireNonNull(OnnxRuntime.runAll(watched, feed).get(logits));
        Tensor actual =
                Objects.requireNonNull(OnnxRuntime.runAll(watchedDeployed, feed).get(logits));
        actual.assertCloseTo(expected, 1e-5, logits + " of " + name);
    }

    /** What goes into the last softmax or sigmoid, which would flatten differences. */
    private static String logits(OnnxModel model) {
        String output = model.outputs().get(0).name();
        while (true) {
            String current = output;
            NodeProto last = model.proto().getGraph().getNodeList().stream()
                    .filter(n -> n.getOutput(0).equals(current))
                    .findFirst()
                    .orElseThrow();
            output = last.getInput(0);
            if (!last.getOpType().equals("Identity")) {
                assertThat(last.getOpType()).isIn("Softmax", "Sigmoid");
                return output;
            }
        }
    }
}
