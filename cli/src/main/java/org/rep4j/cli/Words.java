package org.rep4j.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a choice by the word that the command line has for it, and by no other name of it.
 *
 * @param <E> the choices; {@code toString} tells their words
 */
final class Words<E extends Enum<E>> implements ITypeConverter<E> {
    private final Class<E> choices;

    Words(Class<E> choices) {
        this.choices = choices;
    }

    @Override
    public E convert(String text) {
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> choice.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not "
                        + Arrays.stream(choices.getEnumConstants())
                                .map(Enum::toString)
                                .collect(Collectors.joining(" or "))));
    }
}
