package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/**
 * The nodes of a model that only look at sizes, where those are known: Shape ops, and ops whose output none but Shape ops read.
 * They are no part of the computation, but they read what is: if that goes, they go or become constants.
 */
final class SizeReaders {
    private final GraphIndex index;
    private final List<Integer> shapes = new ArrayList<>();
    private final BitSet viewed = new BitSet();

    SizeReaders(GraphIndex index) {
        this.index = index;
    }

    /** Takes notice of a Shape op, of a computed value of known sizes. */
    void add(int shape) {
        shapes.add(shape);
    }

    /** The nodes without those whose output none but Shape ops read. */
    List<Node> takenOutOf(List<Node> nodes) {
        if (shapes.isEmpty()) {
            return nodes;
        }
        Set<String> read = new HashSet<>();
        index.graph().getOutputList().forEach(o -> read.add(o.getName()));
        List<Node> kept = new ArrayList<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (isOnlyLookedAt(node, read)) {
                NativeNodes.of(node).numbers().forEach(viewed::set);
            } else {
                node.reads().forEach(v -> read.add(v.name()));
                kept.add(node);
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    private boolean isOnlyLookedAt(Node node, Set<String> read) {
        if (node.outputs().size() != 1) {
            return false;
        }
        Value output = node.outputs().get(0);
        return index.uses(output.name()) > 0 && !read.contains(output.name());
    }

    /** Whether {@code name} is written by an op whose output none but Shape ops read. */
    boolean isOnlyLookedAt(String name) {
        int producer = index.producer(name);
        return producer >= 0 && viewed.get(producer);
    }

    /**
     * The Shape ops that have lost what they look at.
     *
     * @param available whether a value that is part of the computation is still there
     */
    IntStream bereft(Predicate<String> available) {
        Map<Integer, Boolean> whole = new HashMap<>();
        viewed.stream().forEach(number -> whole.put(number, canRead(number, whole, available)));
        return shapes.stream().mapToInt(Integer::intValue).filter(number -> !canRead(number, whole, available));
    }

    private boolean canRead(int number, Map<Integer, Boolean> whole, Predicate<String> available) {
        return index.graph().getNode(number).getInputList().stream()
                .allMatch(name -> whole.getOrDefault(index.producer(name), available.test(name)));
    }
}
