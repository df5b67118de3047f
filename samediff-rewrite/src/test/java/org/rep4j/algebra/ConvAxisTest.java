package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConvAxisTest {
    private static ConvAxis axis(int kernel, int stride, int dilation, int padBegin, int padEnd) {
        return new ConvAxis(kernel, stride, dilation, padBegin, padEnd);
    }

    private static Set<Integer> offsets(ConvAxis axis) {
        return IntStream.range(0, axis.kernel()).mapToObj(axis::offset).collect(Collectors.toSet());
    }

    @Test
    void tellsSizesLikeSlidingAWindow() {
        Random random = new Random(1);
        for (int n = 0; n < 500; n++) {
            ConvAxis axis = axis(
                    1 + random.nextInt(4),
                    1 + random.nextInt(3),
                    1 + random.nextInt(3),
                    random.nextInt(6) - 2,
                    random.nextInt(6) - 2);
            int input = 14 + random.nextInt(9);
            int windows = 0;
            for (int start = -axis.padBegin(); start + axis.span() < input + axis.padEnd(); start += axis.stride()) {
                windows++;
            }
            assertThat(axis.outputSize(input)).as("%s on %d", axis, input).isEqualTo(windows);
            assertThat(axis.keepsSize())
                    .as(axis.toString())
                    .isEqualTo(IntStream.range(14, 30).allMatch(size -> axis.outputSize(size) == size));
        }
    }

    @Test
    void aSingleTapHasNoDilation() {
        assertThat(axis(1, 2, 7, 0, 0)).isEqualTo(ConvAxis.pointwise(2));
    }

    /** Whatever has a hull: the same output size, all taps, none further out than needed. */
    @Test
    void theHullHasAllTapsAndTheSameSize() {
        Random random = new Random(2);
        int found = 0;
        for (int n = 0; n < 5000; n++) {
            int stride = 1 + random.nextInt(2);
            List<ConvAxis> axes = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(2); i++) {
                axes.add(axis(
                        1 + random.nextInt(4),
                        stride,
                        1 + random.nextInt(3),
                        random.nextInt(7) - 2,
                        random.nextInt(7) - 2));
            }
            long input = random.nextBoolean() ? 16 + random.nextInt(2) : -1;
            Optional<ConvAxis> hull = ConvAxis.hull(axes, input);
            boolean sizesAgree = IntStream.range(16, 18)
                    .filter(size -> input < 0 || size == input)
                    .allMatch(size -> axes.stream()
                                    .mapToLong(a -> a.outputSize(size))
                                    .distinct()
                                    .count()
                            == 1);
            assertThat(hull.isPresent()).as("%s on %d", axes, input).isEqualTo(sizesAgree);
            if (hull.isEmpty()) {
                continue;
            }
            found++;
            Set<Integer> all = axes.stream().flatMap(a -> offsets(a).stream()).collect(Collectors.toSet());
            assertThat(offsets(hull.get())).as("%s on %d", axes, input).containsAll(all);
            assertThat(hull.get().offset(0))
                    .isEqualTo(all.stream().min(Integer::compare).orElseThrow());
            assertThat(hull.get().offset(hull.get().kernel() - 1))
                    .isEqualTo(all.stream().max(Integer::compare).orElseThrow());
            assertThat(hull.get().outputSize(input < 0 ? 16 : input))
                    .isEqualTo(axes.get(0).outputSize(input < 0 ? 16 : input));
            for (ConvAxis axis : axes) {
                for (int tap = 0; tap < axis.kernel(); tap++) {
                    assertThat(hull.get().offset(hull.get().tapOf(axis, tap))).isEqualTo(axis.offset(tap));
                }
            }
        }
        assertThat(found).isGreaterThan(200);
    }

    @Test
    void theHullIsNoFinerThanItsTapsAsk() {
        assertThat(ConvAxis.hull(List.of(axis(3, 1, 2, 2, 2), axis(1, 1, 1, 0, 0))))
                .contains(axis(3, 1, 2, 2, 2));
        assertThat(ConvAxis.hull(List.of(axis(3, 1, 3, 3, 3), axis(3, 1, 1, 1, 1))))
                .contains(axis(7, 1, 1, 3, 3));
        assertThat(ConvAxis.hull(List.of(axis(1, 2, 1, 0, 0), axis(3, 2, 1, 0, 1))))
                .isEmpty();
        assertThat(ConvAxis.hull(List.of(axis(3, 2, 1, 0, 1), axis(1, 2, 1, 0, 0)), 8))
                .contains(axis(3, 2, 1, 0, 1));
        assertThat(ConvAxis.hull(List.of(axis(3, 2, 1, 0, 1), axis(1, 2, 1, 0, 0)), 9))
                .isEmpty();
        assertThat(ConvAxis.hull(List.of(axis(1, 1, 1, 0, 0), axis(1, 2, 1, 0, 0))))
                .isEmpty();
    }

    @Test
    void theHullOfCroppedAxesMayBeCropped() {
        assertThat(ConvAxis.hull(List.of(axis(1, 1, 1, -1, -1), axis(1, 1, 1, -2, 0))))
                .contains(axis(2, 1, 1, -1, 0));
        assertThat(ConvAxis.hull(List.of(axis(3, 1, 1, 0, 0), axis(1, 1, 1, -1, -1))))
                .contains(axis(3, 1, 1, 0, 0));
        assertThat(axis(1, 1, 1, -1, 0).isCropped()).isTrue();
        assertThat(axis(1, 1, 1, 0, -1).isCropped()).isTrue();
        assertThat(axis(1, 1, 1, 0, 0).isCropped()).isFalse();
    }

    /** Each pair of taps of the chain is a tap of the composed axis, and there is no larger spacing that has them all. */
    @Test
    void composingMultipliesStridesAndAddsOffsets() {
        Random random = new Random(3);
        for (int n = 0; n < 2000; n++) {
            ConvAxis first = randomAxis(random);
            ConvAxis second = randomAxis(random);
            ConvAxis both = ConvAxis.compose(first, second).orElseThrow();
            Set<Integer> pairs = new TreeSet<>();
            for (int j = 0; j < second.kernel(); j++) {
                for (int i = 0; i < first.kernel(); i++) {
                    pairs.add(first.stride() * second.offset(j) + first.offset(i));
                }
            }
            String chain = second + " after " + first;
            assertThat(offsets(both)).as(chain).containsAll(pairs).contains(Collections.min(pairs));
            assertThat(both.span()).as(chain).isEqualTo(Collections.max(pairs) - Collections.min(pairs));
            for (int wider = both.dilation() + 1; wider <= both.span(); wider++) {
                int spacing = wider;
                assertThat(pairs.stream().allMatch(p -> (p - both.offset(0)) % spacing == 0))
                        .as("%s on every %d", chain, spacing)
                        .isFalse();
            }
            for (int input = 20; input < 40; input++) {
                assertThat(both.outputSize(input))
                        .as("%s on %d", chain, input)
                        .isEqualTo(second.outputSize(first.outputSize(input)));
            }
        }
    }

    private static ConvAxis randomAxis(Random random) {
        return axis(
                1 + random.nextInt(4),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextInt(6) - 2,
                random.nextInt(6) - 2);
    }

    @Test
    void chainsThatReachTooFarAreNotComposed() {
        int far = ConvAxis.FURTHEST;
        ConvAxis strided = axis(1, 1 << 11, 1, 0, 0);
        assertThat(ConvAxis.compose(strided, strided)).as("stride").isEmpty();
        assertThat(ConvAxis.compose(strided, axis(2, 1, 1 << 11, 0, 0)))
                .as("span")
                .isEmpty();
        assertThat(ConvAxis.compose(strided, axis(1, 1, 1, 1 << 11, 0)))
                .as("padding")
                .isEmpty();
        assertThat(ConvAxis.compose(strided, axis(1, 1, 1, 0, -(1 << 11))))
                .as("crop")
                .isEmpty();
        assertThat(ConvAxis.compose(axis(2, 1, far, 0, 0), axis(1, far, 1, 0, 0)))
                .contains(axis(2, far, far, 0, 0));
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        int far = ConvAxis.FURTHEST;
        assertThatIllegalArgumentException().isThrownBy(() -> axis(0, 1, 1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 0, 1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 1, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 1, 1, -far - 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 1, 1, 0, -far - 1));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(3, 1, Integer.MAX_VALUE, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 1, 1, far + 1, 0));
        assertThat(axis(2, 1, far, 0, 0).canBePadded(far, far)).isTrue();
        assertThat(axis(2, 1, far, 1, 0).canBePadded(far, far)).isFalse();
        assertThat(axis(2, 1, far, 1, -1).canBePadded(0, -far)).isFalse();
        assertThat(axis(2, 1, far, 1, 1).canBePadded(-far - 1, -far - 1)).isTrue();
        assertThat(ConvAxis.hull(List.of(axis(2, 1, far, far, 0), axis(2, 1, far, 0, far))))
                .as("a hull that reaches too far")
                .isEmpty();
    }

    @Test
    void aTapBetweenTheTapsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> axis(3, 1, 2, 2, 2).tapOf(axis(2, 1, 1, 0, 1), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> axis(1, 1, 1, 0, 0).tapOf(axis(3, 1, 1, 1, 1), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> axis(1, 1, 1, 0, 0).tapOf(axis(3, 1, 1, 1, 1), 2));
    }
}
