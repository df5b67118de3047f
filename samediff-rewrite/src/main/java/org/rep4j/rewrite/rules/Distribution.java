package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.declined;
import static org.rep4j.rewrite.Outcome.notApplicable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Replacement;

/** An affine op that alone reads a sum or a concatenation, on its way into the kernels that write the operands. */
final class Distribution {
    private final AffineNode affine;
    private final Node joint;
    private final ConvGraph graph;
    private final List<Node> kernels = new ArrayList<>();
    private final List<Node> folded = new ArrayList<>();

    private Distribution(AffineNode affine, Node joint, ConvGraph graph) {
        this.affine = affine;
        this.joint = joint;
        this.graph = graph;
    }

    /** That of the op that alone reads {@code joint}; empty if there is no such op, or it is not affine. */
    static Optional<Distribution> behind(Node joint, ConvGraph graph) {
        Value output = joint.outputs().get(0);
        return graph.uses(output) == 1
                        && !graph.isOutput(output)
                        && graph.consumers(output).iterator().next() instanceof AffineNode affine
                ? Optional.of(new Distribution(affine, joint, graph))
                : Optional.empty();
    }

    AffineNode affine() {
        return affine;
    }

    /** Whether one constant serves all channels. */
    boolean isForAllChannels() {
        return affine.channels() == 1 && !(affine instanceof BatchNormalization);
    }

    /** The kernel that writes {@code operand}, if one does. */
    Optional<KernelNode> kernel(Value operand) {
        return graph.producer(operand).filter(KernelNode.class::isInstance).map(KernelNode.class::cast);
    }

    /**
     * Why the op that writes {@code operand} cannot take in a part of the affine op, whatever its channels; empty if it can.
     *
     * @param readers the ops that make up the sum or concatenation
     */
    Optional<String> defect(Value operand, Collection<? extends Node> readers) {
        Node producer = graph.producer(operand).orElse(null);
        String named = "its operand " + (producer == null ? operand.name() : producer.label()) + " ";
        if (!(producer instanceof KernelNode op)) {
            return Optional.of(named + "is no convolution");
        }
        Optional<String> otherUse = Uses.outside(readers, operand, graph);
        if (otherUse.isPresent() || graph.uses(operand) > 1) {
            return Optional.of(named + otherUse.orElse("is used twice"));
        }
        return AffineFit.typeChange(op.output().type(), affine.output().type());
    }

    /** People wonder about a BatchNorm that stays, not about mere arithmetic. */
    Outcome refuse(String reason) {
        return affine instanceof BatchNormalization ? declined(stays(reason)) : notApplicable();
    }

    private String stays(String reason) {
        return affine.label() + " behind it stays: " + reason;
    }

    /** Folds {@code part} into {@code op}; gives the reason if the result does not fit its number format. */
    Optional<Outcome> fold(KernelNode op, ChannelAffine part) {
        FoldedKernel kernel = FoldedKernel.absorb(op.kernel(), part);
        kernels.add(op);
        folded.add(op.with(kernel, op.output()));
        return KernelFits.defect(kernel).map(defect -> declined(stays("folded into " + op.label() + ", " + defect)));
    }

    /**
     * What all folds together come to.
     *
     * @param newJoint the sum or concatenation, writing what the affine op wrote
     */
    Outcome done(Node newJoint) {
        List<Node> removed = new ArrayList<>(List.of(affine, joint));
        removed.addAll(kernels);
        List<Node> added = new ArrayList<>(folded);
        added.add(newJoint);
        return Outcome.rewritten(new Replacement(
                removed, added, Map.of(affine.name(), folded.get(0).name())));
    }
}
