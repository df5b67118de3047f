package org.rep4j.rewrite.rules;

import java.util.List;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.rewrite.SumTree;

/** The nodes that the branch rules put in. */
final class BranchRewrites {
    private BranchRewrites() {}

    /** {@code input} as the output of a 1×1 convolution that can join {@code host}; {@code name} serves node and value. */
    static Convolution identity(Bundle host, Value input, String name) {
        Convolution sibling = host.first();
        return new Convolution(
                NodeInfo.made(name, sibling.info().op()),
                input,
                Value.of(name, sibling.output().shape(), sibling.output().type()),
                FoldedKernel.identity(
                        sibling.kernel().shape().outChannels(),
                        sibling.kernel().shape().groups(),
                        sibling.geometry().rank(),
                        sibling.kernel().type()),
                ConvGeometry.pointwise(sibling.geometry().rank()),
                sibling.layout());
    }

    /** {@code conv} on the taps of {@code geometry}. */
    static Convolution grown(Convolution conv, ConvGeometry geometry) {
        return new Convolution(
                NodeInfo.made(conv.name(), conv.info().op()),
                conv.input(),
                conv.output(),
                FoldedKernel.grow(conv.kernel(), conv.geometry(), geometry),
                geometry,
                conv.layout());
    }

    /** One flat sum in the place of a tree. */
    static Sum sum(SumTree tree, List<Value> operands) {
        Sum top = tree.top();
        return Sum.of(NodeInfo.made(top.name(), top.info().op()), operands, top.output());
    }
}
