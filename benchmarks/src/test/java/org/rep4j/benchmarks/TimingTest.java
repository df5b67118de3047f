package org.rep4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimingTest {

    @Test
    void quartilesLieBetweenNeighbours() {
        assertThat(Timing.of(4, 1, 3, 2)).isEqualTo(new Timing(2.5, 1.75, 3.25, 4));
        assertThat(Timing.of(7)).isEqualTo(new Timing(7, 7, 7, 1));
    }

    @Test
    void numbersHaveThreeDigitsOrMore() {
        assertThat(Timing.number(0.012345)).isEqualTo("0.0123");
        assertThat(Timing.number(1.5)).isEqualTo("1.50");
        assertThat(Timing.number(12.345)).isEqualTo("12.3");
        assertThat(Timing.number(11_643.4)).isEqualTo("11,643");
        assertThat(Timing.number(-2)).isEqualTo("-2.00");
        assertThat(Timing.number(0)).isEqualTo("0.00");
    }
}
