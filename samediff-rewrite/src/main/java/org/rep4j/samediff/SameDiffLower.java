package org.rep4j.samediff;

import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/** Carries the changes of a {@link ConvGraph} over to a copy of the SameDiff graph that it was lifted from. */
final class SameDiffLower {
    private final LiftedSameDiff lifted;
    private final ConvGraph rewritten;
    private final SameDiffSurgery surgery;
    private final OpEmitter emitter;

    SameDiffLower(LiftedSameDiff lifted, ConvGraph rewritten) {
        this.lifted = lifted;
        this.rewritten = rewritten;
        SameDiff copy = SameDiffCopy.untrained(lifted.view().graph());
        surgery = new SameDiffSurgery(copy);
        emitter = new OpEmitter(surgery);
    }

    SameDiff lower() {
        IdentityHashMap<Object, Node> remaining = new IdentityHashMap<>();
        for (Node node : rewritten.nodes()) {
            node.info().handle().ifPresent(h -> remaining.put(h, node));
        }
        Set<Node> gone = new SplitOps(lifted.graph(), rewritten, remaining).torn();
        lifted.graph().nodes().stream()
                .filter(n -> !remaining.containsKey(group(n)))
                .forEach(gone::add);
        Set<String> removed = new LinkedHashSet<>();
        gone.forEach(n -> group(n).ops().forEach(op -> removed.add(op.name())));
        removed.forEach(surgery::remove);
        IdentityHashMap<Object, Node> kept = new IdentityHashMap<>();
        lifted.graph().nodes().stream().filter(n -> !gone.contains(n)).forEach(n -> kept.put(group(n), n));
        Provenance provenance = new Provenance(lifted.graph(), rewritten, gone);
        for (Node node : rewritten.topologicalOrder()) {
            Node before = node.info().handle().map(kept::get).orElse(null);
            if (before == null) {
                emitter.emit(node, provenance.of(node));
            } else if (before != node) {
                rewire(before, node);
            }
        }
        return surgery.finish(lifted.view().roots());
    }

    private void rewire(Node before, Node after) {
        List<Value> old = before.inputs();
        for (int i = 0; i < old.size(); i++) {
            String oldName = old.get(i).name();
            String newName = after.inputs().get(i).name();
            if (!oldName.equals(newName)) {
                group(before).ops().forEach(op -> surgery.rewire(op.name(), oldName, newName));
            }
        }
    }

    static NativeGroup group(Node node) {
        return (NativeGroup) node.info().handle().orElseThrow();
    }
}
