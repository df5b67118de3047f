package org.rep4j.cli;

import java.nio.file.Path;

/**
 * A model to make another one of.
 *
 * @param input the model's file
 * @param output where the result goes; its ending tells the format
 */
record Job(Path input, Path output) {

    /**
     * The format of the result.
     *
     * @throws UsageException if the output's ending tells none
     */
    Format target() {
        return Format.of(output)
                .orElseThrow(() -> new UsageException("the output " + output + " must end in " + Format.endings()));
    }

    /** Whether the result has another format than the model. */
    boolean converts() {
        return Format.of(input).filter(f -> f != target()).isPresent();
    }

    /** Whether the model's name claims this format. */
    boolean isFrom(Format format) {
        return Format.of(input).filter(f -> f == format).isPresent();
    }
}
