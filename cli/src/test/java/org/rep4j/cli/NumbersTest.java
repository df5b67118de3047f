package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void thousandsAreApart() {
        assertThat(Numbers.count(0)).isEqualTo("0");
        assertThat(Numbers.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Numbers.countOrUnknown(null)).isEqualTo("unknown");
    }

    @Test
    void unitsAreNamed() {
        assertThat(Numbers.bytes(1023)).isEqualTo("1023 B");
        assertThat(Numbers.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Numbers.bytes(3L << 30)).isEqualTo("3,072.0 MiB");
        assertThat(Numbers.seconds(Duration.ofMillis(1840))).isEqualTo("1.8 s");
    }

    @Test
    void differencesHaveTwoDigits() {
        assertThat(Numbers.difference(0)).isEqualTo("0");
        assertThat(Numbers.difference(1.234e-6)).isEqualTo("1.2e-06");
    }

    @Test
    void oneIsNotPlural() {
        assertThat(Numbers.plural(1, "sample")).isEqualTo("1 sample");
        assertThat(Numbers.plural(3, "sample")).isEqualTo("3 samples");
    }
}
