package org.rep4j.algebra;

/** Where the products of two kernels' weights go when one convolution follows another. */
final class KernelComposition {
    private final KernelShape shape;
    private final int middle;
    private final int[] tapOfPair;

    private KernelComposition(KernelShape shape, int middle, int[] tapOfPair) {
        this.shape = shape;
        this.middle = middle;
        this.tapOfPair = tapOfPair;
    }

    /** @throws IllegalArgumentException as {@link KernelAlgebra#compose} says */
    static KernelComposition of(
            KernelShape first, ConvGeometry firstGeometry, KernelShape second, ConvGeometry secondGeometry) {
        if (first.groups() != second.groups() || first.outChannels() != second.inChannels()) {
            throw new IllegalArgumentException("a kernel of " + second + " does not follow one of " + first);
        }
        if (!first.spatial().equals(firstGeometry.kernel()) || !second.spatial().equals(secondGeometry.kernel())) {
            throw new IllegalArgumentException("kernels of " + first + " and " + second + " do not have the taps of "
                    + firstGeometry + " and " + secondGeometry);
        }
        ConvGeometry geometry = ConvGeometry.compose(firstGeometry, secondGeometry)
                .orElseThrow(() -> new IllegalArgumentException(
                        secondGeometry + " after " + firstGeometry + " is no convolution"));
        KernelShape shape =
                new KernelShape(second.outChannels(), first.inChannelsPerGroup(), first.groups(), geometry.kernel());
        return new KernelComposition(shape, second.inChannelsPerGroup(), taps(firstGeometry, secondGeometry, geometry));
    }

    /** For each pair of taps, those of the second kernel outermost, the tap of the composed one: row-major numbers. */
    private static int[] taps(ConvGeometry first, ConvGeometry second, ConvGeometry composed) {
        int[] taps = {0};
        int firsts = 1;
        for (int a = 0; a < composed.rank(); a++) {
            ConvAxis one = first.axes().get(a);
            ConvAxis two = second.axes().get(a);
            ConvAxis both = composed.axes().get(a);
            int[] next = new int[taps.length * one.kernel() * two.kernel()];
            for (int pair = 0; pair < next.length; pair++) {
                int i = pair % (firsts * one.kernel());
                int j = pair / (firsts * one.kernel());
                int outer = j / two.kernel() * firsts + i / one.kernel();
                int offset = one.stride() * two.offset(j % two.kernel()) + one.offset(i % one.kernel());
                next[pair] = taps[outer] * both.kernel() + both.tapAt(offset);
            }
            firsts *= one.kernel();
            taps = next;
        }
        return taps;
    }

    KernelShape shape() {
        return shape;
    }

    ConvKernel apply(ConvKernel first, ConvKernel second) {
        int ins = shape.inChannelsPerGroup();
        int firstTaps = first.shape().taps();
        int secondTaps = second.shape().taps();
        int taps = shape.taps();
        double[] weights = new double[Math.toIntExact(shape.weights())];
        double[] bias = second.bias().clone();
        for (int o = 0; o < bias.length; o++) {
            int firstMiddle = shape.groupOf(o) * middle;
            for (int m = 0; m < middle; m++) {
                for (int j = 0; j < secondTaps; j++) {
                    double factor = second.weights()[(o * middle + m) * secondTaps + j];
                    bias[o] += factor * first.bias()[firstMiddle + m];
                    for (int i = 0; i < ins; i++) {
                        int from = ((firstMiddle + m) * ins + i) * firstTaps;
                        int to = (o * ins + i) * taps;
                        for (int t = 0; t < firstTaps; t++) {
                            weights[to + tapOfPair[j * firstTaps + t]] += factor * first.weights()[from + t];
                        }
                    }
                }
            }
        }
        return new ConvKernel(shape, weights, bias);
    }
}
