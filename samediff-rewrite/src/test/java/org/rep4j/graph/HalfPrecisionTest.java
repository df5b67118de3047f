package org.rep4j.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

    @Test
    void everyHalfSurvives() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = HalfPrecision.halfToDouble((short) bits);
            if (!Double.isNaN(value)) {
                assertThat(HalfPrecision.doubleToHalf(value)).as("%x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void everyBfloatSurvives() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = HalfPrecision.bfloatToDouble((short) bits);
            if (!Double.isNaN(value)) {
                assertThat(HalfPrecision.doubleToBfloat(value)).as("%x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void halvesOfKnownNumbers() {
        assertThat(HalfPrecision.halfToDouble((short) 0x3c00)).isEqualTo(1);
        assertThat(HalfPrecision.halfToDouble((short) 0xc000)).isEqualTo(-2);
        assertThat(HalfPrecision.halfToDouble((short) 0x7bff)).isEqualTo(65504);
        assertThat(HalfPrecision.halfToDouble((short) 1)).isEqualTo(Math.pow(2, -24));
        assertThat(HalfPrecision.halfToDouble((short) 0x7c01)).isNaN();
        assertThat(HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(Double.NaN)))
                .isNaN();
    }

    @Test
    void roundsTiesToEven() {
        double ulp = Math.pow(2, -10);
        assertThat(HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(1 + ulp / 2)))
                .isEqualTo(1);
        assertThat(HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(1 + 3 * ulp / 2)))
                .isEqualTo(1 + 2 * ulp);
        assertThat(HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(65519)))
                .isEqualTo(65504);
        assertThat(HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(65520)))
                .isInfinite();
        assertThat(HalfPrecision.halfToDouble(HalfPrecision.doubleToHalf(Math.pow(2, -25))))
                .isZero();
    }
}
