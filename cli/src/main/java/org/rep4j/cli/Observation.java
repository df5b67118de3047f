package org.rep4j.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.VerificationException;

/**
 * The shapes that one run of a model showed.
 *
 * @param inputs of that run, by input name; empty if the model could not be run
 * @param values of all values that the run computed
 * @param obstacle why the model could not be run, null if it could
 */
record Observation(
        Map<String, Shape> inputs,
        Map<String, Shape> values,
        @Nullable String obstacle) {

    /** Runs {@code model}, of which {@code graph} is the lifted form, once; on failure the obstacle is noted. */
    static Observation of(Model model, ConvGraph graph, EquivalenceCheck check, Path scratch) {
        try (ModelRunner runner = model.openWith(unknown(graph), scratch)) {
            Map<String, Tensor> feeds = check.inputsFor(runner);
            Map<String, Shape> inputs = new TreeMap<>();
            feeds.forEach((name, tensor) -> inputs.put(name, tensor.shape()));
            Map<String, Shape> values = new HashMap<>(runner.outputShapes(feeds));
            values.putAll(inputs);
            return new Observation(inputs, values, null);
        } catch (VerificationException e) {
            return new Observation(Map.of(), Map.of(), e.getMessage());
        }
    }

    /** Why the model could not be run. */
    Optional<String> explanation() {
        return Optional.ofNullable(obstacle);
    }

    /** The input shapes for people: {@code 1x3x64x64}, with names where there are several inputs. */
    String describeInputs() {
        return inputs.entrySet().stream()
                .map(e -> (inputs.size() == 1 ? "" : e.getKey() + " ") + ShapeText.format(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static Set<String> unknown(ConvGraph graph) {
        Set<String> given = graph.inputs().stream().map(Value::name).collect(Collectors.toSet());
        Set<String> names = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            Stream.concat(node.inputs().stream(), node.outputs().stream())
                    .filter(v -> v.constant().isEmpty() && !v.shape().isFullyKnown())
                    .filter(v -> !graph.isOutput(v) && !given.contains(v.name()))
                    .forEach(v -> names.add(v.name()));
        }
        return names;
    }
}
