package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ConvGeometry.AutoPad;

class TransposedGeometryTest {
    private static TransposedGeometry axis(
            int kernel, int stride, int dilation, int padBegin, int padEnd, int outputPadding) {
        return new TransposedGeometry(
                ConvGeometry.of(new ConvAxis(kernel, stride, dilation, padBegin, padEnd)), List.of(outputPadding));
    }

    /** Output positions that an input of size {@code inputs} writes to, by the definition: full size, then cut off. */
    private static Set<Integer> written(TransposedGeometry geometry, int inputs) {
        ConvAxis axis = geometry.geometry().axes().get(0);
        Set<Integer> written = new TreeSet<>();
        for (int in = 0; in < inputs; in++) {
            for (int tap = 0; tap < axis.kernel(); tap++) {
                int position = in * axis.stride() + tap * axis.dilation() - axis.padBegin();
                if (position >= 0 && position < geometry.outputSize(0, inputs)) {
                    written.add(position);
                }
            }
        }
        return written;
    }

    @Test
    void theHullWritesWhereItsMembersDo() {
        Random random = new Random(4);
        int found = 0;
        for (int n = 0; n < 20_000; n++) {
            int stride = 1 + random.nextInt(3);
            List<TransposedGeometry> members = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(2); i++) {
                ConvAxis axis = new ConvAxis(
                        1 + random.nextInt(4), stride, 1 + random.nextInt(3), random.nextInt(4), random.nextInt(4));
                members.add(new TransposedGeometry(
                        ConvGeometry.of(axis), List.of(random.nextInt(Math.max(stride, axis.dilation())))));
            }
            boolean sizesAgree = members.stream()
                            .mapToLong(m -> m.outputSize(0, 9))
                            .distinct()
                            .count()
                    == 1;
            Optional<TransposedGeometry> hull = TransposedGeometry.hull(members);
            if (hull.isEmpty()) {
                // Only a spacing finer than each member's leaves more to output padding than it allows.
                assertThat(sizesAgree
                                && members.stream()
                                        .allMatch(m -> m.outputPadding().get(0) < stride))
                        .as(members.toString())
                        .isFalse();
                continue;
            }
            found++;
            assertThat(sizesAgree).as(members.toString()).isTrue();
            ConvAxis axis = hull.get().geometry().axes().get(0);
            assertThat(hull.get().outputPadding().get(0))
                    .as(members.toString())
                    .isLessThan(Math.max(stride, axis.dilation()));
            assertThat(axis.isCropped()).as(members.toString()).isFalse();
            for (TransposedGeometry member : members) {
                assertThat(hull.get().outputSize(0, 9)).isEqualTo(member.outputSize(0, 9));
                assertThat(written(hull.get(), 9)).as(members.toString()).containsAll(written(member, 9));
                ConvAxis small = member.geometry().axes().get(0);
                for (int tap = 0; tap < small.kernel(); tap++) {
                    assertThat(axis.offset(axis.tapOf(small, tap))).isEqualTo(small.offset(tap));
                }
            }
        }
        assertThat(found).isGreaterThan(500);
    }

    @Test
    void hullsOfUsualBranches() {
        // 3×3 and 1×1, both of stride 2, to twice the size
        assertThat(TransposedGeometry.hull(List.of(axis(3, 2, 1, 1, 1, 1), axis(1, 2, 1, 0, 0, 1))))
                .contains(axis(3, 2, 1, 1, 1, 1));
        assertThat(TransposedGeometry.hull(List.of(axis(2, 2, 1, 0, 0, 0), axis(4, 2, 1, 1, 1, 0))))
                .contains(axis(4, 2, 1, 1, 1, 0));
        assertThat(TransposedGeometry.hull(List.of(axis(1, 2, 1, 0, 0, 1), axis(2, 2, 1, 1, 0, 1))))
                .contains(axis(2, 2, 1, 1, 0, 1));
        assertThat(TransposedGeometry.hull(List.of(axis(2, 2, 1, 1, 0, 1), axis(2, 2, 1, 0, 0, 0))))
                .contains(axis(3, 2, 1, 1, 0, 0));
        assertThat(TransposedGeometry.hull(List.of(axis(3, 2, 1, 1, 1, 1), axis(1, 2, 1, 0, 0, 0))))
                .as("other sizes")
                .isEmpty();
        assertThat(TransposedGeometry.hull(List.of(axis(1, 1, 1, 0, 0, 0), axis(1, 2, 1, 0, 0, 0))))
                .as("other strides")
                .isEmpty();
        assertThat(TransposedGeometry.hull(List.of(axis(2, 1, 2, 0, 0, 1), axis(2, 1, 3, 1, 0, 1))))
                .as("spacing 1, and one element beyond the last tap")
                .isEmpty();
    }

    @Test
    void aPaddingThatIsNotKnownHasNoHullButItself() {
        ConvGeometry same =
                ConvGeometry.same(List.of(new ConvAxis(3, 2, 1, 0, 0)), new long[] {-1}, AutoPad.SAME_UPPER);
        TransposedGeometry open = TransposedGeometry.of(same);
        assertThat(TransposedGeometry.hull(List.of(open, open))).contains(open);
        assertThat(TransposedGeometry.hull(List.of(open, axis(3, 2, 1, 0, 0, 0))))
                .isEmpty();
        assertThat(TransposedGeometry.hull(
                        List.of(TransposedGeometry.of(ConvGeometry.pointwise(2)), axis(1, 1, 1, 0, 0, 0))))
                .isEmpty();
    }

    @Test
    void outputPaddingFitsTheAxes() {
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 1, 1, 0, 0, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TransposedGeometry(ConvGeometry.pointwise(2), List.of(0)));
    }
}
