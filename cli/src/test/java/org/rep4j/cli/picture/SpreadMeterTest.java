package org.rep4j.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;

class SpreadMeterTest {
    /** Three output channels whose largest absolute weights are 2, 8 and 4. */
    private static final double[] WEIGHTS = {1, -2, 0, 8, -4, 3};

    private static KernelSource kernel(int channels, double... weights) {
        Shape shape = Shape.of(channels, weights.length / channels, 1, 1);
        TensorData data = new TensorData() {
            @Override
            public ElementType type() {
                return ElementType.FLOAT64;
            }

            @Override
            public Shape shape() {
                return shape;
            }

            @Override
            public double[] read() {
                return weights.clone();
            }
        };
        KernelShape sizes = new KernelShape(channels, weights.length / channels, 1, List.of(1, 1));
        return new StoredKernel(sizes, data, KernelLayout.OIK, null);
    }

    private static Spread spread(KernelSource... kernels) {
        SpreadMeter meter = new SpreadMeter(List.of(kernels));
        return meter.between(meter.min(), meter.max());
    }

    @Test
    void measuresRangeDeviationAndChannels() {
        Spread spread = spread(kernel(3, WEIGHTS));

        assertThat(spread.min()).isEqualTo(-4);
        assertThat(spread.max()).isEqualTo(8);
        // mean 1, squared distances 0 + 9 + 1 + 49 + 25 + 4
        assertThat(spread.deviation()).isCloseTo(Math.sqrt(88 / 6.0), within(1e-12));
        assertThat(spread.channelRatio()).isEqualTo(2);
    }

    @Test
    void eachWeightIsInTheBarOfItsValue() {
        SpreadMeter meter = new SpreadMeter(List.of(kernel(3, WEIGHTS)));

        List<Long> counts = meter.between(-4, 8).counts(); // 48 bars, four per unit

        Long[] expected = new Long[48];
        Arrays.fill(expected, 0L);
        for (int bar : new int[] {0, 8, 16, 20, 28, 47}) {
            expected[bar] = 1L; // −4, −2, 0, 1, 3, and 8 in the last one
        }
        assertThat(counts).containsExactly(expected);
    }

    @Test
    void severalKernelsCountTogetherAndTheWorstRatioShows() {
        Spread spread = spread(kernel(3, WEIGHTS), kernel(2, 1, 1), kernel(3, 0.5, 0.5, 5));

        assertThat(spread.kernels()).isEqualTo(3);
        assertThat(spread.counts().stream().mapToLong(c -> c).sum()).isEqualTo(11);
        assertThat(spread.channelRatio()).isEqualTo(10);
    }

    @Test
    void weightsThatAreNotFiniteAreCountedApart() {
        Spread spread = spread(kernel(2, 1, Double.NaN, Double.NEGATIVE_INFINITY, 3));

        assertThat(spread.notFinite()).isEqualTo(2);
        assertThat(spread.counts().stream().mapToLong(c -> c).sum()).isEqualTo(2);
        assertThat(spread.min()).isEqualTo(1);
        assertThat(spread.max()).isEqualTo(3);
        assertThat(spread.deviation()).isEqualTo(1);
    }

    @Test
    void equalWeightsAndDeadChannelsAreNoTrouble() {
        assertThat(spread(kernel(2, 0, 0)).channelRatio()).isEqualTo(1);
        assertThat(spread(kernel(1, 7, 7, 7)).counts().get(0)).isEqualTo(3);
        assertThat(spread(kernel(3, 0, 0, 5)).channelRatio()).isInfinite();
        assertThat(spread().counts()).containsOnly(0L);
    }

    @Test
    void thePathHasABarPerCount() {
        String path = spread(kernel(3, WEIGHTS)).path();

        assertThat(path).startsWith("M0 44").endsWith("Z");
        assertThat(path.chars().filter(c -> c == 'h').count()).isEqualTo(48);
    }
}
