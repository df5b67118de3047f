package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.notApplicable;
import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;

/**
 * Stacks the kernels of convolutions of one input and geometry whose outputs are concatenated along the channels.
 *
 * <pre>
 * before   x → Conv(W₁, b₁) → Concat → y         after   x → Conv([W₁; W₂], [b₁; b₂]) → y
 *          x → Conv(W₂, b₂) ↗
 * </pre>
 *
 * Operands next to each other are stacked even where others do not fit. Needs: one group, the same input, geometry, layout
 * and number format; nobody else reads the convolutions' outputs. Linear layers and transposed convolutions likewise.
 */
public final class MergeConcatenatedConvolutions implements Rule {
    private static final Capture<Concat> CONCAT = Capture.of(Concat.class);
    private static final Pattern<Concat> PATTERN = Pattern.node(Concat.class).capturedAs(CONCAT);

    @Override
    public String description() {
        return "Convolutions of the same input whose outputs are concatenated become one";
    }

    @Override
    public Phase phase() {
        return Phase.MERGE;
    }

    @Override
    public Pattern<Concat> pattern() {
        return PATTERN;
    }

    @Override
    public Outcome apply(Match match, ConvGraph graph) {
        Concat concat = match.get(CONCAT);
        Stacking stacking = new Stacking(concat, graph);
        List<List<Value>> runs = runs(concat, stacking);
        return runs.size() == concat.inputs().size()
                ? stacking.whyNot().map(Outcome::declined).orElse(notApplicable())
                : rewritten(replacement(concat, runs, stacking, graph));
    }

    /** The operands in order; those that become one are together. */
    private static List<List<Value>> runs(Concat concat, Stacking stacking) {
        List<List<Value>> runs = new ArrayList<>();
        Value previous = null;
        for (Value operand : concat.inputs()) {
            if (previous == null || !stacking.fit(previous, operand)) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(operand);
            previous = operand;
        }
        return runs;
    }

    private static Replacement replacement(Concat concat, List<List<Value>> runs, Stacking stacking, ConvGraph graph) {
        List<Node> removed = new ArrayList<>(List.of(concat));
        List<Node> added = new ArrayList<>();
        List<Value> operands = new ArrayList<>();
        Map<String, String> hosts = new HashMap<>();
        for (List<Value> run : runs) {
            if (run.size() == 1) {
                operands.add(run.get(0));
                continue;
            }
            List<KernelNode> ops =
                    run.stream().map(v -> stacking.kernel(v).orElseThrow()).toList();
            KernelNode first = ops.get(0);
            Value output = runs.size() == 1 ? concat.output() : output(ops, graph);
            added.add(first.with(
                    FoldedKernel.concatenate(
                            ops.stream().map(KernelNode::kernel).toList()),
                    output));
            operands.add(output);
            removed.addAll(ops);
            ops.forEach(op -> hosts.put(op.name(), first.name()));
        }
        if (runs.size() > 1) {
            added.add(new Concat(
                    NodeInfo.made(concat.name(), concat.info().op()), operands, concat.output(), concat.axis()));
        }
        return new Replacement(removed, added, hosts);
    }

    /** The part of the concatenation that {@code ops} wrote. */
    private static Value output(List<KernelNode> ops, ConvGraph graph) {
        KernelNode first = ops.get(0);
        int channels =
                ops.stream().mapToInt(op -> op.kernel().shape().outChannels()).sum();
        return Value.of(
                graph.freshName(first.output().name() + "_stacked"),
                first.output().shape().withDim(first.channelAxis(), channels),
                first.output().type());
    }
}
