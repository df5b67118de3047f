package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Sum;

/** Writes sums, BatchNorms, scales and shifts. */
final class ArithmeticEmitter {
    private final Emission emission;

    ArithmeticEmitter(Emission emission) {
        this.emission = emission;
    }

    /** A chain of Adds and Subs, with a Neg in front if nothing is added: every opset has them, and all of them broadcast alike. */
    List<NodeProto> sum(Sum sum) {
        List<Sum.Term> terms = new ArrayList<>(sum.terms());
        terms.sort((a, b) -> Boolean.compare(a.negated(), b.negated())); // stable: a term that is added comes first
        List<NodeProto> nodes = new ArrayList<>();
        String partial = terms.get(0).value().name();
        if (terms.get(0).negated()) {
            partial = step("Neg", sum, List.of(partial), terms.size() == 1, nodes);
        }
        for (int i = 1; i < terms.size(); i++) {
            Sum.Term term = terms.get(i);
            List<String> operands = List.of(partial, term.value().name());
            partial = step(term.negated() ? "Sub" : "Add", sum, operands, i == terms.size() - 1, nodes);
        }
        return nodes;
    }

    private String step(String op, Sum sum, List<String> operands, boolean last, List<NodeProto> nodes) {
        String output = last ? sum.output().name() : emission.fresh(sum.output().name() + "_partial");
        String name = last ? sum.name() : emission.fresh(sum.name() + "_partial");
        nodes.add(NodeProtos.node(op, name, operands, output).build());
        return output;
    }

    /** A BatchNormalization where ONNX's op means the same: along axis 1, with an ε that a float holds; else a Mul and an Add. */
    List<NodeProto> batchNorm(BatchNormalization norm) {
        BatchNormStatistics statistics = norm.statistics();
        int rank = norm.input().shape().rank();
        boolean isAxisOne = norm.channelAxis() == 1 || (rank >= 2 && Math.floorMod(norm.channelAxis(), rank) == 1);
        if (!isAxisOne || rank == 1 || (float) statistics.epsilon() != statistics.epsilon()) {
            return scaledAndShifted(norm);
        }
        List<Long> dims = List.of((long) statistics.channels());
        ElementType type = emission.type(norm.input(), norm.output());
        List<String> inputs = List.of(
                norm.input().name(),
                emission.tensor(norm.name() + ".scale", dims, type, statistics::gamma),
                emission.tensor(norm.name() + ".shift", dims, type, statistics::beta),
                emission.tensor(norm.name() + ".mean", dims, type, statistics::mean),
                emission.tensor(norm.name() + ".variance", dims, type, statistics::variance));
        return List.of(NodeProtos.node(
                        "BatchNormalization", norm.name(), inputs, norm.output().name())
                .addAttribute(NodeProtos.number("epsilon", statistics.epsilon()))
                .build());
    }

    private List<NodeProto> scaledAndShifted(BatchNormalization norm) {
        ChannelAffine affine = norm.statistics().affine();
        String scaled = emission.fresh(norm.output().name() + "_scaled");
        NodeProto scale = NodeProtos.node(
                        "Mul",
                        emission.fresh(norm.name() + "_scale"),
                        List.of(norm.input().name(), constant(norm, "scale", affine.scale(), 0)),
                        scaled)
                .build();
        NodeProto shift = NodeProtos.node(
                        "Add",
                        norm.name(),
                        List.of(scaled, constant(norm, "shift", affine.shift(), 0)),
                        norm.output().name())
                .build();
        return List.of(scale, shift);
    }

    List<NodeProto> scale(ChannelScale scale) {
        return withConstant("Mul", "scale", scale, scale.constant());
    }

    List<NodeProto> shift(ChannelShift shift) {
        return withConstant("Add", "shift", shift, shift.constant());
    }

    private List<NodeProto> withConstant(String op, String kind, AffineNode node, ChannelConstant constant) {
        List<String> operands = List.of(node.input().name(), constant(node, kind, constant.values(), constant.rank()));
        return List.of(
                NodeProtos.node(op, node.name(), operands, node.output().name()).build());
    }

    /**
     * An initializer that broadcasts along the channel axis of {@code node}.
     *
     * @param atLeast its lowest rank
     */
    private String constant(AffineNode node, String kind, double[] values, int atLeast) {
        int behind = values.length == 1 ? 0 : axesBehindChannels(node);
        List<Long> dims = new ArrayList<>();
        if (values.length > 1 || atLeast > 0) {
            dims.addAll(Collections.nCopies(Math.max(0, atLeast - behind - 1), 1L));
            dims.add((long) values.length);
            dims.addAll(Collections.nCopies(behind, 1L));
        }
        return emission.tensor(
                node.name() + "." + kind, dims, emission.type(node.input(), node.output()), () -> values);
    }

    private static int axesBehindChannels(AffineNode node) {
        int axis = node.channelAxis();
        int rank = Math.max(node.input().shape().rank(), node.output().shape().rank());
        if (axis >= 0 && rank <= axis) {
            throw new InvalidGraphException(node.label() + " works along axis " + axis + " of "
                    + node.input().name() + ", whose rank is not known");
        }
        return axis < 0 ? -axis - 1 : rank - axis - 1;
    }
}
