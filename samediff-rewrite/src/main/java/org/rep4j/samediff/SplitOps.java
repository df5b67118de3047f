package org.rep4j.samediff;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/**
 * Ops that were lifted as several nodes each: a separable convolution, c − x. Such an op can stay only as long as all its nodes
 * do, and nobody else reads what they hand to each other.
 *
 * @param before the graph that was lifted
 * @param after the graph to write
 * @param remaining the nodes of {@code after} by the handles of those of {@code before}
 */
record SplitOps(ConvGraph before, ConvGraph after, Map<Object, Node> remaining) {

    /** The nodes of {@code before} whose op cannot stay although they themselves may have done so. */
    Set<Node> torn() {
        Map<NativeOp, List<Node>> nodes = before.nodes().stream()
                .collect(Collectors.groupingBy(
                        n -> SameDiffLower.group(n).ops().get(0), IdentityHashMap::new, Collectors.toList()));
        Set<Node> torn = Collections.newSetFromMap(new IdentityHashMap<>());
        for (List<Node> parts : nodes.values()) {
            if (parts.size() > 1 && !isWhole(parts)) {
                torn.addAll(parts);
            }
        }
        return torn;
    }

    private boolean isWhole(List<Node> parts) {
        Map<String, Integer> reads = new HashMap<>();
        for (Node part : parts) {
            Node now = remaining.get(SameDiffLower.group(part));
            if (now == null) {
                return false;
            }
            now.inputs().forEach(v -> reads.merge(v.name(), 1, Integer::sum));
        }
        return parts.stream()
                .flatMap(p -> p.outputs().stream())
                .filter(v -> !hasVariable(v))
                .allMatch(v -> Objects.equals(reads.get(v.name()), before.uses(v)) && after.uses(v) == before.uses(v));
    }

    /** Whether the op itself writes the value; what its nodes only hand to each other has no variable. */
    private boolean hasVariable(Value value) {
        return before.producer(value)
                .map(SameDiffLower::group)
                .filter(g -> g.ops().stream().anyMatch(op -> op.outputs().contains(value.name())))
                .isPresent();
    }
}
