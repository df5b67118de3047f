package org.rep4j.rewrite.rules;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Node;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.rewrite.Outcome;

/** Finds the reason that a reader of the report wants to hear about a sum that stays. */
final class WhyNotMerged {
    private static final int NAMED_OPERANDS = 4;

    private WhyNotMerged() {}

    static Outcome explain(Branches branches) {
        for (Branch branch : branches.all()) {
            Optional<Refusal> refusal = branches.refusal(branch);
            if (refusal.isPresent()) {
                return branch.kind() == Branch.Kind.KERNEL
                        ? refusal.get().asOutcome()
                        : Outcome.notApplicable(); // the rule that expands such branches says why
            }
        }
        Optional<String> reason = otherUse(branches).or(() -> difference(branches));
        if (reason.isEmpty() && hasParallelTransposed(branches)) {
            return Outcome.notApplicable(); // the rule about them says why
        }
        return Outcome.declined(reason.orElseGet(
                () -> "no two of its operands are convolutions of the same input (" + origins(branches) + ")"));
    }

    private static boolean hasParallelTransposed(Branches branches) {
        Set<String> inputs = new HashSet<>();
        return branches.all().stream()
                .flatMap(b -> branches.graph().producer(b.term().value()).stream())
                .filter(TransposedConvolution.class::isInstance)
                .anyMatch(n -> !inputs.add(n.inputs().get(0).name()));
    }

    /** For a convolution that would merge if nobody else read its output. */
    private static Optional<String> otherUse(Branches branches) {
        Map<String, Branch> bySource = new HashMap<>();
        branches.all().forEach(b -> bySource.putIfAbsent(b.source().name(), b));
        Map<String, Node> byInput = new HashMap<>();
        for (Branch branch : branches.all()) {
            SingleInputNode writer = branches.graph()
                    .producer(branch.term().value())
                    .filter(Branch::isLinear)
                    .map(SingleInputNode.class::cast)
                    .orElse(null);
            if (writer == null || branch.kind() != Branch.Kind.IDENTITY) {
                continue;
            }
            String input = writer.input().name();
            Node sibling = byInput.putIfAbsent(input, writer);
            if (bySource.containsKey(input) || sibling != null) {
                return Optional.of("the output of " + writer.label() + " "
                        + Uses.outside(branches.tree().sums(), branch.term().value(), branches.graph())
                                .orElse("is added twice"));
            }
        }
        return Optional.empty();
    }

    /** For two branches of one source that are not of a kind. */
    private static Optional<String> difference(Branches branches) {
        Map<String, Branch> bySource = new HashMap<>();
        for (Branch branch : branches.all()) {
            if (!branch.hasKernel()) {
                continue;
            }
            Branch sibling = bySource.putIfAbsent(branch.source().name(), branch);
            if (sibling != null) {
                return Optional.of(sibling.label() + " and " + branch.label() + " read the same input, but "
                        + difference(last(sibling), last(branch)));
            }
        }
        return Optional.empty();
    }

    private static KernelNode last(Branch branch) {
        List<KernelNode> kernels = branch.ops().stream()
                .filter(KernelNode.class::isInstance)
                .map(KernelNode.class::cast)
                .toList();
        return kernels.get(kernels.size() - 1);
    }

    private static String difference(KernelNode a, KernelNode b) {
        KernelSource one = a.kernel();
        KernelSource other = b.kernel();
        if (one.type() != other.type()) {
            return "their weights have different number formats: " + one.type() + " and " + other.type();
        }
        if (a.output().type() != b.output().type()) {
            return "their outputs have different number formats: " + a.output().type() + " and "
                    + b.output().type();
        }
        if (a.channelAxis() != b.channelAxis()) {
            return "one has its channels first, the other last";
        }
        if (one.shape().groups() != other.shape().groups()) {
            return "they have " + one.shape().groups() + " and " + other.shape().groups() + " groups";
        }
        return "their kernels are " + one.shape() + " and " + other.shape();
    }

    private static String origins(Branches branches) {
        List<Branch> all = branches.all();
        String named = all.stream()
                .limit(NAMED_OPERANDS)
                .map(b -> branches.graph()
                        .producer(b.term().value())
                        .map(Node::label)
                        .orElse("the input " + b.term().value().name()))
                .collect(Collectors.joining(", "));
        return all.size() > NAMED_OPERANDS ? named + " and " + (all.size() - NAMED_OPERANDS) + " more" : named;
    }
}
