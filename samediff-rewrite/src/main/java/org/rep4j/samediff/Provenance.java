package org.rep4j.samediff;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Value;

/**
 * Where the ops that a rule made come from.
 *
 * @param graph the graph before the rules
 * @param rewritten the graph after them
 * @param gone nodes of the first that have no native op any more
 */
record Provenance(ConvGraph graph, ConvGraph rewritten, Set<Node> gone) {

    /**
     * What the ops had in common that a new op replaces.
     *
     * @param trainable whether training would have changed a parameter of one of them
     * @param samePadding whether all convolutions and pools among them had SAME padding, and nothing else padded
     * @param normalizes whether one of them was a batchnorm
     */
    record Origin(boolean trainable, boolean samePadding, boolean normalizes) {}

    /** The origin of a node without native op. */
    Origin of(Node made) {
        boolean trainable = false;
        boolean normalizes = false;
        boolean padded = false;
        boolean anySame = false;
        boolean allSame = true;
        Set<Value> seen = new HashSet<>(made.inputs());
        Deque<Value> open = new ArrayDeque<>(known(made));
        while (!open.isEmpty()) {
            Value value = open.pop();
            Optional<Node> producer = graph.producer(value).filter(gone::contains);
            if (producer.isEmpty() || !seen.add(value)) {
                continue;
            }
            NativeGroup group = SameDiffLower.group(producer.get());
            trainable |= group.trainable();
            normalizes |= group.ops().get(0).kind().equals("batchnorm");
            padded |= producer.get() instanceof Pad;
            if (producer.get() instanceof KernelNode || producer.get() instanceof AveragePool) {
                anySame |= group.samePadding();
                allSame &= group.samePadding();
            }
            open.addAll(producer.get().inputs());
        }
        return new Origin(trainable, anySame && allSame && !padded, normalizes);
    }

    /** What the node writes or, where that is new, what becomes of it first that was there before. */
    private Set<Value> known(Node made) {
        Set<Value> known = new HashSet<>();
        Set<Value> seen = new HashSet<>(made.outputs());
        Deque<Value> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (graph.isProduced(value.name())) {
                known.add(value);
                continue;
            }
            for (Node reader : rewritten.consumers(value)) {
                reader.outputs().stream().filter(seen::add).forEach(open::add);
            }
        }
        return known;
    }
}
