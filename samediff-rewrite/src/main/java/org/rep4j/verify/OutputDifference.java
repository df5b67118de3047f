package org.rep4j.verify;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far one output of two models differs, over all samples.
 *
 * @param output its name
 * @param type what an element is, in the reference
 * @param maxAbsolute the largest difference of two elements
 * @param maxRelative the largest, over the samples, of the largest difference divided by the reference's largest element
 * @param tolerance what {@code maxRelative} may be; 0 asks for equal elements
 * @param mismatch why the outputs cannot be compared or are different in kind, null where they are not
 */
public record OutputDifference(
        String output,
        TensorType type,
        double maxAbsolute,
        double maxRelative,
        double tolerance,
        @Nullable String mismatch) {

    /** Whether this output is the same for all practical purposes. */
    public boolean isWithinTolerance() {
        return mismatch == null && maxRelative <= tolerance;
    }

    /** Why the outputs cannot be compared or are different in kind. */
    public Optional<String> explanation() {
        return Optional.ofNullable(mismatch);
    }

    /** {@code output y: relative difference 3.1e-01, tolerance 1.0e-04}, or why the outputs cannot be compared. */
    public String describe() {
        return "output " + output + ": "
                + (mismatch == null
                        ? "relative difference " + text(maxRelative) + ", tolerance " + text(tolerance)
                        : mismatch);
    }

    private static String text(double number) {
        return number == 0 ? "0" : String.format(Locale.ROOT, "%.1e", number);
    }

    /** Both samples' differences as one. */
    OutputDifference and(OutputDifference other) {
        return new OutputDifference(
                output,
                type,
                Math.max(maxAbsolute, other.maxAbsolute),
                Math.max(maxRelative, other.maxRelative),
                tolerance,
                mismatch == null ? other.mismatch : mismatch);
    }
}
