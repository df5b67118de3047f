package org.rep4j.cli;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers for people: thousands apart, units named. */
final class Numbers {
    private static final String UNKNOWN = "unknown";
    private static final long KIB = 1024;

    private Numbers() {}

    /** {@code 12,345,678}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 12,345,678}, or {@code unknown}. */
    static String countOrUnknown(@Nullable Long number) {
        return number == null ? UNKNOWN : count(number);
    }

    /** {@code 609.4 KiB}. */
    static String bytes(long bytes) {
        if (bytes < KIB) {
            return bytes + " B";
        }
        return bytes < KIB * KIB
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / (double) KIB)
                : String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (KIB * KIB));
    }

    /** {@code 609.4 KiB}, or {@code unknown}. */
    static String bytesOrUnknown(@Nullable Long bytes) {
        return bytes == null ? UNKNOWN : bytes(bytes);
    }

    /** {@code 1.2e-06}. */
    static String difference(double difference) {
        return difference == 0 ? "0" : String.format(Locale.ROOT, "%.1e", difference);
    }

    /** {@code 1.8 s}. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    /** {@code 1 op}, {@code 2 ops}. */
    static String plural(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }
}
