package org.rep4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run of the command line inside the test's own process.
 *
 * @param exitCode what the process would end with
 * @param out what went to standard output
 * @param err what went to standard error
 */
record CommandLineRun(int exitCode, String out, String err) {
    /** The model of the README. */
    static final Path EXAMPLE = Path.of("../examples/repvgg-tiny.onnx");

    private static final Path FIXTURES = Path.of("../samediff-rewrite/src/test/resources/fixtures");

    /** Runs {@code rep4j} with these arguments. */
    static CommandLineRun rep4j(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(
                new PrintWriter(out),
                new PrintWriter(err),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new CommandLineRun(code, out.toString(), err.toString());
    }

    /** A net that PyTorch exported. */
    static Path fixture(String name) {
        return FIXTURES.resolve(name + ".onnx");
    }

    /** Names of what is in a folder, hidden files included. */
    static List<String> filesIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of lines on standard error. */
    long errorLines() {
        return err.lines().count();
    }
}
