package org.rep4j.samediff;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Value;

/**
 * Where the ops that a rule made come from.
 *
 * @param graph the graph before the rules
 * @param gone its nodes that are not in the graph any more
 */
record Provenance(ConvGraph graph, Set<Node> gone) {

    /**
     * What the ops had in common that a new op replaces.
     *
     * @param trainable whether training would have changed a parameter of one of them
     * @param samePadding whether all convolutions among them had SAME padding, and nothing else padded
     */
    record Origin(boolean trainable, boolean samePadding) {}

    /** The origin of a node without native op. */
    Origin of(Node made) {
        boolean trainable = false;
        boolean padded = false;
        boolean anySame = false;
        boolean allSame = true;
        Set<Value> seen = new HashSet<>(made.inputs());
        Deque<Value> open = new ArrayDeque<>(made.outputs());
        while (!open.isEmpty()) {
            Value value = open.pop();
            Optional<Node> producer = graph.producer(value).filter(gone::contains);
            if (producer.isEmpty() || !seen.add(value)) {
                continue;
            }
            NativeGroup group = SameDiffLower.group(producer.get());
            trainable |= group.trainable();
            padded |= producer.get() instanceof Pad;
            if (producer.get() instanceof KernelNode) {
                anySame |= group.samePadding();
                allSame &= group.samePadding();
            }
            open.addAll(producer.get().inputs());
        }
        return new Origin(trainable, anySame && allSame && !padded);
    }
}
