package org.rep4j.cli;

import picocli.CommandLine;

/** What the process says when it ends. A larger number is worse. */
final class ExitCode {
    /** All went well. */
    static final int OK = CommandLine.ExitCode.OK;

    /** The models do not compute the same. */
    static final int NOT_EQUIVALENT = 1;

    /** A file, an option or a model that cannot be used. */
    static final int BAD_INPUT = 2;

    private ExitCode() {}
}
