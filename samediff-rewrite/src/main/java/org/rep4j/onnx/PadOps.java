package org.rep4j.onnx;

import java.util.Arrays;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Value;

/** Pad and Slice: what adds elements at the borders, and what cuts them off. */
final class PadOps {
    private static final long BEYOND_ANY_SIZE = SliceRanges.BEYOND_ANY_SIZE;

    private PadOps() {}

    static Node pad(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        OpCall call = context.call(node);
        String mode = call.attributes().text("mode", "constant");
        if (!mode.equals("constant")) {
            throw new OpReader.Unfoldable("it pads in mode " + mode + ", a convolution pads with zeros");
        }
        if (call.has(1) && call.constant(1).isEmpty()) {
            throw new OpReader.Unfoldable("its pads are computed while the model runs");
        }
        long[] pads = call.integers("pads", 1).orElse(new long[0]);
        if (pads.length % 2 != 0) {
            throw new InvalidGraphException(GraphIndex.describe(node) + " has " + pads.length + " pads, an odd number");
        }
        Value input = context.input(node, 0);
        int listed = pads.length / 2;
        int rank = call.has(3) ? input.shape().rank() : listed;
        int[] axes = axes(call, listed, rank);
        Integer[] begin = new Integer[rank];
        Integer[] end = new Integer[rank];
        Arrays.fill(begin, 0);
        Arrays.fill(end, 0);
        for (int i = 0; i < listed; i++) {
            begin[axes[i]] = Math.toIntExact(pads[i]);
            end[axes[i]] = Math.toIntExact(pads[listed + i]);
        }
        return padded(node, info, context, List.of(begin), List.of(end), fill(call));
    }

    /** The axes that the pads are for: all of them, or those that an input lists (from opset 18 on). */
    private static int[] axes(OpCall call, int listed, int rank) throws OpReader.Unfoldable {
        int[] axes = new int[listed];
        Arrays.setAll(axes, i -> i);
        if (!call.has(3)) {
            return axes;
        }
        if (rank < 0) {
            throw new OpReader.Unfoldable("it names the axes that it pads, and the rank of its input is not known");
        }
        long[] named = call.integers(3);
        if (named.length != listed) {
            throw new InvalidGraphException(
                    GraphIndex.describe(call.node()) + " has pads for " + listed + " axes but names " + named.length);
        }
        for (int i = 0; i < listed; i++) {
            axes[i] = Dims.axis(named[i], rank);
        }
        return axes;
    }

    private static double fill(OpCall call) throws OpReader.Unfoldable {
        if (!call.has(2)) {
            return call.attributes().number("value", 0);
        }
        ConstantTensor value = call.constant(2)
                .orElseThrow(() -> new OpReader.Unfoldable("what it fills in is computed while the model runs"));
        if (!value.type().isFloatingPoint() || value.shape().elements() != 1) {
            throw new OpReader.Unfoldable("");
        }
        return value.read()[0];
    }

    /** A Slice that keeps all but some elements at the borders of spatial axes: padding by a negative amount. */
    static Node slice(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        Value input = context.input(node, 0);
        int rank = input.shape().rank();
        if (rank < 1) {
            throw new OpReader.Unfoldable("");
        }
        Integer[] begin = new Integer[rank];
        Integer[] end = new Integer[rank];
        Arrays.fill(begin, 0);
        Arrays.fill(end, 0);
        for (SliceRanges.Range range : SliceRanges.read(context.call(node), rank)) {
            crop(range, input, begin, end);
        }
        return padded(node, info, context, List.of(begin), List.of(end), 0);
    }

    private static void crop(SliceRanges.Range range, Value input, Integer[] begin, Integer[] end)
            throws OpReader.Unfoldable {
        long size = input.shape().dim(range.axis());
        if (range.keepsAll() || (size >= 0 && range.step() == 1 && range.count(size) == size)) {
            return;
        }
        if (range.step() != 1 || range.axis() < 2) {
            throw new OpReader.Unfoldable(""); // picks elements, images or channels: nobody expects a fold
        }
        if (size >= 0) {
            begin[range.axis()] = -Math.toIntExact(range.first(size));
            end[range.axis()] = Math.toIntExact(range.first(size) + range.count(size) - size);
            return;
        }
        boolean known = range.start() >= 0 && (range.end() < 0 || range.end() >= BEYOND_ANY_SIZE);
        if (!known || range.start() > BEYOND_ANY_SIZE || range.end() < -BEYOND_ANY_SIZE) {
            throw new OpReader.Unfoldable("how much it cuts off axis " + range.axis() + " depends on the size of "
                    + input.name() + ", which is not known");
        }
        begin[range.axis()] = (int) -range.start();
        end[range.axis()] = range.end() < 0 ? (int) range.end() : 0;
    }

    private static Node padded(
            NodeProto node, NodeInfo info, LiftContext context, List<Integer> begin, List<Integer> end, double fill) {
        if (begin.stream().allMatch(p -> p == 0) && end.stream().allMatch(p -> p == 0)) {
            return StructureOps.identity(node, info, context);
        }
        Value input = context.input(node, 0);
        Value output = OutputShapes.define(node, context).get(0);
        return new Pad(info, input, output, begin, end, ChannelConstant.scalar(fill));
    }
}
