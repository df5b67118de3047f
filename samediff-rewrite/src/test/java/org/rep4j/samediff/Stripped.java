package org.rep4j.samediff;

import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;

/** Graphs as if rules had made all of their nodes that rules can make: without native ops. */
final class Stripped {
    private Stripped() {}

    /** The graph without the native ops of all but the opaque nodes. */
    static ConvGraph of(ConvGraph graph) {
        ConvGraph.Builder builder = ConvGraph.builder(graph.name());
        graph.inputs().forEach(builder::input);
        graph.outputs().forEach(builder::output);
        graph.nodes().forEach(n -> builder.node(made(n)));
        return builder.build();
    }

    private static Node made(Node node) {
        NodeInfo info = NodeInfo.made(node.name(), node.info().op());
        if (node instanceof KernelNode op) {
            return op.with(op.kernel(), op.output());
        } else if (node instanceof BatchNormalization n) {
            return new BatchNormalization(info, n.input(), n.output(), n.statistics(), n.channelAxis());
        } else if (node instanceof ChannelScale n) {
            return new ChannelScale(info, n.input(), n.output(), n.constant());
        } else if (node instanceof ChannelShift n) {
            return new ChannelShift(info, n.input(), n.output(), n.constant());
        } else if (node instanceof Sum n) {
            return new Sum(info, n.terms(), n.output());
        } else if (node instanceof Concat n) {
            return new Concat(info, n.inputs(), n.output(), n.axis());
        } else if (node instanceof Pad n) {
            return new Pad(info, n.input(), n.output(), n.begin(), n.end(), n.fill());
        } else if (node instanceof AveragePool n) {
            return new AveragePool(info, n.input(), n.output(), n.geometry(), n.countIncludesPadding(), n.layout());
        } else if (node instanceof Identity n) {
            return new Identity(info, n.input(), n.output());
        }
        return node;
    }
}
