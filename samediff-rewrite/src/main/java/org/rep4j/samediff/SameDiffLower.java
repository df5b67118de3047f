package org.rep4j.samediff;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TransposedConvolution;
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
        Set<Node> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Node node : lifted.graph().nodes()) {
            if (!remaining.containsKey(group(node))) {
                gone.add(node);
                group(node).ops().forEach(op -> surgery.remove(op.name()));
            }
        }
        Provenance provenance = new Provenance(lifted.graph(), gone);
        IdentityHashMap<Object, Node> original = new IdentityHashMap<>();
        lifted.graph().nodes().forEach(n -> original.put(group(n), n));
        for (Node node : rewritten.topologicalOrder()) {
            Node before = node.info().handle().map(original::get).orElse(null);
            if (before == null) {
                emit(node, provenance.of(node));
            } else if (before != node) {
                rewire(before, node);
            }
        }
        return surgery.finish(lifted.view().roots());
    }

    private void emit(Node node, Provenance.Origin origin) {
        if (node instanceof Convolution conv) {
            emitter.convolution(conv, origin);
        } else if (node instanceof TransposedConvolution conv) {
            emitter.transposed(conv, origin);
        } else if (node instanceof Linear linear) {
            emitter.linear(linear, origin);
        } else if (node instanceof Sum sum) {
            emitter.sum(sum);
        } else {
            throw new InvalidGraphException(
                    "a rule made " + node.label() + ", which SameDiff has no op for, please report this");
        }
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
