package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rep4j.cli.picture.Drawing.Point;
import org.rep4j.cli.picture.Drawing.Strand;

/** One row per layer, boxes in their order and centred, straight wires: any graph in one go. */
final class PlainLayout {
    private static final int GAP = 24;
    private static final int ROW = Label.HEIGHT + 30;

    private PlainLayout() {}

    /**
     * Lays a diagram out.
     *
     * @param warning what the reader is told
     */
    static Drawing of(Diagram diagram, Layers layers, String warning) {
        double[] widths = new double[layers.count()];
        for (int i = 0; i < diagram.boxes().size(); i++) {
            widths[layers.of(i)] += GAP + width(diagram, i);
        }
        double width = Arrays.stream(widths).max().orElse(0) + GAP;
        double[] ends = Arrays.stream(widths).map(w -> (width - w - GAP) / 2).toArray();
        List<Point> corners = new ArrayList<>();
        for (int i = 0; i < diagram.boxes().size(); i++) {
            int layer = layers.of(i);
            corners.add(new Point(ends[layer] + GAP, GAP + (double) layer * ROW));
            ends[layer] += GAP + width(diagram, i);
        }
        List<Strand> strands = new ArrayList<>();
        for (Diagram.Wire wire : diagram.wires()) {
            Point from = corners.get(wire.from());
            Point to = corners.get(wire.to());
            List<Point> line = List.of(
                    new Point(from.x() + width(diagram, wire.from()) / 2, from.y() + Label.HEIGHT),
                    new Point(to.x() + width(diagram, wire.to()) / 2, to.y()));
            strands.add(new Strand(wire.from(), wire.to(), line));
        }
        return new Drawing(width, GAP + (double) ends.length * ROW, corners, strands, warning);
    }

    private static double width(Diagram diagram, int box) {
        return diagram.boxes().get(box).label().width();
    }
}
