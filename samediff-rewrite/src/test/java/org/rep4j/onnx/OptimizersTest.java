package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;

/**
 * Checks the first table of docs/optimizers.md: what Rep4J and ONNX Runtime make of each model. Leaves the models in target/optimizers, for
 * other optimizers to run on.
 */
class OptimizersTest {
    private static final Path PAGE = Path.of("..", "docs", "optimizers.md");
    private static final Path MODELS = Path.of("target", "optimizers");
    private static final String HEADER = "| model | ops | Rep4J | ONNX Runtime |";
    private static final Set<String> LAYOUT_OPS = Set.of("ReorderInput", "ReorderOutput");

    @Test
    void thePageHasOneRowPerModel() throws IOException {
        assertThat(rows().map(Row::model))
                .containsExactlyElementsOf(OptimizerModels.all().keySet());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void thePageSaysWhatIsLeft(Row row) throws IOException, OrtException {
        OnnxBuilder net = Objects.requireNonNull(OptimizerModels.all().get(row.model()));
        Path folder = Files.createDirectories(MODELS.resolve(String.format("%02d", row.number())));
        Deployment.deploy(net, folder, feeds(net.build()));
        Path original = folder.resolve("original.onnx");
        Path optimized = optimize(original, folder.resolve("onnxruntime.onnx"), OptLevel.EXTENDED_OPT);
        Path all = optimize(original, folder.resolve("onnxruntime-all.onnx"), OptLevel.ALL_OPT);

        String before = describe(original);
        assertThat(before).isEqualTo(row.before());
        assertThat(after(folder.resolve("deployed.onnx"), before)).isEqualTo(row.rep4j());
        assertThat(after(optimized, before) + (sameResults(original, optimized) ? "" : ", other results"))
                .isEqualTo(row.onnxRuntime());
        assertThat(total(all)).isEqualTo(total(optimized));
    }

    static Stream<Row> rows() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        int header =
                lines.stream().map(line -> line.startsWith(HEADER)).toList().indexOf(true);
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(header + 2, lines.size())) {
            if (!line.startsWith("|")) {
                break;
            }
            List<String> cells =
                    Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toList();
            rows.add(new Row(rows.size() + 1, cells.get(0), cells.get(1), cells.get(2), cells.get(3)));
        }
        return rows.stream();
    }

    /** Lets ONNX Runtime write the model as it would run it. */
    private static Path optimize(Path model, Path file, OptLevel level) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setOptimizedModelFilePath(file.toString());
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            OrtEnvironment.getEnvironment()
                    .createSession(model.toString(), options)
                    .close();
        }
        return file;
    }

    private static boolean sameResults(Path original, Path optimized) {
        try (ModelRunner before = OnnxRuntimeRunner.open(original);
                ModelRunner after = OnnxRuntimeRunner.open(optimized)) {
            return EquivalenceCheck.standard().run(before, after).passed();
        }
    }

    private static ModelProto read(Path model) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(model));
    }

    /** The ops of the changed model, or = where they are as before. */
    private static String after(Path model, String before) throws IOException {
        String after = describe(model);
        return after.equals(before) ? "=" : after;
    }

    /** The ops by count and type, the types in alphabetical order. */
    private static String describe(Path model) throws IOException {
        return count(model).entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private static int total(Path model) throws IOException {
        return count(model).values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * The ops by type. ONNX Runtime's own convolutions, which depend on the processor, may carry an addition in a fourth input and an
     * activation, which count as the ops that they were, and need ops that change the layout of tensors, which do not count.
     */
    private static Map<String, Integer> count(Path model) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (NodeProto node : read(model).getGraph().getNodeList()) {
            boolean conv = node.getOpType().equals("Conv") || node.getOpType().equals("FusedConv");
            if (!LAYOUT_OPS.contains(node.getOpType())) {
                counts.merge(conv ? "Conv" : node.getOpType(), 1, Integer::sum);
            }
            if (conv && node.getInputCount() > 3) {
                counts.merge("Add", 1, Integer::sum);
            }
            node.getAttributeList().stream()
                    .filter(attribute -> attribute.getName().equals("activation"))
                    .forEach(attribute -> counts.merge(attribute.getS().toStringUtf8(), 1, Integer::sum));
        }
        return counts;
    }

    private static Map<String, Tensor> feeds(ModelProto model) {
        Random random = new Random(1);
        Map<String, Tensor> feeds = new HashMap<>();
        for (ValueInfoProto input : model.getGraph().getInputList()) {
            int[] dims = input.getType().getTensorType().getShape().getDimList().stream()
                    .mapToLong(Dimension::getDimValue)
                    .mapToInt(Math::toIntExact)
                    .toArray();
            feeds.put(input.getName(), Tensor.random(random, dims));
        }
        return feeds;
    }

    /** A row of the page's first table. */
    record Row(int number, String model, String before, String rep4j, String onnxRuntime) {}
}
