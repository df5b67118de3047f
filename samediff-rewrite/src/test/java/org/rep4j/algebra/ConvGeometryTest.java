package org.rep4j.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.algebra.ConvGeometry.AutoPad;

class ConvGeometryTest {
    private static final ConvGeometry STRIDED_SAME = ConvGeometry.same(
            List.of(new ConvAxis(3, 2, 1, 0, 0), new ConvAxis(3, 1, 1, 0, 0)), new long[] {-1, -1}, AutoPad.SAME_UPPER);

    /** Begin and end padding as TensorFlow computes them. */
    @ParameterizedTest
    @CsvSource({
        "3, 2, 1, 8, 0, 1",
        "3, 2, 1, 9, 1, 1",
        "1, 2, 1, 8, 0, 0",
        "2, 1, 1, 8, 0, 1",
        "4, 1, 1, 8, 1, 2",
        "3, 1, 2, 8, 2, 2",
        "3, 3, 2, 10, 2, 2",
        "2, 3, 1, 6, 0, 0"
    })
    void sameIsResolvedWhereTheSizeIsKnown(int kernel, int stride, int dilation, long input, int less, int more) {
        List<ConvAxis> axes = List.of(new ConvAxis(kernel, stride, dilation, 7, 7));
        assertThat(ConvGeometry.same(axes, new long[] {input}, AutoPad.SAME_UPPER))
                .isEqualTo(ConvGeometry.of(new ConvAxis(kernel, stride, dilation, less, more)));
        ConvGeometry lower = ConvGeometry.same(axes, new long[] {input}, AutoPad.SAME_LOWER);
        assertThat(lower).isEqualTo(ConvGeometry.of(new ConvAxis(kernel, stride, dilation, more, less)));
        assertThat(lower.outputSizes(new long[] {input})).containsExactly((input + stride - 1) / stride);
    }

    @Test
    void sameNeedsNoSizeWhereTheStrideIsOne() {
        assertThat(ConvGeometry.same(List.of(new ConvAxis(4, 1, 1, 0, 0)), new long[] {-1}, AutoPad.SAME_UPPER))
                .isEqualTo(ConvGeometry.of(new ConvAxis(4, 1, 1, 1, 2)));
    }

    @Test
    void sameStaysOpenOnAllAxesWhereOneSizeIsMissing() {
        assertThat(STRIDED_SAME.isResolved()).isFalse();
        assertThat(STRIDED_SAME.keepsSize()).isFalse();
        assertThat(STRIDED_SAME.axes()).allMatch(a -> a.padBegin() == 0 && a.padEnd() == 0);
        assertThat(STRIDED_SAME.outputSizes(new long[] {9, -1})).containsExactly(5, -1);
        assertThat(STRIDED_SAME).hasToString("3x3, stride 2x1, padding SAME_UPPER");
        assertThatIllegalStateException().isThrownBy(() -> STRIDED_SAME.padded(new int[2], new int[2]));
    }

    @Test
    void hullsAreTakenAxisByAxis() {
        ConvGeometry wide = ConvGeometry.of(new ConvAxis(1, 1, 1, 0, 0), new ConvAxis(3, 1, 1, 1, 1));
        ConvGeometry high = ConvGeometry.of(new ConvAxis(5, 1, 1, 2, 2), new ConvAxis(1, 1, 1, 0, 0));
        assertThat(ConvGeometry.hull(List.of(wide, high)))
                .contains(ConvGeometry.of(new ConvAxis(5, 1, 1, 2, 2), new ConvAxis(3, 1, 1, 1, 1)));
        assertThat(ConvGeometry.hull(List.of(wide, ConvGeometry.pointwise(1)))).isEmpty();
        assertThat(ConvGeometry.hull(List.of(STRIDED_SAME, STRIDED_SAME))).contains(STRIDED_SAME);
        assertThat(ConvGeometry.hull(List.of(STRIDED_SAME, wide))).isEmpty();
    }

    @Test
    void chainsAreComposedAxisByAxis() {
        ConvGeometry first = ConvGeometry.of(new ConvAxis(1, 2, 1, 0, 0), new ConvAxis(3, 1, 2, 2, 1));
        ConvGeometry second = ConvGeometry.of(new ConvAxis(3, 1, 1, 1, 1), new ConvAxis(2, 3, 1, 0, -1));
        assertThat(ConvGeometry.compose(first, second))
                .contains(ConvGeometry.of(new ConvAxis(3, 2, 2, 2, 2), new ConvAxis(6, 3, 1, 2, 0)));
        assertThat(ConvGeometry.compose(first, ConvGeometry.pointwise(1))).isEmpty();
        assertThat(ConvGeometry.compose(STRIDED_SAME, first)).isEmpty();
        assertThat(ConvGeometry.compose(first, STRIDED_SAME)).isEmpty();
        ConvGeometry wide = ConvGeometry.of(new ConvAxis(1, 1 << 11, 1, 0, 0), new ConvAxis(1, 1, 1, 0, 0));
        assertThat(ConvGeometry.compose(wide, wide)).isEmpty();
        assertThat(ConvGeometry.compose(ConvGeometry.pointwise(0), ConvGeometry.pointwise(0)))
                .as("linear layers")
                .contains(ConvGeometry.pointwise(0));
    }

    @Test
    void textListsBeginPadsFirst() {
        ConvGeometry geometry = ConvGeometry.of(new ConvAxis(3, 2, 1, 0, 1), new ConvAxis(5, 1, 2, 3, 4));
        assertThat(geometry).hasToString("3x5, stride 2x1, dilation 1x2, padding 0,3,1,4");
        assertThat(geometry.taps()).isEqualTo(15);
        assertThat(ConvGeometry.pointwise(3)).hasToString("1x1x1");
    }
}
