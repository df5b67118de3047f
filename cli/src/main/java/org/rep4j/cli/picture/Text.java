package org.rep4j.cli.picture;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes names from strangers fit to be shown; that they are escaped, too, is the template's and the JSON's business. */
final class Text {
    /** Nobody reads further, and a name of a megabyte must not fill the page. */
    private static final int LONGEST = 400;

    private static final int FIRST_WIDE = 0x1100;
    private static final char REPLACEMENT = '\uFFFD';
    private static final String UNKNOWN = "unknown";

    private Text() {}

    /**
     * {@code text} of bounded length without control characters, half characters and those that change the direction of
     * what follows.
     */
    static String clean(String text) {
        return head(text, LONGEST);
    }

    /** The beginning of {@code text}, cleaned, at most {@code length} characters. */
    static String head(String text, int length) {
        int[] points = points(text, 0, Math.min(text.length(), 2 * length + 2));
        return points.length <= length ? join(points, 0, points.length) : join(points, 0, length - 1) + "…";
    }

    /** The end of {@code text}, cleaned, at most {@code length} characters. */
    static String tail(String text, int length) {
        int[] points = points(text, Math.max(0, text.length() - 2 * length - 2), text.length());
        return points.length <= length
                ? join(points, 0, points.length)
                : "…" + join(points, points.length - length + 1, length - 1);
    }

    private static int[] points(String text, int from, int to) {
        return text.substring(from, to).codePoints().map(Text::shown).toArray();
    }

    private static int shown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> REPLACEMENT;
            default -> point;
        };
    }

    private static String join(int[] points, int from, int count) {
        return new String(points, from, count);
    }

    /** How many columns of a fixed-width font {@code text} takes: CJK characters and the like take two. */
    static int cells(String text) {
        return text.codePoints().map(p -> p < FIRST_WIDE || isNarrow(p) ? 1 : 2).sum();
    }

    private static boolean isNarrow(int point) {
        return point >= 0x2000 && point < 0x2E80; // punctuation, arrows, mathematics
    }

    /** {@code 12,345,678}, or {@code unknown}. */
    static String count(@Nullable Long number) {
        return number == null ? UNKNOWN : String.format(Locale.ROOT, "%,d", number);
    }

    /** Four significant digits: {@code 0.01234}, {@code 1.234e-12}, {@code 627.0}. */
    static String number(double number) {
        if (number == 0) {
            return "0";
        }
        double size = Math.abs(number);
        return size >= 1e-3 && size < 1e5
                ? String.format(Locale.ROOT, "%." + Math.max(0, 3 - (int) Math.floor(Math.log10(size))) + "f", number)
                : String.format(Locale.ROOT, "%.3e", number);
    }
}
