package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.GraphEditor;
import org.rep4j.graph.Identity;
import org.rep4j.graph.LiftedGraph;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TransposedConvolution;

/** Writes models anew: each lifted node is replaced by the same without a native op, as if a rule had made it. */
final class Reemission {
    private Reemission() {}

    /** The model in ops of this project's writing, opaque ones aside. */
    static OnnxModel of(OnnxModel model) {
        LiftedGraph<OnnxModel> lifted = new OnnxAdapter().lift(model);
        GraphEditor editor = lifted.graph().edit();
        List<Node> removed = new ArrayList<>();
        List<Node> added = new ArrayList<>();
        for (Node node : lifted.graph().nodes()) {
            if (!(node instanceof Opaque)) {
                removed.add(node);
                added.add(made(node));
            }
        }
        editor.replace(removed, added);
        return lifted.lower(editor.graph());
    }

    /** The graph that a model is lifted to. */
    static ConvGraph lifted(OnnxModel model) {
        return new OnnxAdapter().lift(model).graph();
    }

    private static Node made(Node node) {
        NodeInfo info = NodeInfo.made(node.name(), node.info().op());
        if (node instanceof Convolution n) {
            return new Convolution(info, n.input(), n.output(), n.kernel(), n.geometry(), n.layout());
        } else if (node instanceof TransposedConvolution n) {
            return new TransposedConvolution(
                    info, n.input(), n.output(), n.kernel(), n.geometry(), n.outputPadding(), n.layout());
        } else if (node instanceof Linear n) {
            return new Linear(info, n.input(), n.output(), n.kernel());
        } else if (node instanceof Sum n) {
            return new Sum(info, n.terms(), n.output());
        } else if (node instanceof BatchNormalization n) {
            return new BatchNormalization(info, n.input(), n.output(), n.statistics(), n.channelAxis());
        } else if (node instanceof ChannelScale n) {
            return new ChannelScale(info, n.input(), n.output(), n.constant());
        } else if (node instanceof ChannelShift n) {
            return new ChannelShift(info, n.input(), n.output(), n.constant());
        } else if (node instanceof Pad n) {
            return new Pad(info, n.input(), n.output(), n.begin(), n.end(), n.fill());
        } else if (node instanceof AveragePool n) {
            return new AveragePool(info, n.input(), n.output(), n.geometry(), n.countIncludesPadding(), n.layout());
        } else if (node instanceof Concat n) {
            return new Concat(info, n.inputs(), n.output(), n.axis());
        } else if (node instanceof Identity n) {
            return new Identity(info, n.input(), n.output());
        }
        throw new IllegalArgumentException(node.label());
    }
}
