package org.rep4j.convert;

/**
 * What became of a test.
 *
 * @param kind how it ended
 * @param reason one line that tells why, empty if it passed
 */
record Verdict(Kind kind, String reason) {
    private static final int LONGEST_REASON = 120;

    /** How a test can end. */
    enum Kind {
        /** All outputs are as they must be. */
        PASSED("passed"),
        /** An output has another type, shape or number. */
        WRONG("wrong output"),
        /** The converter, or what it made, threw something. */
        EXCEPTION("exception"),
        /** The converter says that it does not have an op. */
        UNSUPPORTED("unsupported"),
        /** The process died. */
        CRASH("native crash"),
        /** The process did not answer in time. */
        TIME_OUT("time-out");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /** What pages call it. */
        String title() {
            return title;
        }

        /** Whether the process that ran the test can run another one. */
        boolean isAlive() {
            return this != CRASH && this != TIME_OUT;
        }
    }

    /** A verdict whose reason is one line of bounded length. */
    static Verdict of(Kind kind, String reason) {
        String line = reason.lines().findFirst().orElse("").strip().replaceAll("\\s+", " ");
        return new Verdict(kind, line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…");
    }

    /** All outputs are as they must be. */
    static Verdict passed() {
        return new Verdict(Kind.PASSED, "");
    }

    /** Reads what {@link #toString} wrote. */
    static Verdict parse(String line) {
        String[] parts = line.split(" ", 2);
        return new Verdict(Kind.valueOf(parts[0]), parts.length == 1 ? "" : parts[1]);
    }

    /** The kind and the reason in one line. */
    @Override
    public String toString() {
        return (kind + " " + reason).strip();
    }
}
