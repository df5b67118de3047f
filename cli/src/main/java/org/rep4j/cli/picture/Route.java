package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.cli.picture.Drawing.Point;

/** Collects the bends of a wire and leaves out those that nobody would see. */
final class Route {
    /** A wire that leaves its line by less, in pixels, is straight. */
    private static final double TOLERANCE = 0.75;

    private final List<Point> points = new ArrayList<>();

    /** Goes on to a point. */
    void add(double x, double y) {
        int size = points.size();
        if (size > 1 && isStraight(points.get(size - 2), points.get(size - 1), x, y)) {
            points.remove(size - 1);
        }
        points.add(new Point(x, y));
    }

    /** Whether the way from {@code a} to the new point is vertical or horizontal, and {@code b} lies on it. */
    private static boolean isStraight(Point a, Point b, double x, double y) {
        boolean vertical = near(a.x(), b.x()) && near(a.x(), x) && isBetween(a.y(), b.y(), y);
        boolean horizontal = near(a.y(), b.y()) && near(a.y(), y) && isBetween(a.x(), b.x(), x);
        return vertical || horizontal;
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) < TOLERANCE;
    }

    private static boolean isBetween(double a, double b, double c) {
        return (a <= b && b <= c) || (a >= b && b >= c);
    }

    /** The ends and the bends. */
    List<Point> points() {
        return points;
    }
}
