package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.cli.picture.Diagram.Box;
import org.rep4j.cli.picture.Drawing.Strand;

/**
 * One of the two graphs as the page draws it.
 *
 * @param id in the page
 * @param heading for people
 * @param ops how many, for people
 * @param width of the drawing
 * @param height of the drawing
 * @param caveat why it does not look as it should, empty if it does
 * @param wires below the boxes
 * @param boxes by their place in the diagram
 */
record Side(
        String id,
        String heading,
        String ops,
        long width,
        long height,
        String caveat,
        List<WireView> wires,
        List<BoxView> boxes) {

    /**
     * A line.
     *
     * @param from place of the box that its value comes from
     * @param to place of the box that it enters, meaningless for a trunk
     * @param trunk whether it is the common part of several wires
     * @param path the data of its SVG path
     */
    record WireView(int from, int to, boolean trunk, String path) {}

    /**
     * A box.
     *
     * @param index place in the diagram
     * @param badge number of its group, empty if it has none
     */
    record BoxView(
            int index,
            String style,
            long x,
            long y,
            long width,
            long height,
            String title,
            String subtitle,
            String badge) {}

    /** Draws {@code diagram}, whose boxes have these {@code looks}. */
    static Side of(String id, String heading, Diagram diagram, List<Look> looks) {
        Drawing drawing = Layouts.of(diagram);
        List<BoxView> boxes = new ArrayList<>();
        for (int i = 0; i < looks.size(); i++) {
            Box box = diagram.boxes().get(i);
            boxes.add(new BoxView(
                    i,
                    looks.get(i).style(),
                    Math.round(drawing.corners().get(i).x()),
                    Math.round(drawing.corners().get(i).y()),
                    Math.round(box.label().width()),
                    Label.HEIGHT,
                    box.label().title(),
                    box.label().subtitle(),
                    looks.get(i).badge()));
        }
        List<WireView> wires = new ArrayList<>();
        for (Strand strand : drawing.strands()) {
            wires.add(new WireView(
                    strand.from(), strand.to(), strand.to() == Strand.TRUNK, WirePath.of(strand.points())));
        }
        long ops = diagram.boxes().stream()
                .filter(b -> b.kind() == Diagram.Kind.OP)
                .count();
        return new Side(
                id,
                heading,
                Text.count(ops) + (ops == 1 ? " op" : " ops"),
                Math.round(drawing.width()),
                Math.round(drawing.height()),
                drawing.caveat().orElse(""),
                wires,
                boxes);
    }
}
