package org.rep4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.testing.GraphFixtures;

class FoldedKernelTest {
    private static final KernelShape SHAPE = new KernelShape(2, 1, 1, List.of(1, 1));
    private static final ConvGeometry POINT = ConvGeometry.pointwise(2);
    private static final ConvGeometry SQUARE =
            ConvGeometry.of(new ConvAxis(3, 1, 1, 1, 1), new ConvAxis(3, 1, 1, 1, 1));
    private static final Offset<Double> ROUNDING = within(1e-12);

    private static StoredKernel stored(double... weights) {
        return new StoredKernel(
                SHAPE,
                GraphFixtures.tensor(ElementType.FLOAT32, Shape.of(2, 1, 1, 1), weights),
                KernelLayout.OIK,
                null);
    }

    private static ChannelAffine affine(double scale, double shift) {
        return new ChannelAffine(new double[] {scale, scale}, new double[] {shift, 0});
    }

    @Test
    void readsAsTheFoldsSay() {
        KernelSource scaled = FoldedKernel.absorb(stored(3, -4), affine(2, 5));
        KernelSource sum = FoldedKernel.add(
                List.of(FoldedKernel.grow(scaled, POINT, SQUARE), FoldedKernel.grow(stored(1, 1), POINT, SQUARE)));
        ConvKernel kernel = sum.read();
        assertThat(kernel.weights()).containsExactly(0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, -7, 0, 0, 0, 0);
        assertThat(kernel.bias()).containsExactly(5, 0);
        assertThat(sum.shape()).isEqualTo(kernel.shape());
        assertThat(sum.type()).isEqualTo(ElementType.FLOAT32);
        assertThat(sum.parameters()).isEqualTo(20);
    }

    @Test
    void hasABiasOnlyWhereOneCameIn() {
        assertThat(FoldedKernel.absorb(stored(1, 2), affine(2, 0)).hasBias()).isFalse();
        assertThat(FoldedKernel.absorb(stored(1, 2), affine(2, 1)).hasBias()).isTrue();
        assertThat(FoldedKernel.identity(2, 1, 2, ElementType.FLOAT16).hasBias())
                .isFalse();
        assertThat(FoldedKernel.identity(2, 1, 2, ElementType.FLOAT16).parameters())
                .isEqualTo(4);
    }

    @Test
    void boundsCoverWhatIsRead() {
        Random random = new Random(5);
        for (int n = 0; n < 300; n++) {
            KernelSource kernel = stored(random.nextGaussian(), random.nextGaussian());
            ConvGeometry geometry = POINT;
            for (int i = 0; i < 6; i++) {
                KernelSource other = stored(random.nextGaussian(), random.nextGaussian());
                switch (random.nextInt(3)) {
                    case 0 ->
                        kernel = FoldedKernel.absorb(kernel, affine(random.nextGaussian(), random.nextGaussian()));
                    case 1 -> {
                        kernel = FoldedKernel.grow(kernel, geometry, SQUARE);
                        geometry = SQUARE;
                    }
                    default -> kernel = FoldedKernel.add(List.of(kernel, FoldedKernel.grow(other, POINT, geometry)));
                }
            }
            double[] exact = kernel.read().bounds();
            for (int c = 0; c < exact.length; c++) {
                assertThat(kernel.bounds()[c]).isGreaterThanOrEqualTo(exact[c] * (1 - 1e-12));
            }
        }
    }

    @Test
    void boundsTellOfNaNAndInfinity() {
        assertThat(stored(Double.NaN, 1).bounds()).containsExactly(Double.NaN, 1);
        assertThat(FoldedKernel.absorb(stored(Double.NaN, 1), affine(2, 0)).bounds()[0])
                .isNaN();
        assertThat(FoldedKernel.add(List.of(stored(1, 1), stored(Double.NaN, 1)))
                        .bounds()[0])
                .isNaN();
        assertThat(FoldedKernel.absorb(stored(1, 1), affine(Double.POSITIVE_INFINITY, 0))
                        .bounds())
                .contains(Double.POSITIVE_INFINITY);
        assertThat(FoldedKernel.absorb(stored(0, 1), affine(Double.POSITIVE_INFINITY, 0))
                        .bounds()[0])
                .isNaN();
    }

    @Test
    void boundsAreThoseOfTheBiasToo() {
        StoredKernel biased = new StoredKernel(
                SHAPE,
                GraphFixtures.tensor(ElementType.FLOAT32, Shape.of(2, 1, 1, 1), new double[] {1, 2}),
                KernelLayout.OIK,
                GraphFixtures.tensor(ElementType.FLOAT32, Shape.of(2), new double[] {-9, Double.NaN}));
        assertThat(biased.bounds()).containsExactly(9, Double.NaN);
    }

    @Test
    void longChainsOfScalesStayShallow() {
        KernelSource kernel = stored(1, 1);
        for (int i = 0; i < 100_000; i++) {
            kernel = FoldedKernel.absorb(kernel, affine(i % 2 == 0 ? 2 : 0.5, 0));
        }
        assertThat(kernel.read().weights()).containsExactly(1, 1);
    }

    @Test
    void deepRecipesAreEvaluatedOnTheWay() {
        KernelSource kernel = stored(0, 0);
        for (int i = 0; i < 20_000; i++) {
            kernel = FoldedKernel.absorb(FoldedKernel.add(List.of(kernel, stored(1e-4, 0))), affine(1, 1e-4));
        }
        assertThat(kernel.read().weights()[0]).isCloseTo(2, ROUNDING);
        assertThat(kernel.read().bias()[0]).isCloseTo(2, ROUNDING);
    }

    @Test
    void weightsAreReadOnlyWhenAsked() {
        AtomicInteger reads = new AtomicInteger();
        TensorData counting = new TensorData() {
            @Override
            public ElementType type() {
                return ElementType.FLOAT32;
            }

            @Override
            public Shape shape() {
                return Shape.of(2, 1, 1, 1);
            }

            @Override
            public double[] read() {
                reads.incrementAndGet();
                return new double[] {1, 2};
            }
        };
        StoredKernel kernel = new StoredKernel(SHAPE, counting, KernelLayout.OIK, null);
        assertThat(reads).hasValue(0);
        KernelSource folded = FoldedKernel.add(List.of(FoldedKernel.absorb(kernel, affine(3, 1)), kernel));
        assertThat(folded.bounds()).containsExactly(5, 8);
        assertThat(reads).as("once, for the bounds").hasValue(1);
        assertThat(folded.read().weights()).containsExactly(4, 8);
        double[] again = folded.read().weights();
        Arrays.fill(again, 0);
        assertThat(folded.read().weights()).containsExactly(4, 8);
    }
}
