package org.rep4j.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The formats of model files. */
enum Format {
    ONNX(".onnx", "an ONNX model"),
    SAME_DIFF(".fb", "a SameDiff graph"),
    NET(".zip", "a Deeplearning4j net");

    private final String ending;
    private final String noun;

    Format(String ending, String noun) {
        this.ending = ending;
        this.noun = noun;
    }

    /** What the names of its files end in, such as {@code .onnx}. */
    String ending() {
        return ending;
    }

    /** What a file holds, for people. */
    String noun() {
        return noun;
    }

    /** The endings of all formats, for people: {@code .onnx, .fb or .zip}. */
    static String endings() {
        return Words.oneOf(Arrays.stream(values()).map(Format::ending).toList());
    }

    /** The format that a file's name claims; capitals do not matter. */
    static Optional<Format> of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(f -> name.endsWith(f.ending)).findFirst();
    }

    /** The name of {@code file} with this format's ending; a name that has it already stays. */
    String rename(Path file) {
        String name = file.getFileName().toString();
        Optional<Format> present = of(file);
        return present.isPresent() && present.get() == this
                ? name
                : name.substring(
                                0,
                                name.length()
                                        - present.map(f -> f.ending.length()).orElse(0))
                        + ending;
    }

    /** What the command line calls the format: {@code onnx}, {@code fb}, {@code zip}. */
    @Override
    public String toString() {
        return ending.substring(1);
    }
}
