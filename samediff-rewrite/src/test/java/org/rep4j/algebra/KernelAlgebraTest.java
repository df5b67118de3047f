package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelAlgebraTest {
    private static ConvKernel kernel(int out, int in, int groups, List<Integer> spatial) {
        KernelShape shape = new KernelShape(out, in, groups, spatial);
        double[] weights = new double[(int) shape.weights()];
        double[] bias = new double[out];
        Arrays.setAll(weights, i -> i + 1);
        Arrays.setAll(bias, o -> 100 * (o + 1));
        return new ConvKernel(shape, weights, bias);
    }

    @Test
    void absorbingScalesEachOutputChannel() {
        ConvKernel absorbed = KernelAlgebra.absorb(
                kernel(2, 1, 1, List.of(1, 2)), new ChannelAffine(new double[] {2, -1}, new double[] {5, 7}));
        assertThat(absorbed.weights()).containsExactly(2, 4, -3, -4);
        assertThat(absorbed.bias()).containsExactly(205, -193);
    }

    @Test
    void absorbingLeavesItsArgumentAlone() {
        ConvKernel kernel = kernel(2, 1, 1, List.of(1));
        KernelAlgebra.absorb(kernel, ChannelAffine.scaling(new double[] {0, 0}));
        KernelAlgebra.grow(kernel, ConvGeometry.pointwise(1), ConvGeometry.of(new ConvAxis(3, 1, 1, 1, 1)));
        KernelAlgebra.add(List.of(kernel, kernel));
        assertThat(kernel.weights()).containsExactly(1, 2);
        assertThat(kernel.bias()).containsExactly(100, 200);
    }

    @Test
    void identitiesCountChannelsWithinTheirGroup() {
        assertThat(KernelAlgebra.identity(4, 2, 2).weights()).containsExactly(1, 0, 0, 1, 1, 0, 0, 1);
        assertThat(KernelAlgebra.identity(3, 3, 1).weights()).containsExactly(1, 1, 1);
        assertThat(KernelAlgebra.identity(2, 1, 3).shape()).hasToString("2x2x1x1x1");
    }

    @Test
    void growingPutsTapsWhereThePaddingSays() {
        ConvKernel kernel = kernel(1, 1, 1, List.of(1, 2));
        ConvGeometry from = ConvGeometry.of(new ConvAxis(1, 1, 1, 0, 0), new ConvAxis(2, 1, 2, 1, 1));
        ConvGeometry to = ConvGeometry.of(new ConvAxis(2, 1, 1, 1, 0), new ConvAxis(4, 1, 1, 2, 1));
        ConvKernel grown = KernelAlgebra.grow(kernel, from, to);
        assertThat(grown.shape()).hasToString("1x1x2x4");
        assertThat(grown.weights()).containsExactly(0, 0, 0, 0, 0, 1, 0, 2);
        assertThat(grown.bias()).containsExactly(100);
        assertThat(KernelAlgebra.grow(kernel, from, from)).isSameAs(kernel);
    }

    @Test
    void addingSumsWeightsAndBiases() {
        ConvKernel sum = KernelAlgebra.add(List.of(kernel(2, 1, 1, List.of()), kernel(2, 1, 1, List.of())));
        assertThat(sum.weights()).containsExactly(2, 4);
        assertThat(sum.bias()).containsExactly(200, 400);
    }

    @Test
    void averagingWeighsAllTapsAlike() {
        ConvKernel pool = KernelAlgebra.averagePool(3, List.of(2, 4));
        assertThat(pool.shape()).hasToString("3x1x2x4 in 3 groups");
        assertThat(pool.weights()).hasSize(24).containsOnly(0.125);
        assertThat(pool.bias()).containsExactly(0, 0, 0);
    }

    @Test
    void concatenatingStacksOutputChannels() {
        ConvKernel both = KernelAlgebra.concatenate(List.of(kernel(1, 2, 1, List.of(1)), kernel(2, 2, 1, List.of(1))));
        assertThat(both.shape()).hasToString("3x2x1");
        assertThat(both.weights()).containsExactly(1, 2, 1, 2, 3, 4);
        assertThat(both.bias()).containsExactly(100, 100, 200);
    }

    @Test
    void regroupingPutsGroupsOnTheDiagonal() {
        ConvKernel kernel = kernel(4, 1, 4, List.of(1, 2));
        ConvKernel two = KernelAlgebra.regroup(kernel, 2);
        assertThat(two.shape()).hasToString("4x2x1x2 in 2 groups");
        assertThat(two.weights()).containsExactly(1, 2, 0, 0, 0, 0, 3, 4, 5, 6, 0, 0, 0, 0, 7, 8);
        assertThat(two.bias()).containsExactly(100, 200, 300, 400);
        assertThat(KernelAlgebra.regroup(kernel, 4)).isSameAs(kernel);
    }

    @Test
    void boundsAreTheLargestNumbersOfEachChannel() {
        KernelShape shape = new KernelShape(3, 1, 1, List.of(2));
        assertThat(new ConvKernel(shape, new double[] {1, -2, 3, Double.NaN, 0, 4}, new double[] {-5, 0, 1}).bounds())
                .containsExactly(5, Double.NaN, 4);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        ConvKernel kernel = kernel(2, 1, 1, List.of(3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.absorb(kernel, ChannelAffine.scaling(new double[3])))
                .withMessage("3 channels do not fit a kernel of 2 output channels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.add(List.of(kernel, kernel(2, 1, 1, List.of(1)))))
                .withMessage("kernels of 2x1x3 and 2x1x1 do not add up");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConvKernel(kernel.shape(), new double[5], new double[2]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConvKernel(kernel.shape(), new double[6], new double[1]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.absorbBefore(ChannelAffine.scaling(new double[2]), kernel))
                .withMessage("2 channels do not fit a kernel of 1 input channels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.regroup(kernel(6, 1, 6, List.of()), 4))
                .withMessage("6 groups cannot be joined to 4");
        assertThatIllegalArgumentException().isThrownBy(() -> KernelAlgebra.regroup(kernel(6, 1, 6, List.of()), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.concatenate(List.of(kernel, kernel(2, 2, 1, List.of(3)))))
                .withMessage("kernels of 2x1x3 and 2x2x3 cannot be concatenated");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        KernelAlgebra.concatenate(List.of(kernel(2, 1, 2, List.of()), kernel(2, 1, 2, List.of()))));
        assertThatIllegalArgumentException().isThrownBy(() -> new KernelShape(3, 1, 2, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new KernelShape(3, 1, 1, List.of(0)));
        assertThatIllegalArgumentException().isThrownBy(() -> new ChannelAffine(new double[1], new double[2]));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new BatchNormStatistics(new double[1], new double[1], new double[2], new double[1], 0));
    }

    @Test
    void affinesChainInOrder() {
        ChannelAffine first = new ChannelAffine(new double[] {2}, new double[] {3});
        ChannelAffine next = new ChannelAffine(new double[] {-5}, new double[] {7});
        assertThat(first.andThen(next).scale()).containsExactly(-10);
        assertThat(first.andThen(next).shift()).containsExactly(-8);
        assertThat(first.isFinite()).isTrue();
        assertThat(new ChannelAffine(new double[] {1}, new double[] {Double.NaN}).isFinite())
                .isFalse();
        assertThat(ChannelAffine.scaling(new double[] {Double.POSITIVE_INFINITY})
                        .isFinite())
                .isFalse();
    }

    @Test
    void batchNormIsScaleAndShift() {
        ChannelAffine affine = new BatchNormStatistics(
                        new double[] {3}, new double[] {1}, new double[] {2}, new double[] {2.25}, 4)
                .affine();
        assertThat(affine.scale()).containsExactly(3 / 2.5);
        assertThat(affine.shift()).containsExactly(1 - 2 * (3 / 2.5));
    }
}
