package org.rep4j.layers.deploy;

import java.util.List;
import java.util.stream.Collectors;

/** A net has vertices that cannot be written as ops of SameDiff: all of them are listed. */
public final class NotExportableException extends RuntimeException {
    private final transient List<Obstacle> obstacles;

    /**
     * A vertex that cannot be exported.
     *
     * @param vertex its name
     * @param type the simple name of its class: of its layer where it has one
     * @param reason half a sentence why this use of the class is in the way; empty if no use of it can be exported
     */
    public record Obstacle(String vertex, String type, String reason) {
        private String text() {
            return vertex + " (" + type + (reason.isEmpty() ? ")" : ": " + reason + ")");
        }
    }

    /** @param obstacles at least one */
    NotExportableException(List<Obstacle> obstacles) {
        super((obstacles.size() == 1 ? "1 vertex" : obstacles.size() + " vertices") + " cannot be exported: "
                + obstacles.stream().map(Obstacle::text).collect(Collectors.joining(", ")));
        this.obstacles = List.copyOf(obstacles);
    }

    /** The vertices, in the order in which the net computes them. */
    public List<Obstacle> obstacles() {
        return obstacles;
    }
}
