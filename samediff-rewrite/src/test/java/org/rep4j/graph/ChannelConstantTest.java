package org.rep4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ChannelConstantTest {
    @Test
    void liesAlongTheOneAxisThatIsNotOne() {
        ChannelConstant perChannel = ChannelConstant.fromBroadcast(Shape.of(1, 3, 1, 1), new double[] {1, 2, 3})
                .orElseThrow();
        assertThat(perChannel.axis()).isEqualTo(-3);
        assertThat(perChannel.rank()).isEqualTo(4);
        assertThat(ChannelConstant.fromBroadcast(Shape.of(3), new double[] {1, 2, 3})
                        .orElseThrow()
                        .axis())
                .isEqualTo(-1);
    }

    @Test
    void aSingleElementServesAllChannels() {
        ChannelConstant scalar =
                ChannelConstant.fromBroadcast(Shape.of(), new double[] {2}).orElseThrow();
        assertThat(scalar.rank()).isZero();
        assertThat(scalar.expanded(3)).containsExactly(2, 2, 2);
        assertThat(ChannelConstant.fromBroadcast(Shape.of(1, 1), new double[] {2})
                        .orElseThrow()
                        .expanded(1))
                .containsExactly(2);
    }

    @Test
    void moreThanOneAxisIsNoChannelConstant() {
        assertThat(ChannelConstant.fromBroadcast(Shape.of(3, 1, 2), new double[6]))
                .isEmpty();
        assertThat(ChannelConstant.fromBroadcast(Shape.of(0), new double[0])).isEmpty();
    }

    @Test
    void refusesOtherChannelCounts() {
        ChannelConstant two =
                ChannelConstant.fromBroadcast(Shape.of(2), new double[2]).orElseThrow();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> two.expanded(3))
                .withMessage("2 constants do not fit 3 channels");
    }
}
