package org.rep4j.cli.picture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.profile.Profile;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.rewrite.RewriteReport.Decline;
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

    /** Follows each op from fold to fold. */
    private static List<Fate> fates(RepResult<?> result) {
        Map<String, Step> steps = new HashMap<>();
        result.report()
                .rewrites()
                .forEach(r -> r.absorbed().forEach(a -> steps.put(a.op(), new Step(r.rule(), a.into()))));
        Map<String, Decline> declined = new HashMap<>();
        result.report().declined().forEach(d -> declined.putIfAbsent(d.op(), d));
        List<Fate> fates = new ArrayList<>();
        for (Node node : result.before().topologicalOrder()) {
            List<String> rules = new ArrayList<>();
            String into = null;
            for (Step step = steps.get(node.name()); step != null; step = into == null ? null : steps.get(into)) {
                rules.add(step.rule());
                into = step.into();
            }
            Decline decline = rules.isEmpty() ? declined.get(node.label()) : null;
            fates.add(new Fate(
                    node.name(),
                    into,
                    rules,
                    decline == null ? null : decline.reason(),
                    decline == null ? null : decline.remedy()));
        }
        return fates;
    }

    /** One fold of an op. */
    private record Step(String rule, @Nullable String into) {}
}
