package org.rep4j.rewrite.rules;

import java.util.List;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Linear;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.SumTree;
import org.rep4j.rewrite.rules.Bundle.Member;

/** The nodes that the branch rules put in. */
final class BranchRewrites {
    private BranchRewrites() {}

    /** A branch as a convolution or linear layer of its source; on the taps of the bundle where its own lie behind a crop. */
    static KernelNode written(Member member, Bundle bundle, String name, Value output) {
        ConvGeometry own = member.geometry();
        ConvGeometry geometry = own.isCropped() ? bundle.hull() : own;
        KernelSource kernel = own.isCropped() ? FoldedKernel.grow(member.kernel(), own, geometry) : member.kernel();
        return like(bundle.host(), name, member.branch().source(), output, kernel, geometry);
    }

    /** A member that is a convolution already, on the taps and in the groups of the bundle. */
    static KernelNode grown(Member member, Bundle bundle, KernelNode op) {
        KernelSource kernel = FoldedKernel.regroup(member.kernel(), bundle.groups());
        if (!member.geometry().equals(bundle.hull())) {
            kernel = FoldedKernel.grow(kernel, member.geometry(), bundle.hull());
        }
        return like(op, op.name(), op.input(), op.output(), kernel, bundle.hull());
    }

    /** A convolution or linear layer: whatever {@code op} is. */
    static KernelNode like(
            KernelNode op, String name, Value input, Value output, KernelSource kernel, ConvGeometry geometry) {
        NodeInfo info = NodeInfo.made(name, op.info().op());
        return op instanceof Convolution conv
                ? new Convolution(info, input, output, kernel, geometry, conv.layout())
                : new Linear(info, input, output, kernel);
    }

    /** One flat sum in the place of a tree. */
    static Sum sum(SumTree tree, List<Term> terms) {
        Sum top = tree.top();
        return new Sum(NodeInfo.made(top.name(), top.info().op()), terms, top.output());
    }
}
