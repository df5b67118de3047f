package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rep4j.graph.ElementType;

class TensorCodecTest {

    @Test
    void everyHalfSurvives() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = TensorCodec.halfToDouble((short) bits);
            if (!Double.isNaN(value)) {
                assertThat(TensorCodec.doubleToHalf(value)).as("%x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void everyBfloatSurvives() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = Float.intBitsToFloat(bits << 16);
            if (!Double.isNaN(value)) {
                assertThat(TensorCodec.doubleToBfloat(value)).as("%x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void halvesOfKnownNumbers() {
        assertThat(TensorCodec.halfToDouble((short) 0x3c00)).isEqualTo(1);
        assertThat(TensorCodec.halfToDouble((short) 0xc000)).isEqualTo(-2);
        assertThat(TensorCodec.halfToDouble((short) 0x7bff)).isEqualTo(65504);
        assertThat(TensorCodec.halfToDouble((short) 1)).isEqualTo(Math.pow(2, -24));
        assertThat(TensorCodec.halfToDouble((short) 0x7c01)).isNaN();
        assertThat(TensorCodec.halfToDouble(TensorCodec.doubleToHalf(Double.NaN)))
                .isNaN();
    }

    @Test
    void roundsTiesToEven() {
        double ulp = Math.pow(2, -10);
        assertThat(TensorCodec.halfToDouble(TensorCodec.doubleToHalf(1 + ulp / 2)))
                .isEqualTo(1);
        assertThat(TensorCodec.halfToDouble(TensorCodec.doubleToHalf(1 + 3 * ulp / 2)))
                .isEqualTo(1 + 2 * ulp);
        assertThat(TensorCodec.halfToDouble(TensorCodec.doubleToHalf(65519))).isEqualTo(65504);
        assertThat(TensorCodec.halfToDouble(TensorCodec.doubleToHalf(65520))).isInfinite();
        assertThat(TensorCodec.halfToDouble(TensorCodec.doubleToHalf(Math.pow(2, -25))))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void roundingErrorIsWithinTheTypesRoundoff(ElementType type) {
        double[] values = new Random(3).doubles(1000, -100, 100).toArray();
        byte[] bytes = TensorCodec.encode(values, type);
        double[] decoded = TensorCodec.decode(ByteBuffer.wrap(bytes), type, values.length);
        for (int i = 0; i < values.length; i++) {
            assertThat(Math.abs(decoded[i] - values[i])).isLessThanOrEqualTo(Math.abs(values[i]) * type.unitRoundoff());
        }
        assertThat(TensorCodec.encode(decoded, type)).isEqualTo(bytes);
        assertThat(Arrays.stream(decoded).distinct().count()).isGreaterThan(100);
    }
}
