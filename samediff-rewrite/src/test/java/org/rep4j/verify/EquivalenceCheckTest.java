package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Shape;

class EquivalenceCheckTest {
    private static final Shape ANY_IMAGE = Shape.of(-1, 3, -1, -1);

    @Test
    void equalModelsPassOnThreeSamplesOfSeveralSizes() {
        EquivalenceResult result = EquivalenceCheck.standard().run(twice(), twice());

        assertThat(result.passed()).isTrue();
        assertThat(result.maxAbsoluteDifference()).isZero();
        assertThat(result.samples())
                .containsExactly(
                        Map.of("x", Shape.of(1, 3, 64, 64)),
                        Map.of("x", Shape.of(2, 3, 96, 96)),
                        Map.of("x", Shape.of(3, 3, 64, 96)));
    }

    @Test
    void aDifferenceThatOnlyALargerBatchShowsIsFound() {
        ModelRunner broken =
                new Elementwise("y", (value, shape) -> shape.dim(0) == 3 ? 2.001 * value : 2 * value, shape -> true);

        EquivalenceResult result = EquivalenceCheck.standard().run(twice(), broken);

        assertThat(result.passed()).isFalse();
        assertThat(result.maxRelativeDifference()).isBetween(4.9e-4, 5.1e-4);
        assertThat(result.firstFailure().orElseThrow().output()).isEqualTo("y");
        assertThat(EquivalenceCheck.standard()
                        .withTolerance(1e-3)
                        .run(twice(), broken)
                        .passed())
                .isTrue();
    }

    @Test
    void sizesThatTheModelRejectsAreReplaced() {
        Predicate<Shape> onlySquareOf224 = shape -> shape.dim(2) == 224 && shape.dim(3) == 224;

        EquivalenceResult result = EquivalenceCheck.standard()
                .run(
                        new Elementwise("y", (v, shape) -> v, onlySquareOf224),
                        new Elementwise("y", (v, shape) -> v, onlySquareOf224));

        assertThat(result.samples())
                .containsExactly(
                        Map.of("x", Shape.of(1, 3, 224, 224)),
                        Map.of("x", Shape.of(2, 3, 224, 224)),
                        Map.of("x", Shape.of(3, 3, 224, 224)));
    }

    @Test
    void aModelThatRunsOnNothingCannotBeVerified() {
        ModelRunner stubborn = new Elementwise("y", (v, shape) -> v, shape -> false);

        assertThatThrownBy(() -> EquivalenceCheck.standard().run(stubborn, stubborn))
                .isInstanceOf(VerificationException.class)
                .hasMessageStartingWith("the model runs on none of the inputs tried (x[1,3,64,64]; x[1,3,224,224]")
                .hasMessageEndingWith("no such size");
    }

    @Test
    void aCandidateThatRejectsWhatTheReferenceTakesIsNotEquivalent() {
        ModelRunner picky = new Elementwise("y", (v, shape) -> 2 * v, shape -> shape.dim(0) == 1);

        EquivalenceResult result = EquivalenceCheck.standard().run(twice(), picky);

        assertThat(result.passed()).isFalse();
        assertThat(result.firstFailure().orElseThrow().mismatch())
                .contains("only one of the models runs on x[2,3,96,96]");
    }

    @Test
    void outputsThatOnlyOneModelHasAreDifferences() {
        EquivalenceResult result =
                EquivalenceCheck.standard().run(twice(), new Elementwise("z", (v, shape) -> 2 * v, shape -> true));

        assertThat(result.passed()).isFalse();
        assertThat(result.outputs()).extracting(OutputDifference::output).containsExactly("y", "z");
    }

    @Test
    void givenShapesAreUsed() {
        EquivalenceResult result = EquivalenceCheck.standard()
                .withInputShapes(Map.of("x", Shape.of(-1, 3, 7, 9)))
                .run(twice(), twice());

        assertThat(result.samples())
                .containsExactly(
                        Map.of("x", Shape.of(1, 3, 7, 9)),
                        Map.of("x", Shape.of(2, 3, 7, 9)),
                        Map.of("x", Shape.of(3, 3, 7, 9)));
    }

    @Test
    void tinyOutputsCanBeComparedOnUnitScale() {
        // On unit scale a difference of 2e-5 is small, however small the outputs are.
        ModelRunner tiny = new Elementwise("y", (v, shape) -> v * 1e-6, shape -> true);
        ModelRunner tinier = new Elementwise("y", (v, shape) -> v * 0.5e-6, shape -> true);

        assertThat(EquivalenceCheck.standard().run(tiny, tinier).passed()).isFalse();
        assertThat(EquivalenceCheck.standard()
                        .onUnitScale(Set.of("y"))
                        .run(tiny, tinier)
                        .passed())
                .isTrue();
    }

    private static ModelRunner twice() {
        return new Elementwise("y", (v, shape) -> 2 * v, shape -> true);
    }

    /** A model of one input x that applies a function to each element. */
    private static final class Elementwise implements ModelRunner {
        private final String output;
        private final ToDoubleBiFunction<Double, Shape> function;
        private final Predicate<Shape> accepts;

        Elementwise(String output, ToDoubleBiFunction<Double, Shape> function, Predicate<Shape> accepts) {
            this.output = output;
            this.function = function;
            this.accepts = accepts;
        }

        @Override
        public List<InputSpec> inputs() {
            return List.of(InputSpec.of("x", TensorType.FLOAT32, ANY_IMAGE));
        }

        @Override
        public List<String> outputs() {
            return List.of(output);
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> feeds) {
            Tensor x = Objects.requireNonNull(feeds.get("x"));
            if (!accepts.test(x.shape())) {
                throw new VerificationException("no such size");
            }
            double[] values = Arrays.stream(x.reals())
                    .map(v -> function.applyAsDouble(v, x.shape()))
                    .toArray();
            return Map.of(output, Tensor.ofReals(TensorType.FLOAT32, x.shape(), values));
        }

        @Override
        public Map<String, Shape> outputShapes(Map<String, Tensor> feeds) {
            return Map.of(output, Objects.requireNonNull(run(feeds).get(output)).shape());
        }

        @Override
        public void close() {}
    }
}
