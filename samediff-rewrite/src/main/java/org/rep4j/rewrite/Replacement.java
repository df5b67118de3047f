package org.rep4j.rewrite;

import java.util.List;
import org.rep4j.graph.Node;

/**
 * The edit that a rule asks for. Nodes upstream that nobody reads any more go by themselves.
 *
 * @param removed nodes to take out
 * @param added nodes to put in; they write every value of {@code removed} that is still read, under the same name
 */
public record Replacement(List<Node> removed, List<Node> added) {

    /** Copies the lists. */
    public Replacement {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
    }

    /** Puts nodes in the place of one. */
    public static Replacement of(Node removed, Node... added) {
        return new Replacement(List.of(removed), List.of(added));
    }
}
