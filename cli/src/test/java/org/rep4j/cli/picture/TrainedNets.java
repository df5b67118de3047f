package org.rep4j.cli.picture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.profile.Profile;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.rewrite.RewriteReport;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;
import org.rep4j.verify.Tensor;

/** Deploys real nets for the tests of their pictures. */
final class TrainedNets {
    private static final Path FIXTURES = Path.of("../samediff-rewrite/src/test/resources/fixtures");

    private TrainedNets() {}

    /** The deployment of a net that PyTorch exported. */
    static PictureInput fixture(String name) {
        return deployment(FIXTURES.resolve(name + ".onnx"), Map.of());
    }

    /** The deployment of an ONNX file, whose open inputs have the given shapes. */
    static PictureInput deployment(Path file, Map<String, Shape> inputs) {
        OnnxModel model = OnnxModel.load(file);
        RepResult<OnnxModel> result = RepPass.standard().apply(model);
        return input(file.getFileName().toString(), result, shapes(model, result.before(), inputs));
    }

    /** The deployment of a bare graph. */
    static PictureInput deployment(ConvGraph graph) {
        return input(graph.name(), RepPass.standard().apply(graph), Map.of());
    }

    private static PictureInput input(String title, RepResult<?> result, Map<String, Shape> shapes) {
        return new PictureInput(
                title,
                result.before(),
                result.after(),
                fates(result),
                shapes,
                Profile.of(result.before(), shapes),
                Profile.of(result.after(), shapes),
                "For the input of the test; memory access counts elements read and written",
                "Verified elsewhere");
    }

    private static Map<String, Shape> shapes(OnnxModel model, ConvGraph graph, Map<String, Shape> inputs) {
        Set<String> values = new LinkedHashSet<>();
        graph.nodes().forEach(n -> n.outputs().forEach(v -> values.add(v.name())));
        graph.outputs().forEach(v -> values.remove(v.name()));
        try {
            Path observed = Files.createTempFile("rep4j-picture", ".onnx");
            try {
                model.withOutputs(values).save(observed);
                try (ModelRunner runner = OnnxRuntimeRunner.open(observed)) {
                    Map<String, Tensor> feeds =
                            EquivalenceCheck.standard().withInputShapes(inputs).inputsFor(runner);
                    Map<String, Shape> shapes = new HashMap<>(runner.outputShapes(feeds));
                    feeds.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
                    return shapes;
                }
            } finally {
                Files.delete(observed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a command would pass on: the rules of what went, the reasons of what a rule declined. */
    private static List<Fate> fates(RepResult<?> result) {
        Set<String> declined = result.report().declined().stream()
                .map(RewriteReport.Decline::op)
                .collect(Collectors.toSet());
        return result.fates().stream()
                .map(f -> {
                    boolean gone = f.status() == OpFate.Status.FOLDED || f.status() == OpFate.Status.REMOVED;
                    boolean expected = declined.contains(f.label());
                    return new Fate(
                            f.name(),
                            f.into(),
                            gone ? f.rules() : List.of(),
                            expected ? f.reason() : null,
                            expected ? f.remedy() : null);
                })
                .toList();
    }
}
