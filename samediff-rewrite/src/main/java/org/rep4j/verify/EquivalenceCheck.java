package org.rep4j.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.Shape;

/**
 * Runs two models on the same seeded random inputs and compares all outputs. Free dimensions take several sizes, the batch
 * included. Immutable.
 *
 * <pre>{@code
 * try (ModelRunner train = OnnxRuntimeRunner.open(a); ModelRunner deploy = OnnxRuntimeRunner.open(b)) {
 *     boolean same = EquivalenceCheck.standard().run(train, deploy).passed();
 * }
 * }</pre>
 */
public final class EquivalenceCheck {
    private static final int SAMPLES = 3;
    private static final long SEED = 20260101;

    private final Map<String, Shape> inputShapes;
    private final Set<String> unitScale;
    private final OptionalDouble tolerance;

    private EquivalenceCheck(Map<String, Shape> inputShapes, Set<String> unitScale, OptionalDouble tolerance) {
        this.inputShapes = Map.copyOf(inputShapes);
        this.unitScale = Set.copyOf(unitScale);
        this.tolerance = tolerance;
    }

    /** The check with default tolerances and sizes of its own choice. */
    public static EquivalenceCheck standard() {
        return new EquivalenceCheck(Map.of(), Set.of(), OptionalDouble.empty());
    }

    /** The same check with this tolerance for all floating-point outputs, relative to the largest output. */
    public EquivalenceCheck withTolerance(double relative) {
        return new EquivalenceCheck(inputShapes, unitScale, OptionalDouble.of(relative));
    }

    /** Whether the tolerances are those that leave room for rounding only, and not the caller's. */
    public boolean hasDefaultTolerances() {
        return tolerance.isEmpty();
    }

    /**
     * The same check with these input shapes.
     *
     * @param shapes by input name; −1 leaves a size to the check
     */
    public EquivalenceCheck withInputShapes(Map<String, Shape> shapes) {
        return new EquivalenceCheck(shapes, unitScale, tolerance);
    }

    /**
     * The same check, which takes the differences of these outputs relative to 1 where their elements are smaller: for
     * probabilities, whose tiny values are mostly rounding.
     */
    public EquivalenceCheck onUnitScale(Set<String> outputs) {
        return new EquivalenceCheck(inputShapes, outputs, tolerance);
    }

    /**
     * Inputs of the kind that sample 0 has, for a model to be run once.
     *
     * @throws VerificationException if the model takes none of the sizes that are tried
     */
    public Map<String, Tensor> inputsFor(ModelRunner model) {
        return sample(model, new InputShapes(model.inputs(), inputShapes), 0, null)
                .feeds();
    }

    /**
     * Compares {@code candidate} with {@code reference}.
     *
     * @throws VerificationException if the reference takes none of the sizes that are tried, or a model cannot be fed
     */
    public EquivalenceResult run(ModelRunner reference, ModelRunner candidate) {
        requireSameInputs(reference, candidate);
        InputShapes shapes = new InputShapes(reference.inputs(), inputShapes);
        Map<String, OutputDifference> differences = new LinkedHashMap<>();
        List<Map<String, Shape>> samples = new ArrayList<>();
        Integer size = null;
        for (int i = 0; i < SAMPLES; i++) {
            Sample sample = sample(reference, shapes, i, size);
            size = size == null ? sample.choice().size() : size;
            samples.add(sample.choice().shapes());
            compare(sample, candidate).forEach(d -> differences.merge(d.output(), d, OutputDifference::and));
        }
        return new EquivalenceResult(List.copyOf(differences.values()), samples);
    }

    private record Sample(InputShapes.Choice choice, Map<String, Tensor> feeds, Map<String, Tensor> outputs) {}

    private Sample sample(ModelRunner reference, InputShapes shapes, int number, @Nullable Integer size) {
        List<String> rejected = new ArrayList<>();
        VerificationException last = null;
        for (InputShapes.Choice choice : shapes.choices(number, size)) {
            Map<String, Tensor> feeds = new RandomInputs(SEED).feeds(reference.inputs(), choice.shapes(), number);
            try {
                return new Sample(choice, feeds, reference.run(feeds));
            } catch (VerificationException e) {
                rejected.add(describe(choice.shapes()));
                last = e;
            }
        }
        if (last == null) {
            throw new IllegalStateException("there is no choice of input shapes");
        }
        throw new VerificationException(
                "the model runs on none of the inputs tried (" + String.join("; ", rejected) + "): "
                        + last.getMessage(),
                last);
    }

    private List<OutputDifference> compare(Sample sample, ModelRunner candidate) {
        Map<String, Tensor> actual;
        try {
            actual = candidate.run(sample.feeds());
        } catch (VerificationException e) {
            return sample.outputs().entrySet().stream()
                    .map(o -> new OutputDifference(
                            o.getKey(),
                            o.getValue().type(),
                            Double.POSITIVE_INFINITY,
                            Double.POSITIVE_INFINITY,
                            0,
                            "only one of the models runs on "
                                    + describe(sample.choice().shapes()) + ": " + e.getMessage()))
                    .toList();
        }
        List<OutputDifference> differences = new ArrayList<>();
        sample.outputs().forEach((name, expected) -> differences.add(compare(name, expected, actual.get(name))));
        actual.forEach((name, extra) -> {
            if (!sample.outputs().containsKey(name)) {
                differences.add(compare(name, extra, null));
            }
        });
        return differences;
    }

    private OutputDifference compare(String output, Tensor expected, @Nullable Tensor actual) {
        return TensorComparison.compare(output, expected, actual, unitScale.contains(output) ? 1 : 0, tolerance);
    }

    private static void requireSameInputs(ModelRunner reference, ModelRunner candidate) {
        List<String> expected =
                reference.inputs().stream().map(InputSpec::name).sorted().toList();
        List<String> actual =
                candidate.inputs().stream().map(InputSpec::name).sorted().toList();
        if (!expected.equals(actual)) {
            throw new VerificationException("the models have different inputs: " + expected + " and " + actual);
        }
    }

    private static String describe(Map<String, Shape> shapes) {
        return shapes.entrySet().stream().map(e -> e.getKey() + e.getValue()).collect(Collectors.joining(", "));
    }
}
