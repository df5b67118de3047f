package org.rep4j.cli;

import org.rep4j.verify.EquivalenceResult;
import org.rep4j.verify.OutputDifference;

/** Verification results for people. */
final class VerificationText {
    private VerificationText() {}

    /** Whether the result computes the same as the model, in one line. */
    static String line(JobResult result) {
        return result.verification()
                .map(verdict -> (verdict.passed() ? "Verified: " : "Not equivalent: ") + summary(verdict))
                .orElse("Not verified");
    }

    /** What was found, in one line. */
    static String summary(Verdict verdict) {
        return verdict.differences().map(VerificationText::summary).orElse("the result cannot be run");
    }

    /** What was found, in one line. */
    static String summary(EquivalenceResult result) {
        return Numbers.plural(result.samples().size(), "sample") + ", largest difference "
                + Numbers.difference(result.maxAbsoluteDifference()) + ", relative to the largest output "
                + Numbers.difference(result.maxRelativeDifference());
    }

    /** A line per output. */
    static String table(EquivalenceResult result) {
        TextTable table = TextTable.ofNumbers("Output", "Largest difference", "Relative", "Tolerance", "");
        for (OutputDifference output : result.outputs()) {
            table.row(
                    output.output(),
                    Numbers.difference(output.maxAbsolute()),
                    Numbers.difference(output.maxRelative()),
                    Numbers.difference(output.tolerance()),
                    output.isWithinTolerance() ? "equal" : "DIFFERENT");
        }
        return table.toString();
    }
}
