package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Concat;
import org.rep4j.graph.Identity;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Identity, Dropout, Concat, Pad and AveragePool. */
final class StructureOps {
    private static final int PADS_ARE_INPUTS = 11;

    private StructureOps() {}

    static Node identity(NodeProto node, NodeInfo info, LiftContext context) {
        Value input = context.input(node, 0);
        return new Identity(info, input, context.define(node.getOutput(0), input.shape(), input.type()));
    }

    static Node dropout(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        if (LiftContext.namedOutputs(node) > 1 && context.index().uses(node.getOutput(1)) > 0) {
            throw new OpReader.Unfoldable("its mask is used");
        }
        if (LiftContext.has(node, 2)) {
            throw new OpReader.Unfoldable("it may be in training mode: export the model in inference mode");
        }
        return identity(node, info, context);
    }

    static Node concat(NodeProto node, NodeInfo info, LiftContext context) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < node.getInputCount(); i++) {
            parts.add(context.input(node, i));
        }
        if (parts.isEmpty()) {
            throw new InvalidGraphException(GraphIndex.describe(node) + " has no inputs");
        }
        int axis = (int) new Attributes(node, GraphIndex.describe(node)).integer("axis", 0);
        Shape shape = parts.get(0).shape();
        if (axis >= -shape.rank() && axis < shape.rank()) {
            boolean known = parts.stream().allMatch(p -> p.shape().dim(axis) >= 0);
            shape = shape.withDim(
                    axis,
                    known ? parts.stream().mapToLong(p -> p.shape().dim(axis)).sum() : Shape.UNKNOWN_DIM);
        }
        return new Concat(
                info,
                parts,
                context.define(node.getOutput(0), shape, parts.get(0).type()),
                axis);
    }

    static Node averagePool(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        String label = GraphIndex.describe(node);
        Attributes attributes = new Attributes(node, label);
        List<Long> kernel = attributes
                .integers("kernel_shape")
                .orElseThrow(() -> new InvalidGraphException(label + " has no kernel_shape"));
        if (attributes.integer("ceil_mode", 0) != 0) {
            throw new OpReader.Unfoldable(""); // a kernel cannot express it, and nobody expects it to
        }
        Value input = context.input(node, 0);
        ConvGeometry geometry = Geometries.read(
                attributes, label, kernel.stream().map(Math::toIntExact).toList(), input.shape());
        Shape shape = Layout.CHANNELS_FIRST.outputShape(
                input.shape(), geometry, input.shape().dim(1));
        return new AveragePool(
                info,
                input,
                context.define(node.getOutput(0), shape, input.type()),
                geometry,
                attributes.integer("count_include_pad", 0) != 0,
                Layout.CHANNELS_FIRST);
    }

    static Node pad(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        String label = GraphIndex.describe(node);
        Attributes attributes = new Attributes(node, label);
        String mode = attributes.text("mode", "constant");
        if (!mode.equals("constant")) {
            throw new OpReader.Unfoldable("it pads in mode " + mode + ", a convolution pads with zeros");
        }
        boolean inputs = context.opset() >= PADS_ARE_INPUTS;
        if (LiftContext.has(node, 3)) {
            throw new OpReader.Unfoldable("it names the axes that it pads: export it with pads for all axes");
        }
        long[] pads = inputs
                ? required(context.constant(node, 1), "its pads are computed while the model runs")
                        .readIntegers()
                : attributes.integers("pads").orElse(List.of()).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
        double fill = attributes.number("value", 0);
        if (inputs && LiftContext.has(node, 2)) {
            StoredTensor value =
                    required(context.constant(node, 2), "what it fills in is computed while the model runs");
            if (!value.type().isFloatingPoint() || value.shape().elements() != 1) {
                throw new OpReader.Unfoldable("");
            }
            fill = value.read()[0];
        }
        if (pads.length % 2 != 0) {
            throw new InvalidGraphException(label + " has " + pads.length + " pads, an odd number");
        }
        List<Integer> all = Arrays.stream(pads).mapToObj(Math::toIntExact).toList();
        int rank = all.size() / 2;
        Value input = context.input(node, 0);
        Shape shape = Shape.ofRank(rank);
        for (int i = 0; i < rank; i++) {
            long size = input.shape().dim(i);
            shape = size < 0 ? shape : shape.withDim(i, size + pads[i] + pads[rank + i]);
        }
        return new Pad(
                info,
                input,
                context.define(node.getOutput(0), shape, input.type()),
                all.subList(0, rank),
                all.subList(rank, 2 * rank),
                ChannelConstant.scalar(fill));
    }

    private static StoredTensor required(Optional<StoredTensor> constant, String otherwise) throws OpReader.Unfoldable {
        return constant.orElseThrow(() -> new OpReader.Unfoldable(otherwise));
    }
}
