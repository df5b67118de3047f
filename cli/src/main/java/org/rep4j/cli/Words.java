package org.rep4j.cli;

import java.util.Arrays;
import java.util.List;
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
                        + oneOf(Arrays.stream(choices.getEnumConstants())
                                .map(Enum::toString)
                                .toList())));
    }

    /** {@code a, b or c}. */
    static String oneOf(List<String> words) {
        int last = words.size() - 1;
        return last == 0 ? words.get(0) : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }
}
