package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Shape;

class TensorComparisonTest {

    @Test
    void differencesAreRelativeToTheLargestElement() {
        OutputDifference difference = compare(floats(10, -50, 0), floats(10, -50.001, 0.002));

        assertThat(difference.maxAbsolute()).isEqualTo(0.002);
        assertThat(difference.maxRelative()).isCloseTo(0.002 / 50, within(1e-12));
        assertThat(difference.tolerance()).isEqualTo(1e-4);
        assertThat(difference.isWithinTolerance()).isTrue();
    }

    @Test
    void moreThanTheToleranceFails() {
        assertThat(compare(floats(1, 0), floats(1, 1.1e-4)).isWithinTolerance()).isFalse();
        assertThat(compare(floats(1, 0), floats(1, 0.9e-4)).isWithinTolerance()).isTrue();
    }

    @Test
    void aGivenToleranceReplacesTheDefault() {
        OutputDifference strict =
                TensorComparison.compare("y", floats(1, 0), floats(1, 1e-5), 0, OptionalDouble.of(1e-6));

        assertThat(strict.isWithinTolerance()).isFalse();
    }

    @Test
    void whereTheReferenceIsZeroTheOtherMustBe() {
        assertThat(compare(floats(0, 0), floats(0, 0)).isWithinTolerance()).isTrue();
        assertThat(compare(floats(0, 0), floats(0, 1e-30)).isWithinTolerance()).isFalse();
    }

    @Test
    void probabilitiesAreComparedOnUnitScale() {
        Tensor expected = floats(1e-9, 2e-9);
        Tensor actual = floats(5e-9, 2e-9);

        assertThat(TensorComparison.compare("y", expected, actual, 1, OptionalDouble.empty())
                        .isWithinTolerance())
                .isTrue();
        assertThat(compare(expected, actual).isWithinTolerance()).isFalse();
    }

    @Test
    void notANumberMustStandInTheSamePlaces() {
        assertThat(compare(floats(Double.NaN, 1), floats(Double.NaN, 1)).isWithinTolerance())
                .isTrue();
        assertThat(compare(floats(Double.NaN, 1), floats(0, 1)).mismatch()).contains("element 0 is NaN");
        assertThat(compare(floats(0, 1), floats(0, Double.NaN)).isWithinTolerance())
                .isFalse();
    }

    @Test
    void infinitiesMustHaveTheSameSign() {
        double infinity = Double.POSITIVE_INFINITY;

        assertThat(compare(floats(infinity, 1), floats(infinity, 1)).isWithinTolerance())
                .isTrue();
        assertThat(compare(floats(infinity, 1), floats(-infinity, 1)).isWithinTolerance())
                .isFalse();
        assertThat(compare(floats(infinity, 1), floats(3e38, 1)).isWithinTolerance())
                .isFalse();
    }

    @Test
    void integersMustBeEqual() {
        assertThat(compare(integers(1, 2, 3), integers(1, 2, 3)).isWithinTolerance())
                .isTrue();
        OutputDifference difference =
                TensorComparison.compare("y", integers(1, 2, 3), integers(1, 2, 4), 0, OptionalDouble.of(1));
        assertThat(difference.isWithinTolerance()).isFalse();
        assertThat(difference.mismatch()).isEqualTo("1 of its 3 integers differ");
    }

    @Test
    void shapesTypesAndPresenceMustAgree() {
        Tensor column = Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 1), new double[2]);
        Tensor doubles = Tensor.ofReals(TensorType.FLOAT64, Shape.of(2), new double[2]);

        assertThat(compare(floats(0, 0), column).mismatch()).contains("[2] and [2,1]");
        assertThat(compare(floats(0, 0), doubles).mismatch()).contains("FLOAT32 and FLOAT64");
        assertThat(compare(floats(0, 0), null).mismatch()).contains("only one of the models has it");
    }

    private static OutputDifference compare(Tensor expected, @Nullable Tensor actual) {
        return TensorComparison.compare("y", expected, actual, 0, OptionalDouble.empty());
    }

    private static Tensor floats(double... values) {
        return Tensor.ofReals(TensorType.FLOAT32, Shape.of(values.length), values);
    }

    private static Tensor integers(long... values) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(values.length), values);
    }
}
