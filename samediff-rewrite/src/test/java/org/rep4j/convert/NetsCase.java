package org.rep4j.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.onnx.OnnxGraph;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.PaddleOcr;
import org.rep4j.testing.Tensor;

/**
 * A net that the converters are tried on, with one image as its input.
 *
 * @param name what it is called
 * @param file where it is
 * @param freed whether batch, height and width, which the file fixes, are to be left open
 * @param shapes of the images to feed
 */
record NetsCase(String name, Supplier<Path> file, boolean freed, List<int[]> shapes) {
    /** What may stand behind the values that are compared: it would flatten differences. */
    private static final Set<String> FLATTENING = Set.of("Softmax", "Sigmoid", "Identity");

    private static final int CLASSES = 10;
    private static final long SEED = 20260203;

    /** Nets whose files fix the sizes of the image, though none of their ops does. */
    private static final List<String> FIXED_AT_THE_INPUT = List.of(
            "repvgg_g2",
            "mobileone_s0",
            "resnet18",
            "mobilenet_v2",
            "mobilenet_v3_small",
            "efficientnet_b0",
            "densenet121",
            "googlenet");

    private static final List<String> DYNAMIC = List.of(
            "shufflenet_v2_dynamic",
            "resnet50",
            "mobilenet_v3_large",
            "inception_v3",
            "regnet_y",
            "mnasnet1_0",
            "squeezenet1_1",
            "vgg16_bn",
            "convnext");

    /**
     * PyTorch's nets that do not amplify rounding, and PaddleOCR's. Those that do, such as {@code shufflenet_v2}, are compared with
     * what PyTorch computes in double precision.
     */
    static List<NetsCase> all() {
        List<NetsCase> nets = new ArrayList<>();
        FIXED_AT_THE_INPUT.forEach(name -> nets.add(fixture(name, true, sizes(64, 64, 96, 80))));
        DYNAMIC.forEach(name -> nets.add(fixture(name, false, sizes(80, 80, 96, 112))));
        nets.add(ocr("ch_PP-OCRv3_det_infer", sizes(64, 96, 96, 64)));
        nets.add(ocr("en_PP-OCRv3_det_infer", sizes(96, 64, 64, 64)));
        nets.add(ocr("ch_PP-OCRv4_det_infer", sizes(64, 96, 96, 64)));
        nets.add(ocr("ch_PP-OCRv3_rec_infer", sizes(48, 128, 48, 200)));
        nets.add(ocr("ch_ppocr_mobile_v2.0_cls_infer", List.of(new int[] {1, 3, 48, 192}, new int[] {3, 3, 48, 192})));
        return nets;
    }

    private static NetsCase fixture(String name, boolean freed, List<int[]> shapes) {
        return new NetsCase(name, () -> Fixture.named(name).model(), freed, shapes);
    }

    private static NetsCase ocr(String name, List<int[]> shapes) {
        return new NetsCase(name, () -> PaddleOcr.model(name), false, shapes);
    }

    /** Batches of 1 and 3, and another size. */
    private static List<int[]> sizes(int height, int width, int otherHeight, int otherWidth) {
        return List.of(new int[] {1, 3, height, width}, new int[] {3, 3, height, width}, new int[] {
            1, 3, otherHeight, otherWidth
        });
    }

    /**
     * The model, which also puts out what goes into its last softmax or sigmoid.
     *
     * @param folder for files that this needs
     */
    OnnxModel model(Path folder) {
        OnnxModel model = OnnxModel.load(freed ? withFreeSizes(folder.resolve(name + "-freed.onnx")) : file.get());
        String logits = model.outputs().get(0).name();
        List<OnnxNode> nodes = OnnxGraph.of(model).nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            OnnxNode node = nodes.get(i);
            if (node.outputs().contains(logits) && FLATTENING.contains(node.type())) {
                logits = node.inputs().get(0);
            }
        }
        return model.withOutputs(List.of(logits));
    }

    private Path withFreeSizes(Path written) {
        try {
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file.get()));
            GraphProto.Builder graph = model.getGraph().toBuilder().clearValueInfo();
            String output = graph.getOutput(0).getName();
            graph.setInput(0, OnnxBuilder.info(graph.getInput(0).getName(), DataType.FLOAT, -1, 3, -1, -1));
            graph.setOutput(0, OnnxBuilder.info(output, DataType.FLOAT, -1, CLASSES));
            return Files.write(
                    written, model.toBuilder().setGraph(graph).build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An image for each shape, the same ones at each call, by the name of the model's input. */
    List<Map<String, Tensor>> feeds(OnnxModel model) {
        String input = model.inputs().get(0).name();
        Random random = new Random(SEED);
        return shapes.stream()
                .map(shape -> Map.of(input, Tensor.random(random, shape)))
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
