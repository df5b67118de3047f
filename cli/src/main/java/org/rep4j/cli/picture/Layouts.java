package org.rep4j.cli.picture;

import java.util.concurrent.ExecutionException;

/** Chooses how a diagram is laid out. */
final class Layouts {
    /**
     * The {@link Layers#size()} beyond which the good layout would take too long. A count instead of a clock, so that the same
     * graph gives the same picture on any machine.
     */
    private static final long LIMIT = 12_000;

    private static final String RESULT = " wires may run behind boxes.";

    private Layouts() {}

    /** A way to lay diagrams out that may take long, or fail. */
    @FunctionalInterface
    interface Algorithm {
        /** The drawing. */
        Drawing draw(Diagram diagram, Layers layers) throws ExecutionException, InterruptedException;
    }

    /** The layered layout; for graphs that are too large for it, the plain one. */
    static Drawing of(Diagram diagram) {
        return of(diagram, LayeredLayout::of);
    }

    /** The layout that {@code good} makes; where it fails or would take too long, the plain one. */
    static Drawing of(Diagram diagram, Algorithm good) {
        Layers layers = new Layers(diagram);
        if (layers.size() > LIMIT) {
            return PlainLayout.of(diagram, layers, "This graph is too large for the good layout:" + RESULT);
        }
        try {
            return good.draw(diagram, layers);
        } catch (ExecutionException e) {
            return PlainLayout.of(
                    diagram, layers, "The good layout failed on this graph (" + e.getCause() + "):" + RESULT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return PlainLayout.of(diagram, layers, "The good layout was interrupted:" + RESULT);
        }
    }
}
