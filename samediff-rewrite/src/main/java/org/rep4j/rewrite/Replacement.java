package org.rep4j.rewrite;

import java.util.List;
import java.util.Map;
import org.rep4j.graph.Node;

/**
 * The edit that a rule asks for. Nodes upstream that nobody reads any more go by themselves.
 *
 * @param removed nodes to take out
 * @param added nodes to put in; they write every value of {@code removed} that is still read, under the same name
 * @param hosts for reports, by the name of a removed node that was folded: the name of the added node that took it in. Nodes
 *     that are missing here and not among the added ones went into the one that writes the first removed node's output, if
 *     one does
 */
public record Replacement(List<Node> removed, List<Node> added, Map<String, String> hosts) {

    /** Copies the collections. */
    public Replacement {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
        hosts = Map.copyOf(hosts);
    }

    /** An edit whose removed nodes all go into one added node. */
    public Replacement(List<Node> removed, List<Node> added) {
        this(removed, added, Map.of());
    }

    /** Puts nodes in the place of one. */
    public static Replacement of(Node removed, Node... added) {
        return new Replacement(List.of(removed), List.of(added));
    }
}
