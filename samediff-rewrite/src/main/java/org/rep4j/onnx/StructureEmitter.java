package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Concat;
import org.rep4j.graph.Identity;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Value;

/** Writes paddings, pools, concatenations and identities. */
final class StructureEmitter {
    private static final int PADS_ARE_INPUTS = 11;
    private static final int SLICE_BOUNDS_ARE_INPUTS = 10;

    private final Emission emission;
    private final ArithmeticEmitter arithmetic;

    StructureEmitter(Emission emission, ArithmeticEmitter arithmetic) {
        this.emission = emission;
        this.arithmetic = arithmetic;
    }

    List<NodeProto> identity(Identity identity) {
        return List.of(NodeProtos.node(
                        "Identity",
                        identity.name(),
                        List.of(identity.input().name()),
                        identity.output().name())
                .build());
    }

    List<NodeProto> concat(Concat concat) {
        int rank = concat.output().shape().rank();
        int axis = concat.axis() < 0 && rank > 0
                ? concat.axis() + rank
                : concat.axis(); // old opsets count from the front only
        List<String> parts = concat.inputs().stream().map(Value::name).toList();
        return List.of(
                NodeProtos.node("Concat", concat.name(), parts, concat.output().name())
                        .addAttribute(NodeProtos.integer("axis", axis))
                        .build());
    }

    List<NodeProto> averagePool(AveragePool pool) {
        NodeProto.Builder node = NodeProtos.node(
                "AveragePool",
                pool.name(),
                List.of(pool.input().name()),
                pool.output().name());
        KernelEmitter.geometry(
                node, pool.geometry(), pool.geometry().axes().stream().anyMatch(a -> a.dilation() != 1));
        if (pool.countIncludesPadding()) {
            node.addAttribute(NodeProtos.integer("count_include_pad", 1));
        }
        return List.of(node.build());
    }

    /** A Slice where elements are only cut off, else a Pad; ONNX fills in one constant, so others are moved to 0 before and back. */
    List<NodeProto> pad(Pad pad) {
        boolean crops = isNegative(pad.begin()) && isNegative(pad.end());
        if (crops) {
            return slice(pad);
        }
        double[] fill = pad.fill().values();
        if (Arrays.stream(fill).allMatch(f -> f == fill[0])) {
            return padded(pad, pad.input().name(), pad.output().name(), fill[0]);
        }
        String moved = emission.fresh(pad.input().name() + "_moved");
        String padded = emission.fresh(pad.output().name() + "_moved");
        double[] away = Arrays.stream(fill).map(f -> -f).toArray();
        List<NodeProto> nodes = new ArrayList<>(arithmetic.shift(new ChannelShift(
                NodeInfo.made(emission.fresh(pad.name() + "_to_zero"), "Add"),
                pad.input(),
                Value.of(moved, pad.input().shape(), pad.input().type()),
                new ChannelConstant(away, pad.fill().axis(), pad.fill().rank()))));
        nodes.addAll(padded(pad, moved, padded, 0));
        nodes.addAll(arithmetic.shift(new ChannelShift(
                NodeInfo.made(emission.fresh(pad.name() + "_back"), "Add"),
                Value.of(padded, pad.output().shape(), pad.output().type()),
                pad.output(),
                pad.fill())));
        return nodes;
    }

    private static boolean isNegative(List<Integer> amounts) {
        return amounts.stream().allMatch(p -> p <= 0);
    }

    private List<NodeProto> padded(Pad pad, String input, String output, double fill) {
        List<Integer> pads = new ArrayList<>(pad.begin());
        pads.addAll(pad.end());
        List<NodeProto> nodes = new ArrayList<>();
        NodeProto.Builder node = NodeProtos.node("Pad", pad.name(), List.of(input), output);
        if (emission.opset() < PADS_ARE_INPUTS) {
            node.addAttribute(NodeProtos.integers("pads", pads)).addAttribute(NodeProtos.number("value", fill));
        } else {
            node.addInput(emission.integers(pad.name() + ".pads", pads, nodes));
            if (fill != 0) {
                node.addInput(emission.tensor(
                        pad.name() + ".value", List.of(), emission.type(pad.input(), pad.output()), () ->
                                new double[] {fill}));
            }
        }
        nodes.add(node.build());
        return nodes;
    }

    private List<NodeProto> slice(Pad pad) {
        List<Integer> axes = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (int axis = 0; axis < pad.begin().size(); axis++) {
            int begin = -pad.begin().get(axis);
            int end = pad.end().get(axis);
            if (begin != 0 || end != 0) {
                axes.add(axis);
                starts.add((long) begin);
                ends.add(end == 0 ? Long.MAX_VALUE : end);
            }
        }
        List<NodeProto> nodes = new ArrayList<>();
        NodeProto.Builder node = NodeProtos.node(
                "Slice", pad.name(), List.of(pad.input().name()), pad.output().name());
        if (emission.opset() < SLICE_BOUNDS_ARE_INPUTS) {
            node.addAttribute(NodeProtos.integers("starts", starts))
                    .addAttribute(NodeProtos.integers("ends", ends))
                    .addAttribute(NodeProtos.integers("axes", axes));
        } else {
            node.addInput(emission.integers(pad.name() + ".starts", starts, nodes))
                    .addInput(emission.integers(pad.name() + ".ends", ends, nodes))
                    .addInput(emission.integers(pad.name() + ".axes", axes, nodes));
        }
        nodes.add(node.build());
        return nodes;
    }
}
