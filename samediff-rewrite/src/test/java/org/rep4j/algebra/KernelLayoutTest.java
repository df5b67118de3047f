package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelLayoutTest {
    /** 6 outputs, 2 inputs a group, 2×5 taps, as a nested array per storage order would index it. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void readsWhatStorageHolds(int groups) {
        KernelShape shape = new KernelShape(6, 2, groups, List.of(2, 5));
        double[] expected = new double[120];
        double[] iok = new double[120];
        double[] kio = new double[120];
        double[] koi = new double[120];
        double[] oki = new double[120];
        int outsPerGroup = 6 / groups;
        for (int o = 0; o < 6; o++) {
            for (int i = 0; i < 2; i++) {
                for (int y = 0; y < 2; y++) {
                    for (int x = 0; x < 5; x++) {
                        double weight = 1000 * o + 100 * i + 10 * y + x;
                        expected[((o * 2 + i) * 2 + y) * 5 + x] = weight;
                        int input = o / outsPerGroup * 2 + i;
                        iok[((input * outsPerGroup + o % outsPerGroup) * 2 + y) * 5 + x] = weight;
                        kio[((y * 5 + x) * 2 + i) * 6 + o] = weight;
                        koi[((y * 5 + x) * 6 + o) * 2 + i] = weight;
                        oki[((o * 2 + y) * 5 + x) * 2 + i] = weight;
                    }
                }
            }
        }
        assertThat(canonical(KernelLayout.OIK, expected, shape)).isEqualTo(expected);
        assertThat(canonical(KernelLayout.IOK, iok, shape)).isEqualTo(expected);
        assertThat(canonical(KernelLayout.KIO, kio, shape)).isEqualTo(expected);
        assertThat(canonical(KernelLayout.KOI, koi, shape)).isEqualTo(expected);
        assertThat(canonical(KernelLayout.OKI, oki, shape)).isEqualTo(expected);
    }

    @Test
    void depthwiseKernelsOfSameDiffAreKio() {
        // [1 tap, 2 channels, multiplier 3]: channel c with multiplier m writes output 3c + m
        KernelShape shape = new KernelShape(6, 1, 2, List.of(1));
        double[] stored = {0, 1, 2, 10, 11, 12};
        assertThat(canonical(KernelLayout.KIO, stored, shape)).containsExactly(0, 1, 2, 10, 11, 12);
    }

    /** Stored weights in the order that {@link KernelLayout#row} says is O, I, taps. */
    private static double[] canonical(KernelLayout layout, double[] stored, KernelShape shape) {
        double[] weights = new double[stored.length];
        int at = 0;
        for (int out = 0; out < shape.outChannels(); out++) {
            KernelLayout.Row row = layout.row(shape, out);
            for (int in = 0; in < shape.inChannelsPerGroup(); in++) {
                for (int tap = 0; tap < shape.taps(); tap++) {
                    weights[at++] = stored[row.start() + in * row.inStride() + tap * row.tapStride()];
                }
            }
        }
        return weights;
    }
}
