package org.rep4j.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void longNamesKeepTheEndThatWasAskedFor() {
        assertThat(Text.tail("/features/block1/conv", 8)).isEqualTo("…k1/conv");
        assertThat(Text.head("/features/block1/conv", 8)).isEqualTo("/featur…");
        assertThat(Text.tail("conv", 8)).isEqualTo("conv");
        assertThat(Text.head("12345678", 8)).isEqualTo("12345678");
        assertThat(Text.clean("x".repeat(1 << 20))).hasSize(400);
    }

    @Test
    void charactersOutsideTheBasicPlaneAreNotCutInTwo() {
        assertThat(Text.tail("a" + "😀".repeat(10), 4)).isEqualTo("…😀😀😀");
        assertThat(Text.head("😀".repeat(10), 4)).isEqualTo("😀😀😀…");
    }

    @Test
    void charactersThatAreNotSeenAreReplaced() {
        assertThat(Text.clean("a\u0000b\nc\u202Ed\u2028e\uD800f")).isEqualTo("a�b�c�d�e�f");
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        assertThat(Text.cells("conv3×3…")).isEqualTo(8);
        assertThat(Text.cells("畳み込み")).isEqualTo(8);
    }

    @Test
    void numbersHaveFourDigits() {
        assertThat(Text.number(0)).isEqualTo("0");
        assertThat(Text.number(-0.0123456)).isEqualTo("-0.01235");
        assertThat(Text.number(627.04)).isEqualTo("627.0");
        assertThat(Text.number(1.2345e-12)).isEqualTo("1.235e-12");
        assertThat(Text.number(3e38)).isEqualTo("3.000e+38");
        assertThat(Text.count(1_234_567L)).isEqualTo("1,234,567");
        assertThat(Text.count(null)).isEqualTo("unknown");
    }
}
