package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.rep4j.testing.ReferenceInterpreter;
import org.rep4j.testing.Tensor;

/** Kernels that the algebra makes, against step-by-step convolution in double precision. */
class KernelFunctionTest {
    private static final int CHAINS = 60;

    private static ConvKernel kernel(Random random, int out, int in, int groups, ConvGeometry geometry) {
        KernelShape shape = new KernelShape(out, in / groups, groups, geometry.kernel());
        return new ConvKernel(
                shape,
                random.doubles(shape.weights(), -1, 1).toArray(),
                random.doubles(out, -1, 1).toArray());
    }

    private static ConvKernel withoutBias(ConvKernel kernel) {
        return new ConvKernel(kernel.shape(), kernel.weights(), new double[kernel.bias().length]);
    }

    /** Axes of any stride, dilation and padding from {@code leastPad} to {@code mostPad}. */
    private static ConvGeometry geometry(Random random, int rank, int leastPad, int mostPad) {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(new ConvAxis(
                    1 + random.nextInt(3),
                    1 + random.nextInt(2),
                    1 + random.nextInt(2),
                    random.nextInt(leastPad, mostPad + 1),
                    random.nextInt(leastPad, mostPad + 1)));
        }
        return ConvGeometry.of(axes);
    }

    private static Tensor input(Random random, int channels, int rank) {
        return input(random, channels, rank, 24);
    }

    private static Tensor input(Random random, int channels, int rank, int leastSize) {
        int[] dims = new int[rank + 2];
        Arrays.setAll(dims, i -> leastSize + random.nextInt(4));
        dims[0] = 2;
        dims[1] = channels;
        int elements = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        return new Tensor(dims, random.doubles(elements, -1, 1).toArray());
    }

    private static Tensor convolve(Tensor x, ConvKernel kernel, ConvGeometry geometry) {
        return ReferenceInterpreter.convolve(x, kernel, geometry.axes());
    }

    private static void assertSame(Tensor actual, Tensor expected, String what) {
        assertThat(actual.dims()).as(what).isEqualTo(expected.dims());
        assertThat(actual.data()).as(what).containsExactly(expected.data(), within(1e-10));
    }

    private static Tensor affine(Tensor x, ChannelAffine affine) {
        Tensor y = Tensor.zeros(x.dims());
        Tensor.forEachIndex(x.dims(), i -> y.set(i, x.at(i) * affine.scale()[i[1]] + affine.shift()[i[1]]));
        return y;
    }

    private static ChannelAffine affine(Random random, int channels) {
        return new ChannelAffine(
                random.doubles(channels, -2, 2).toArray(),
                random.doubles(channels, -2, 2).toArray());
    }

    @RepeatedTest(CHAINS)
    void aChainOfTwoIsOne(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        int rank = 1 + random.nextInt(2);
        int groups = 1 + random.nextInt(3);
        int in = groups * (1 + random.nextInt(2));
        int middle = groups * (1 + random.nextInt(2));
        boolean padsMiddle = random.nextBoolean();
        // Zeros around the middle are what the chain computes there only if a pointwise kernel without bias made it.
        ConvGeometry firstGeometry = padsMiddle ? strided(random, rank) : geometry(random, rank, -1, 2);
        ConvGeometry secondGeometry = padsMiddle ? geometry(random, rank, -1, 2) : geometry(random, rank, -1, 0);
        ConvKernel first = kernel(random, middle, in, groups, firstGeometry);
        ConvKernel second = kernel(random, groups * (1 + random.nextInt(2)), middle, groups, secondGeometry);
        if (padsMiddle) {
            first = withoutBias(first);
        }
        Tensor x = input(random, in, rank);
        ConvGeometry geometry =
                ConvGeometry.compose(firstGeometry, secondGeometry).orElseThrow();
        assertSame(
                convolve(x, KernelAlgebra.compose(first, firstGeometry, second, secondGeometry), geometry),
                convolve(convolve(x, first, firstGeometry), second, secondGeometry),
                secondGeometry + " after " + firstGeometry);
    }

    private static ConvGeometry strided(Random random, int rank) {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(ConvAxis.pointwise(1 + random.nextInt(2)));
        }
        return ConvGeometry.of(axes);
    }

    @RepeatedTest(CHAINS)
    void aChainOfThreeIsOneFromEitherEnd(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        List<ConvGeometry> geometries = new ArrayList<>();
        List<ConvKernel> kernels = new ArrayList<>();
        int channels = 2;
        for (int i = 0; i < 3; i++) {
            geometries.add(geometry(random, 2, -1, i == 0 ? 2 : 0));
            int out = 2 * (1 + random.nextInt(2));
            kernels.add(kernel(random, out, channels, 2, geometries.get(i)));
            channels = out;
        }
        Tensor x = input(random, 2, 2, 50);
        Tensor expected = x;
        for (int i = 0; i < 3; i++) {
            expected = convolve(expected, kernels.get(i), geometries.get(i));
        }
        ConvGeometry front =
                ConvGeometry.compose(geometries.get(0), geometries.get(1)).orElseThrow();
        ConvKernel fromFront = KernelAlgebra.compose(
                KernelAlgebra.compose(kernels.get(0), geometries.get(0), kernels.get(1), geometries.get(1)),
                front,
                kernels.get(2),
                geometries.get(2));
        ConvGeometry back =
                ConvGeometry.compose(geometries.get(1), geometries.get(2)).orElseThrow();
        ConvKernel fromBack = KernelAlgebra.compose(
                kernels.get(0),
                geometries.get(0),
                KernelAlgebra.compose(kernels.get(1), geometries.get(1), kernels.get(2), geometries.get(2)),
                back);
        ConvGeometry all = ConvGeometry.compose(front, geometries.get(2)).orElseThrow();
        assertThat(fromFront.shape().spatial()).isEqualTo(all.kernel());
        assertSame(convolve(x, fromFront, all), expected, "from the front " + geometries);
        ConvGeometry alike = ConvGeometry.compose(geometries.get(0), back).orElseThrow();
        assertSame(convolve(x, fromBack, alike), expected, "from the back " + geometries);
    }

    @RepeatedTest(CHAINS)
    void aScaleAndShiftBeforeAnUnpaddedConvolutionIsPartOfIt(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        ConvGeometry geometry = geometry(random, 2, -1, 0);
        int groups = 1 + random.nextInt(3);
        int in = groups * (1 + random.nextInt(3));
        ConvKernel kernel = kernel(random, groups * 2, in, groups, geometry);
        ChannelAffine affine = affine(random, in);
        Tensor x = input(random, in, 2);
        assertSame(
                convolve(x, KernelAlgebra.absorbBefore(affine, kernel), geometry),
                convolve(affine(x, affine), kernel, geometry),
                geometry + " in " + groups + " groups");
    }

    @RepeatedTest(CHAINS)
    void regroupingKeepsTheFunction(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        ConvGeometry geometry = geometry(random, 1, -1, 2);
        int fewer = 1 + random.nextInt(3);
        int groups = fewer * (1 + random.nextInt(3));
        int in = groups * (1 + random.nextInt(2));
        ConvKernel kernel = kernel(random, groups * (1 + random.nextInt(2)), in, groups, geometry);
        Tensor x = input(random, in, 1);
        assertSame(
                convolve(x, KernelAlgebra.regroup(kernel, fewer), geometry),
                convolve(x, kernel, geometry),
                groups + " to " + fewer);
    }

    @Test
    void averagingIsTheMeanOfTheWindow() {
        Random random = new Random(1);
        Tensor x = input(random, 2, 2);
        ConvGeometry geometry = ConvGeometry.of(new ConvAxis(2, 2, 1, 0, 0), new ConvAxis(3, 1, 1, 0, 0));
        Tensor y = convolve(x, KernelAlgebra.averagePool(2, List.of(2, 3)), geometry);
        Tensor.forEachIndex(y.dims(), index -> {
            double sum = 0;
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 3; j++) {
                    sum += x.at(new int[] {index[0], index[1], 2 * index[2] + i, index[3] + j});
                }
            }
            assertThat(y.at(index)).isCloseTo(sum / 6, within(1e-12));
        });
    }

    @Test
    void whatDoesNotFollowIsRefused() {
        Random random = new Random(1);
        ConvGeometry point = ConvGeometry.pointwise(1);
        ConvGeometry wide = ConvGeometry.of(new ConvAxis(1, 1 << 11, 1, 0, 0));
        ConvGeometry three = ConvGeometry.of(new ConvAxis(3, 1, 1, 0, 0));
        ConvKernel plain = kernel(random, 4, 2, 1, point);
        ConvKernel grouped = kernel(random, 4, 4, 2, point);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.compose(plain, point, plain, point))
                .withMessage("a kernel of 4x2x1 does not follow one of 4x2x1");
        assertThatIllegalArgumentException().isThrownBy(() -> KernelAlgebra.compose(plain, point, grouped, point));
        ConvKernel next = kernel(random, 3, 4, 1, point);
        assertThatIllegalArgumentException().isThrownBy(() -> KernelAlgebra.compose(plain, three, next, point));
        assertThatIllegalArgumentException().isThrownBy(() -> KernelAlgebra.compose(plain, point, next, three));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelAlgebra.compose(plain, wide, next, wide))
                .withMessageEndingWith("is no convolution");
    }
}
