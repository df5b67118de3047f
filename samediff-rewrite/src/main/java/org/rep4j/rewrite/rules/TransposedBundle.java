package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.TransposedGeometry;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** Parallel transposed convolutions that fit into one. */
final class TransposedBundle {
    private final List<Member> members = new ArrayList<>();
    private TransposedGeometry hull;

    /**
     * One operand of a sum.
     *
     * @param conv what writes it
     * @param negated whether it is subtracted
     */
    record Member(TransposedConvolution conv, boolean negated) {
        TransposedGeometry geometry() {
            return new TransposedGeometry(conv.geometry(), conv.outputPadding());
        }

        private KernelSource kernel(TransposedGeometry hull) {
            KernelSource kernel = conv.kernel();
            if (negated) {
                double[] minus = new double[kernel.shape().outChannels()];
                Arrays.fill(minus, -1);
                kernel = FoldedKernel.absorb(kernel, ChannelAffine.scaling(minus));
            }
            return hull.geometry().equals(conv.geometry())
                    ? kernel
                    : FoldedKernel.grow(kernel, conv.geometry(), hull.geometry());
        }
    }

    TransposedBundle(Member first) {
        members.add(first);
        hull = first.geometry();
    }

    /** One or more, the one with the most taps first. */
    List<Member> members() {
        return members;
    }

    TransposedConvolution first() {
        return members.get(0).conv();
    }

    /** Takes {@code member} in, if one kernel for all has no more taps than two, or at any cost. */
    boolean take(Member member, boolean atAnyCost) {
        long taps = hull.geometry().taps() + member.conv().geometry().taps();
        Optional<TransposedGeometry> larger = TransposedGeometry.hull(List.of(hull, member.geometry()))
                .filter(h -> atAnyCost || h.geometry().taps() <= taps);
        larger.ifPresent(h -> {
            hull = h;
            members.add(member);
        });
        return larger.isPresent();
    }

    /** All of them in one that writes {@code output}. */
    TransposedConvolution merged(Value output) {
        TransposedConvolution first = first();
        return new TransposedConvolution(
                NodeInfo.made(first.name(), first.info().op()),
                first.input(),
                output,
                FoldedKernel.add(members.stream().map(m -> m.kernel(hull)).toList()),
                hull.geometry(),
                hull.outputPadding(),
                first.layout());
    }
}
