package org.rep4j.cli;

import org.rep4j.rewrite.BrokenRuleException;
import picocli.CommandLine;

/** What the process says when it ends. A larger number is worse. */
final class ExitCode {
    /** All went well. */
    static final int OK = CommandLine.ExitCode.OK;

    /** The models do not compute the same, or a rule broke the deploy form. */
    static final int NOT_EQUIVALENT = 1;

    /** A file, an option or a model that cannot be used. */
    static final int BAD_INPUT = 2;

    private ExitCode() {}

    /** The code of a failure. */
    static int of(Throwable trouble) {
        return trouble instanceof BrokenRuleException ? NOT_EQUIVALENT : BAD_INPUT;
    }
}
