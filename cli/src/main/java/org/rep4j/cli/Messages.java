package org.rep4j.cli;

import java.io.UncheckedIOException;
import org.rep4j.convert.UnsupportedOpsException;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.graph.UnwritableModelException;
import org.rep4j.importer.ImportFailedException;
import org.rep4j.rewrite.BrokenRuleException;
import org.rep4j.verify.VerificationException;

/** Turns whatever went wrong into one line. */
final class Messages {
    private Messages() {}

    /** The line, without the program's name. */
    static String of(Throwable trouble) {
        return oneLine(text(trouble));
    }

    private static String text(Throwable trouble) {
        if (trouble instanceof UsageException
                || trouble instanceof UnreadableModelException
                || trouble instanceof UnwritableModelException
                || trouble instanceof InvalidGraphException
                || trouble instanceof VerificationException
                || trouble instanceof UnsupportedOpsException
                || trouble instanceof ImportFailedException
                || trouble instanceof BrokenRuleException) {
            return String.valueOf(trouble.getMessage());
        }
        if (trouble instanceof UncheckedIOException) {
            return "input or output failed: " + trouble.getMessage();
        }
        if (trouble instanceof OutOfMemoryError) {
            return "there is not enough memory; REP4J_OPTS=-Xmx8g gives the program 8 GB";
        }
        return "an error in rep4j itself, please report it with the model: " + trouble;
    }

    /** {@code text} without line breaks. */
    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
