package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.graph.Shape;

/**
 * What is inferred and folded, against the outputs of ONNX's own test data for backends. Needs Debian's libonnx-testdata; where it
 * is missing the tests are skipped, under CI they fail.
 */
class BackendDataTest {
    private static final Path DATA = Path.of("/usr/share/libonnx-testdata/data");
    private static final List<String> SUITES = List.of("node", "pytorch-converted", "pytorch-operator", "simple");

    /** Ops whose output is as long as the numbers that are fed say. */
    private static final Set<String> FED_SIZES = Set.of("NonZero", "NonMaxSuppression", "Range", "ConstantOfShape");

    private static final List<Example> EXAMPLES = new ArrayList<>();

    @TempDir
    private Path folder;

    /** A model with what it reads and writes, of tensors only. */
    private record Example(String name, ModelProto model, List<TensorProto> inputs, List<TensorProto> outputs) {
        List<NodeProto> nodes() {
            return model.getGraph().getNodeList();
        }

        /** The model with the inputs from number {@code first} on as constants. */
        ModelProto withConstants(int first) {
            GraphProto.Builder graph = model.getGraph().toBuilder();
            for (int i = inputs.size() - 1; i >= first; i--) {
                graph.addInitializer(
                        inputs.get(i).toBuilder().setName(graph.getInput(i).getName()));
                graph.removeInput(i);
            }
            return model.toBuilder().setGraph(graph).build();
        }
    }

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.isDirectory(DATA) || "true".equals(System.getenv("CI")), "libonnx-testdata is needed");
        for (String suite : SUITES) {
            try (Stream<Path> folders = Files.list(DATA.resolve(suite))) {
                for (Path example : folders.sorted().toList()) {
                    read(example);
                }
            }
        }
    }

    private static void read(Path example) throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(example.resolve("model.onnx")));
        GraphProto graph = model.getGraph();
        boolean known = graph.getNodeList().stream()
                .allMatch(n -> OutputShapes.ops().contains(n.getOpType())
                        || n.getOpType().equals("Constant"));
        boolean tensors = Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
                .allMatch(v -> v.getType().hasTensorType());
        boolean broadcastsOtherwise = opset(model) < OnnxModel.OLDEST_OPSET
                && graph.getNodeList().stream().anyMatch(n -> n.getOpType().equals("PRelu"));
        if (known && tensors && !broadcastsOtherwise) {
            EXAMPLES.add(new Example(
                    example.getFileName().toString(),
                    raised(model),
                    tensors(example, "input", graph.getInputCount()),
                    tensors(example, "output", graph.getOutputCount())));
        }
    }

    private static long opset(ModelProto model) {
        return model.getOpsetImportList().stream()
                .filter(o -> OnnxReader.isDefaultDomain(o.getDomain()))
                .mapToLong(o -> o.getVersion())
                .max()
                .orElse(OnnxModel.OLDEST_OPSET);
    }

    /** With an operator set that is read: the oldest examples broadcast under their own as under the next, PRelus aside. */
    private static ModelProto raised(ModelProto model) {
        ModelProto.Builder raised = model.toBuilder();
        raised.getOpsetImportBuilderList().stream()
                .filter(o -> OnnxReader.isDefaultDomain(o.getDomain()))
                .forEach(o -> o.setVersion(Math.max(o.getVersion(), OnnxModel.OLDEST_OPSET)));
        return raised.build();
    }

    private static List<TensorProto> tensors(Path example, String kind, int count) throws IOException {
        List<TensorProto> tensors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = example.resolve("test_data_set_0").resolve(kind + "_" + i + ".pb");
            if (Files.exists(file)) { // initializers that are inputs, too, have none
                tensors.add(TensorProto.parseFrom(Files.readAllBytes(file)));
            }
        }
        return tensors;
    }

    private OnnxModel load(ModelProto proto) throws IOException {
        return OnnxModel.load(Files.write(folder.resolve("model.onnx"), proto.toByteArray()));
    }

    @Test
    void everyOpIsTried() {
        Set<String> tried = new TreeSet<>(OutputShapesTest.tried());
        EXAMPLES.forEach(e -> e.nodes().forEach(n -> tried.add(n.getOpType())));
        assertThat(tried).containsAll(OutputShapes.ops());
    }

    @Test
    void shapesHoldForWhatComesOut() throws IOException {
        int all = check(UnaryOperator.identity(), 0);
        assertThat(all).isGreaterThan(500);
    }

    /** With axes, sizes and the like constant, as nets have them, all sizes follow. */
    @Test
    void sizesFollowFromConstants() throws IOException {
        List<String> sized = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (Example example : EXAMPLES) {
            OnnxModel model = load(example.withConstants(1));
            Inferences inferences = Inferences.strict(model);
            assertHolds(example, inferences);
            boolean fed = example.nodes().stream().anyMatch(n -> FED_SIZES.contains(n.getOpType()));
            boolean dynamic = !model.inputs().stream().allMatch(i -> i.shape().isFullyKnown());
            for (int i = 0; i < example.outputs().size() && !fed && !dynamic; i++) {
                String name = example.model().getGraph().getOutput(i).getName();
                (inferences.shape(name).isFullyKnown() ? sized : unknown)
                        .add(example.name() + ": " + inferences.shape(name));
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(sized).hasSizeGreaterThan(500);
    }

    @Test
    void hiddenSizesAreNotGuessed() throws IOException {
        int ranks = check(dims -> Collections.nCopies(dims.size(), -1L), 1);
        assertThat(ranks).isGreaterThan(500);
    }

    /** Infers with the inputs from {@code constants} on constant, or none if that is 0; returns how many ranks are known. */
    private int check(UnaryOperator<List<Long>> declared, int constants) throws IOException {
        int ranks = 0;
        for (Example example : EXAMPLES) {
            ModelProto proto = constants == 0 ? example.model() : example.withConstants(constants);
            Inferences inferences = Inferences.strict(Inferences.declaring(load(proto), declared));
            assertHolds(example, inferences);
            for (int i = 0; i < example.outputs().size(); i++) {
                String name = example.model().getGraph().getOutput(i).getName();
                ranks += inferences.shape(name).dims() == null ? 0 : 1;
            }
        }
        return ranks;
    }

    private static void assertHolds(Example example, Inferences inferences) {
        for (int i = 0; i < example.outputs().size(); i++) {
            String name = example.model().getGraph().getOutput(i).getName();
            Shape actual = new Shape(example.outputs().get(i).getDimsList());
            assertThat(Inferences.holds(inferences.shape(name), actual))
                    .as("%s: inferred %s of %s", example.name(), inferences.shape(name), actual)
                    .isTrue();
        }
    }

    /** Where all inputs are constants, so is the output of each op that is folded. BFLOAT16 is stored as something else there. */
    @Test
    void constantsAreWhatComesOut() throws IOException {
        List<String> folded = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Example example : EXAMPLES) {
            Inferences inferences = Inferences.strict(load(example.withConstants(0)));
            for (int i = 0; i < example.outputs().size(); i++) {
                String name = example.model().getGraph().getOutput(i).getName();
                ConstantTensor actual =
                        inferences.context().constants().get(name).orElse(null);
                ConstantTensor expected = inferences
                        .context()
                        .constants()
                        .stored(example.outputs().get(i));
                if (actual != null && expected.isNumeric() && !example.name().contains("BFLOAT16")) {
                    folded.add(example.name());
                    if (!isClose(actual, expected)) {
                        wrong.add(example.name());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(folded).hasSizeGreaterThan(200);
    }

    private static boolean isClose(ConstantTensor actual, ConstantTensor expected) {
        if (actual.dataType() != expected.dataType() || !actual.shape().equals(expected.shape())) {
            return false;
        }
        double[] numbers = actual.readNumbers();
        double[] others = expected.readNumbers();
        return IntStream.range(0, numbers.length).allMatch(i -> isClose(numbers[i], others[i]));
    }

    private static boolean isClose(double actual, double expected) {
        return actual == expected
                || (Double.isNaN(actual) && Double.isNaN(expected))
                || Math.abs(actual - expected) <= 1e-3 * Math.max(1e-2, Math.abs(expected));
    }
}
