package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import onnx.Onnx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.samediff.frameworkimport.onnx.importer.OnnxFrameworkImporter;
import org.rep4j.graph.Convolution;

/** Graphs as samediff-import-onnx builds them from the fixtures. */
class ImportedGraphTest {
    private static final OnnxFrameworkImporter IMPORTER = new OnnxFrameworkImporter();
    private static final String FIXTURES = "/fixtures/";

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11, 12, 13, 14, 15, 16, 17})
    void deploysRepVggBlockOfEveryOpset(int opset) {
        SameDiff imported = imported("repvgg_block_opset" + opset);
        assertThat(imported.getOps()).as("ops before").hasSize(20);

        Deployment deployed = deploy(imported, "repvgg_block_opset" + opset);

        assertThat(deployed.ops()).containsExactly("conv2d", "relu");
        assertThat(deployed.graph().variables()).hasSize(5); // input, weights, bias, sum, output
    }

    @ParameterizedTest
    @CsvSource({
        "repvgg_block_dynamic, conv2d relu",
        "repvgg_block_stride2, conv2d relu",
        "repvgg_block_stride2_even, conv2d relu",
        "repvgg_block_widening, conv2d relu",
        "repvgg_block_g2, split conv2d conv2d concat relu",
        "repvgg_block_g4, split conv2d conv2d conv2d conv2d concat relu",
        "repvgg_block_g4_stride2, split conv2d conv2d conv2d conv2d concat relu",
        "repvgg_block_depthwise, depthwise_conv2d relu",
        "repvgg_block_depthwise_stride2, depthwise_conv2d relu",
        "conv_bn, conv2d",
        "conv_bn_nonsquare, conv2d",
        "conv_scale_shift, conv2d",
        "residual_conv_bn, conv2d",
        "residual_conv_bn_depthwise, depthwise_conv2d",
        "acnet_block, conv2d relu",
        "acnet_block_stride2, conv2d relu",
        "mobileone_block_depthwise, depthwise_conv2d relu",
        "mobileone_block_pointwise_skip, conv2d relu",
    })
    void deploys(String fixture, String ops) {
        assertThat(deploy(imported(fixture), fixture).ops()).containsExactly(ops.split(" "));
    }

    /** The convolutions of the gate have nothing to absorb: they stay as the importer wrote them. */
    @Test
    void leavesConvolutionsThatNoRuleTouches() {
        SameDiff imported = imported("repvgg_block_se");
        Deployment deployed = deploy(imported, "repvgg_block_se");

        assertThat(deployed.ops().stream().filter(op -> op.contains("conv2d"))).hasSize(3);
        assertThat(deployed.ops()).doesNotContain("batchnorm");
        assertThat(deployed.graph().getOps().keySet()).contains("conv2d_2", "permute_5", "conv2d_3", "permute_7");
        assertThat(deployed.result().after().nodes().stream().filter(Convolution.class::isInstance))
                .hasSize(3);
    }

    @Test
    void leavesConvolutionThatOthersRead() {
        SameDiff imported = imported("conv_shared");
        List<String> before = Deployment.kinds(imported);

        assertThat(deploy(imported, "conv_shared").ops()).isEqualTo(before);
    }

    /** An intermediate result of the importer's seven ops is asked for: no longer one convolution, but still right. */
    @Test
    void keepsWhatIsAskedForInsideOfAnImportedConvolution() {
        SameDiff imported = imported("conv_bn");
        Deployment deployed = Deployment.of(imported, inputs("conv_bn"), "output", "concat");

        assertThat(deployed.ops()).contains("permute", "conv2d", "batchnorm");
    }

    private static SameDiff imported(String fixture) {
        String file = Path.of(resource(fixture + ".onnx").getPath()).toString();
        return IMPORTER.runImport(file, Map.of(), true);
    }

    private static URL resource(String name) {
        URL url = ImportedGraphTest.class.getResource(FIXTURES + name);
        assertThat(url).as(name).isNotNull();
        return url;
    }

    private static Map<String, INDArray> inputs(String fixture) {
        return Map.of("input", tensor(fixture + ".input.pb"));
    }

    private static Deployment deploy(SameDiff imported, String fixture) {
        Deployment deployed = Deployment.of(imported, inputs(fixture), "output");
        INDArray expected = tensor(fixture + ".output.pb");
        INDArray actual = deployed.graph().outputSingle(inputs(fixture), "output");
        assertThat(actual.sub(expected).amaxNumber().doubleValue())
                .as("difference from what the model's exporter computed")
                .isLessThan(2e-5 * expected.amaxNumber().doubleValue());
        return deployed;
    }

    private static INDArray tensor(String file) {
        try (InputStream in = resource(file).openStream()) {
            Onnx.TensorProto proto = Onnx.TensorProto.parseFrom(in);
            ByteBuffer raw = proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            boolean doubles = proto.getDataType() == Onnx.TensorProto.DataType.DOUBLE_VALUE;
            double[] elements = new double[raw.remaining() / (doubles ? Double.BYTES : Float.BYTES)];
            Arrays.setAll(elements, e -> doubles ? raw.getDouble() : raw.getFloat());
            long[] dims =
                    proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
            return Nd4j.createFromArray(elements).reshape('c', dims).castTo(DataType.FLOAT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
