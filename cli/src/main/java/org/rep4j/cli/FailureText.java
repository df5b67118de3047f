package org.rep4j.cli;

/** What is said about a result that is not equivalent, and was therefore not written. */
final class FailureText {
    private FailureText() {}

    /**
     * One line.
     *
     * @param verdict one that has not passed
     */
    static String of(Job job, Verdict verdict, JobOptions options) {
        return job.input() + ": " + subject(job, options) + " is not equivalent: " + verdict.difference()
                + blame(job, verdict, options) + "; the input is unchanged, nothing was written"
                + (isOurs(job, verdict, options) ? ". Please report this" : "");
    }

    private static String subject(Job job, JobOptions options) {
        String result = options.pass().isPresent() ? "the deploy form" : "the converted model";
        return isImported(job, options)
                ? result + ", which " + options.conversion().importer() + " imported,"
                : result;
    }

    private static String blame(Job job, Verdict verdict, JobOptions options) {
        if (options.pass().isEmpty()) {
            return "";
        }
        return verdict.culprit()
                .map(c -> ", after " + c)
                .orElse(
                        job.converts()
                                ? "; what is converted without a fold is not equivalent either, so no rule is to blame"
                                : "; not even an unchanged copy passes, so no rule is to blame");
    }

    /** Whether Rep4J is wrong, and not the model, the user's tolerance or another importer. */
    private static boolean isOurs(Job job, Verdict verdict, JobOptions options) {
        return options.check().hasDefaultTolerances()
                && (verdict.culprit().isPresent() || job.converts() && !isImported(job, options));
    }

    private static boolean isImported(Job job, JobOptions options) {
        return job.isFrom(Format.ONNX)
                && job.target() == Format.SAME_DIFF
                && options.conversion().importer() != Importer.REP4J;
    }
}
