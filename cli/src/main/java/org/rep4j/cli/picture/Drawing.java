package org.rep4j.cli.picture;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the boxes and wires of a {@link Diagram} are, in pixels from the upper left corner.
 *
 * @param width of the whole
 * @param height of the whole
 * @param corners upper left corner of each box
 * @param routes of each wire: its ends and its bends
 * @param warning why it does not look as it should, null if it does
 */
record Drawing(
        double width,
        double height,
        List<Point> corners,
        List<List<Point>> routes,
        @Nullable String warning) {

    /** A place. */
    record Point(double x, double y) {}

    /** Why it does not look as it should. */
    Optional<String> caveat() {
        return Optional.ofNullable(warning);
    }
}
