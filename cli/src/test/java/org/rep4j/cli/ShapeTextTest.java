package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.Shape;
import picocli.CommandLine.TypeConversionException;

class ShapeTextTest {

    @Test
    void roundTrip() {
        assertThat(new ShapeText().convert("1x3x224x224")).isEqualTo(Shape.of(1, 3, 224, 224));
        assertThat(new ShapeText().convert("?x7")).isEqualTo(Shape.of(-1, 7));
        assertThat(ShapeText.format(Shape.of(-1, 7))).isEqualTo("?x7");
        assertThat(ShapeText.format(Shape.of())).isEqualTo("scalar");
        assertThat(ShapeText.format(Shape.unknown())).isEqualTo("...");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1x", "1xx2", "-1x3", "0", "1,3", "3.5", "99999999999999999999"})
    void whatIsNoShape(String text) {
        assertThatThrownBy(() -> new ShapeText().convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
