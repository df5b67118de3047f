package org.rep4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.testing.GraphFixtures;

class ElementBytesTest {
    /** More than are converted at once, and no multiple of that. */
    private static final int MANY = 5001;

    private static double[] random(int count) {
        return new Random(3).doubles(count, -100, 100).toArray();
    }

    private static double[] read(Elements elements, int count) {
        double[] values = new double[count];
        Arrays.setAll(values, elements::get);
        return values;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void roundingErrorIsWithinTheTypesRoundoff(ElementType type) {
        double[] values = random(MANY);
        ElementBytes elements = ElementBytes.allocate(type, MANY);
        elements.put(0, values);
        double[] rounded = read(elements, MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(Math.abs(rounded[i] - values[i])).isLessThanOrEqualTo(Math.abs(values[i]) * type.unitRoundoff());
        }
        ElementBytes again = ElementBytes.allocate(type, MANY);
        again.put(0, rounded);
        assertThat(again.bytes()).isEqualTo(elements.bytes());
        assertThat(Arrays.stream(rounded).distinct().count()).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void wholeRangesAreWhatSingleElementsAre(ElementType type) {
        ElementBytes elements = ElementBytes.allocate(type, MANY + 7);
        double[] values = random(MANY);
        elements.put(5, values);
        assertThat(elements.get(4)).isZero();
        assertThat(elements.get(MANY + 5)).isZero();
        double[] sums = new double[MANY - 2];
        Arrays.fill(sums, 3);
        elements.addTo(6, sums.length, -2, sums, 0, 1);
        double largest = 0;
        for (int i = 0; i < sums.length; i++) {
            assertThat(sums[i]).isEqualTo(3 - 2 * elements.get(6 + i));
            largest = Math.max(largest, Math.abs(elements.get(6 + i)));
        }
        assertThat(elements.magnitude(6, sums.length)).isEqualTo(largest);
        double[] spread = new double[7];
        elements.addTo(5, 3, 4, spread, 1, 2);
        assertThat(spread).containsExactly(0, 4 * elements.get(5), 0, 4 * elements.get(6), 0, 4 * elements.get(7), 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64"})
    void magnitudesTellOfNaNAndInfinity(ElementType type) {
        ElementBytes elements = ElementBytes.allocate(type, 4);
        elements.put(0, new double[] {1, Double.NEGATIVE_INFINITY, -3, Double.NaN});
        assertThat(elements.magnitude(0, 1)).isEqualTo(1);
        assertThat(elements.magnitude(0, 3)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(elements.magnitude(0, 4)).isNaN();
        assertThat(elements.magnitude(2, 1)).isEqualTo(3);
        assertThat(elements.magnitude(2, 0)).isZero();
    }

    @Test
    void whatFloatsCannotHoldIsInfinite() {
        ElementBytes elements = ElementBytes.allocate(ElementType.FLOAT32, 2);
        elements.put(0, new double[] {1e39, -1e39});
        assertThat(read(elements, 2)).containsExactly(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    @Test
    void readsEitherByteOrderFromTheBuffersPosition() {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * MANY + 4).order(order);
            for (int i = 0; i <= MANY; i++) {
                bytes.putFloat(i);
            }
            ElementBytes elements =
                    new ElementBytes(bytes.position(4).asReadOnlyBuffer().order(order), ElementType.FLOAT32);
            double[] sums = new double[MANY];
            elements.addTo(0, MANY, 1, sums, 0, 1);
            assertThat(sums).isEqualTo(read(elements, MANY)).startsWith(1, 2, 3);
            assertThat(elements.magnitude(0, MANY)).isEqualTo(MANY);
        }
    }

    @Test
    void otherNumbersAreNotFloatingPoint() {
        assertThatIllegalArgumentException().isThrownBy(() -> ElementBytes.allocate(ElementType.OTHER, 1));
    }

    /** A kernel large enough for several threads comes back from each order, and its bounds are those of all its numbers. */
    @ParameterizedTest
    @EnumSource
    void kernelsComeBackFromEachOrder(KernelLayout layout) {
        KernelShape shape = new KernelShape(130, 65, 2, List.of(7, 9));
        assertThat(shape.weights()).isGreaterThan(1 << 19);
        ConvKernel kernel = new ConvKernel(shape, random(Math.toIntExact(shape.weights())), random(130));
        ElementBytes elements = ElementBytes.allocate(ElementType.FLOAT64, kernel.weights().length);
        assertThat(elements.put(kernel, layout)).isEqualTo(kernel.bias());
        StoredKernel stored = new StoredKernel(
                shape,
                GraphFixtures.tensor(ElementType.FLOAT64, Shape.of(shape.weights()), read(elements, elements.size())),
                layout,
                GraphFixtures.tensor(ElementType.FLOAT64, Shape.of(130), kernel.bias()));
        assertThat(stored.read().weights()).isEqualTo(kernel.weights());
        assertThat(stored.read().bias()).isEqualTo(kernel.bias());
        assertThat(stored.bounds()).isEqualTo(kernel.bounds());
    }
}
