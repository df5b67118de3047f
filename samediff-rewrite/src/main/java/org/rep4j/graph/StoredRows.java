package org.rep4j.graph;

import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;

/** The rows of a stored kernel, gathered from wherever its layout has them. */
record StoredRows(KernelShape shape, Elements weights, KernelLayout layout, double[] bias) implements KernelRows {

    @Override
    public double addTo(int out, double scale, double[] row) {
        KernelLayout.Row place = layout.row(shape, out);
        if (layout == KernelLayout.OIK) {
            weights.addTo(place.start(), scale, row);
        } else {
            int taps = shape.taps();
            for (int i = 0; i < row.length; i++) {
                row[i] +=
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
