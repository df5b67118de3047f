package org.rep4j.cli;

import org.jspecify.annotations.Nullable;
import org.rep4j.verify.EquivalenceCheck;
import picocli.CommandLine.Option;

/** The option that says how equal is equal. */
final class ToleranceOption {
    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description = {
                "Largest difference of an output, relative to the largest element of that output. Default: 1e-4 for float32,"
                        + " 1e-9 for double, 2e-2 for float16, 1e-1 for bfloat16; integers must be equal."
            })
    private @Nullable Double tolerance;

    /**
     * The check with this tolerance.
     *
     * @throws UsageException if the tolerance is none
     */
    EquivalenceCheck check() {
        EquivalenceCheck standard = EquivalenceCheck.standard();
        if (tolerance == null) {
            return standard;
        }
        if (!(tolerance >= 0) || tolerance.isInfinite()) {
            throw new UsageException("--tolerance is " + tolerance + ", but must be a number that is not negative");
        }
        return standard.withTolerance(tolerance);
    }
}
