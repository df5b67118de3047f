package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.graph.Shape;

class RandomInputsTest {
    private static final int SIZE = 4000;

    @Test
    void theSameSeedGivesTheSameNumbers() {
        assertThat(draw(TensorType.FLOAT32, 7, 0).reals())
                .isEqualTo(draw(TensorType.FLOAT32, 7, 0).reals());
        assertThat(draw(TensorType.FLOAT32, 7, 0).reals())
                .isNotEqualTo(draw(TensorType.FLOAT32, 8, 0).reals())
                .isNotEqualTo(draw(TensorType.FLOAT32, 7, 1).reals());
    }

    @Test
    void realsAreNormallyDistributedAndOfTheirType() {
        double[] values = draw(TensorType.FLOAT32, 1, 0).reals();

        assertThat(Arrays.stream(values).average().orElse(9)).isBetween(-0.1, 0.1);
        assertThat(Arrays.stream(values).map(v -> v * v).average().orElse(9)).isBetween(0.9, 1.1);
        assertThat(Arrays.stream(values).filter(v -> v != (float) v)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"UINT8, 0, 255", "INT8, -128, 127", "INT16, 1, 8", "INT32, 1, 8", "INT64, 1, 8", "BOOL, 0, 1"})
    void integersTakeAllValuesOfTheirRange(TensorType type, long least, long most) {
        long[] values = draw(type, 1, 0).integers();

        assertThat(Arrays.stream(values).min()).hasValue(least);
        assertThat(Arrays.stream(values).max()).hasValue(most);
    }

    private static Tensor draw(TensorType type, long seed, int sample) {
        InputSpec input = InputSpec.of("x", type, Shape.of(SIZE));
        Map<String, Tensor> feeds = new RandomInputs(seed).feeds(List.of(input), Map.of("x", Shape.of(SIZE)), sample);
        return Objects.requireNonNull(feeds.get("x"));
    }
}
