package org.rep4j.algebra;

/** Where the products of two kernels' weights go when one convolution follows another. */
final class KernelComposition {
    private final KernelShape shape;
    private final int[] tapOfPair;

    private KernelComposition(KernelShape shape, int[] tapOfPair) {
        this.shape = shape;
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
        return new KernelComposition(shape, taps(firstGeometry, secondGeometry, geometry));
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

    /** A row of {@code second} applied to {@code first}: as {@link KernelRows#addTo}. */
    double addTo(ConvKernel first, KernelRows second, int out, double scale, double[] sums, int at, int step) {
        double[] factors = new double[second.shape().weightsPerOutput()];
        double bias = second.addTo(out, scale, factors, 0, 1);
        int ins = shape.inChannelsPerGroup();
        int taps = shape.taps();
        int firstTaps = first.shape().taps();
        int secondTaps = second.shape().taps();
        int firstMiddle = shape.groupOf(out) * (factors.length / secondTaps);
        int rowLength = ins * firstTaps;
        // Adding whole rows, and spreading their taps once, is several times as fast as spreading each product.
        double[] products = new double[secondTaps * rowLength];
        for (int f = 0; f < factors.length; f++) {
            if (factors[f] == 0) {
                continue; // most are where a kernel of many groups was regrouped, as an average pool's is
            }
            int middle = firstMiddle + f / secondTaps;
            bias += factors[f] * first.bias()[middle];
            addProducts(
                    factors[f], first.weights(), middle * rowLength, products, f % secondTaps * rowLength, rowLength);
        }
        for (int product = 0; product < products.length; product++) {
            int in = product % rowLength / firstTaps;
            int pair = product / rowLength * firstTaps + product % firstTaps;
            sums[at + (in * taps + tapOfPair[pair]) * step] += products[product];
        }
        return bias;
    }

    private static void addProducts(double factor, double[] weights, int from, double[] products, int to, int count) {
        for (int i = 0; i < count; i++) {
            products[to + i] += factor * weights[from + i];
        }
    }
}
