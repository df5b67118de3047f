package org.rep4j.graph;

import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;

/** The rows of a stored kernel, gathered from wherever its layout has them. */
record StoredRows(KernelShape shape, Elements weights, KernelLayout layout, double[] bias) implements KernelRows {

    @Override
    public double addTo(int out, double scale, double[] sums, int first, int step) {
        KernelLayout.Row place = layout.row(shape, out);
        int count = shape.weightsPerOutput();
        if (layout == KernelLayout.OIK) {
            weights.addTo(place.start(), count, scale, sums, first, step);
        } else {
            int taps = shape.taps();
            for (int i = 0; i < count; i++) {
                sums[first + i * step] +=
                        scale * weights.get(place.start() + i / taps * place.inStride() + i % taps * place.tapStride());
            }
        }
        return scale * bias[out];
    }

    @Override
    public double[] bounds() {
        if (layout != KernelLayout.OIK) {
            return KernelRows.super.bounds();
        }
        int row = shape.weightsPerOutput();
        return shape.range(bias.length)
                .mapToDouble(out -> Math.max(Math.abs(bias[out]), weights.magnitude(out * row, row)))
                .toArray();
    }
}
