package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.shape.Concat;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** Writes the nodes that rules make as SameDiff ops. */
final class OpEmitter {
    private final SameDiffSurgery surgery;
    private final ConvolutionEmitter convolutions;
    private final TransposedConvolutionEmitter transposed;
    private final AffineEmitter affines;
    private final PadEmitter pads;

    OpEmitter(SameDiffSurgery surgery) {
        this.surgery = surgery;
        this.transposed = new TransposedConvolutionEmitter(surgery);
        this.convolutions = new ConvolutionEmitter(surgery, transposed);
        this.affines = new AffineEmitter(surgery);
        this.pads = new PadEmitter(surgery);
    }

    /**
     * Writes a node; what it reads must be there already.
     *
     * @throws InvalidGraphException if SameDiff has no ops for it
     */
    void emit(Node node, Provenance.Origin origin) {
        if (node instanceof Convolution conv) {
            convolutions.emit(conv, origin);
        } else if (node instanceof TransposedConvolution conv) {
            transposed.emit(conv, origin);
        } else if (node instanceof Linear linear) {
            linear(linear, origin);
        } else if (node instanceof Sum sum) {
            sum(sum);
        } else if (node instanceof BatchNormalization norm) {
            affines.emit(norm, origin);
        } else if (node instanceof ChannelScale scale) {
            affines.emit(scale, origin);
        } else if (node instanceof ChannelShift shift) {
            affines.emit(shift, origin);
        } else if (node instanceof Pad pad) {
            pad(pad);
        } else if (node instanceof AveragePool pool) {
            convolutions.emit(pool, origin);
        } else if (node instanceof org.rep4j.graph.Concat concat) {
            concat(concat);
        } else if (node instanceof org.rep4j.graph.Identity identity) {
            SDVariable input = surgery.variable(identity.input().name());
            surgery.name(new Identity(surgery.graph(), input), identity.output().name());
        } else {
            throw new InvalidGraphException(
                    "a rule made " + node.label() + ", which SameDiff has no op for, please report this");
        }
    }

    /** A product and, if there is a bias, a sum: what xw_plus_b makes of floats, libnd4j's other ops read in the wrong order. */
    private void linear(Linear linear, Provenance.Origin origin) {
        SameDiff graph = surgery.graph();
        String name = linear.output().name();
        ParameterStore store = new ParameterStore(
                surgery, name, linear.kernel().type(), linear.kernel().hasBias(), origin.trainable());
        SDVariable[] inputs = store.inputs(
                surgery.variable(linear.input().name()), linear.kernel().open(), KernelLayout.KIO);
        if (inputs.length == 2) {
            surgery.name(new Mmul(graph, inputs[0], inputs[1]), name);
            return;
        }
        SDVariable product =
                surgery.name(new Mmul(graph, inputs[0], inputs[1]), surgery.freshName(name + "_product"))[0];
        surgery.name(new AddOp(graph, product, inputs[2]), name);
    }

    /** A sum of n operands as n − 1 additions and subtractions, an operand that is added first if there is one. */
    private void sum(Sum sum) {
        List<Term> terms = new ArrayList<>(sum.terms());
        int first = 0;
        while (first < terms.size() - 1 && terms.get(first).negated()) {
            first++;
        }
        Term start = terms.get(first).negated() ? terms.remove(0) : terms.remove(first);
        SDVariable total = surgery.variable(start.value().name());
        if (start.negated()) {
            String name = surgery.freshName(sum.output().name() + "_negative");
            total = surgery.name(new Negative(surgery.graph(), total), name)[0];
        }
        for (int i = 0; i < terms.size(); i++) {
            String name = i == terms.size() - 1
                    ? sum.output().name()
                    : surgery.freshName(sum.output().name() + "_partial");
            SDVariable operand = surgery.variable(terms.get(i).value().name());
            total = surgery.name(
                            terms.get(i).negated()
                                    ? new SubOp(surgery.graph(), total, operand)
                                    : new AddOp(surgery.graph(), total, operand),
                            name)[0];
        }
    }

    /** A padding; one with constants per channel as x − c, padded with zeros, + c. */
    private void pad(Pad pad) {
        SDVariable input = surgery.variable(pad.input().name());
        ChannelConstant fill = pad.fill();
        double[] constants = fill.values();
        if (Arrays.stream(constants).allMatch(c -> c == constants[0])) {
            pads.emit(input, pad.begin(), pad.end(), constants[0], pad.output().name());
            return;
        }
        Provenance.Origin origin = new Provenance.Origin(false, false, false);
        String name = pad.output().name();
        int rank = pad.begin().size();
        int axis = fill.axis() < 0 ? fill.axis() : fill.axis() - rank;
        Value lowered = Value.of(
                surgery.freshName(name + "_lowered"),
                pad.input().shape(),
                pad.input().type());
        double[] opposite = Arrays.stream(constants).map(c -> -c).toArray();
        affines.emit(
                new ChannelShift(
                        NodeInfo.made(lowered.name(), "add"),
                        pad.input(),
                        lowered,
                        new ChannelConstant(opposite, axis, 0)),
                origin);
        Value padded = Value.of(
                surgery.freshName(name + "_padded"),
                pad.output().shape(),
                pad.output().type());
        pads.emit(surgery.variable(lowered.name()), pad.begin(), pad.end(), 0, padded.name());
        affines.emit(
                new ChannelShift(
                        NodeInfo.made(name, "add"), padded, pad.output(), new ChannelConstant(constants, axis, 0)),
                origin);
    }

    private void concat(org.rep4j.graph.Concat concat) {
        SDVariable[] parts =
                concat.inputs().stream().map(v -> surgery.variable(v.name())).toArray(SDVariable[]::new);
        surgery.name(
                new Concat(surgery.graph(), concat.axis(), parts),
                concat.output().name());
    }
}
