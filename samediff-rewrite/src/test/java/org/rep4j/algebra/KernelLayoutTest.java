package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
        assertThat(KernelLayout.OIK.toCanonical(expected, shape)).isEqualTo(expected);
        assertThat(KernelLayout.IOK.toCanonical(iok, shape)).isEqualTo(expected);
        assertThat(KernelLayout.KIO.toCanonical(kio, shape)).isEqualTo(expected);
        assertThat(KernelLayout.KOI.toCanonical(koi, shape)).isEqualTo(expected);
        assertThat(KernelLayout.OKI.toCanonical(oki, shape)).isEqualTo(expected);
    }

    @Test
    void depthwiseKernelsOfSameDiffAreKio() {
        // [1 tap, 2 channels, multiplier 3]: channel c with multiplier m writes output 3c + m
        KernelShape shape = new KernelShape(6, 1, 2, List.of(1));
        double[] stored = {0, 1, 2, 10, 11, 12};
        assertThat(KernelLayout.KIO.toCanonical(stored, shape)).containsExactly(0, 1, 2, 10, 11, 12);
    }

    @ParameterizedTest
    @EnumSource
    void writesBackWhatItRead(KernelLayout layout) {
        KernelShape shape = new KernelShape(6, 2, 3, List.of(3, 2));
        double[] stored = new double[(int) shape.weights()];
        Arrays.setAll(stored, i -> i);
        assertThat(layout.fromCanonical(layout.toCanonical(stored, shape), shape))
                .isEqualTo(stored);
    }
}
