package org.rep4j.cli.picture;

import java.util.List;
import org.rep4j.cli.picture.Drawing.Point;

/** Writes a route as the data of an SVG path with rounded bends. */
final class WirePath {
    private static final double RADIUS = 5;

    private WirePath() {}

    static String of(List<Point> route) {
        StringBuilder path = new StringBuilder();
        append(path, 'M', route.get(0));
        for (int i = 1; i < route.size() - 1; i++) {
            Point bend = route.get(i);
            append(path, 'L', towards(bend, route.get(i - 1)));
            append(path, 'Q', bend);
            append(path, ' ', towards(bend, route.get(i + 1)));
        }
        append(path, 'L', route.get(route.size() - 1));
        return path.toString();
    }

    /** The point on the way from {@code bend} to {@code other} where the rounding ends: never beyond the middle. */
    private static Point towards(Point bend, Point other) {
        double length = Math.hypot(other.x() - bend.x(), other.y() - bend.y());
        double part = length == 0 ? 0 : Math.min(RADIUS / length, 0.5);
        return new Point(bend.x() + part * (other.x() - bend.x()), bend.y() + part * (other.y() - bend.y()));
    }

    private static void append(StringBuilder path, char command, Point point) {
        path.append(command).append(tenths(point.x())).append(' ').append(tenths(point.y()));
    }

    /** With one decimal, where it has one. */
    private static String tenths(double coordinate) {
        long tenths = Math.round(coordinate * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
    }
}
