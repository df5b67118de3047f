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
 * @param strands the lines that the wires are drawn with
 * @param warning why it does not look as it should, null if it does
 */
record Drawing(
        double width,
        double height,
        List<Point> corners,
        List<Strand> strands,
        @Nullable String warning) {

    /** A place. */
    record Point(double x, double y) {}

    /**
     * A line: a wire, or a part of it. Of a value that several boxes read, the common part is a strand of its own, the trunk.
     *
     * @param from place of the box that the value comes from
     * @param to place of the box that the line enters, {@link #TRUNK} if it is the common part
     * @param points its ends and bends
     */
    record Strand(int from, int to, List<Point> points) {
        static final int TRUNK = -1;
    }

    /** Why it does not look as it should. */
    Optional<String> caveat() {
        return Optional.ofNullable(warning);
    }
}
