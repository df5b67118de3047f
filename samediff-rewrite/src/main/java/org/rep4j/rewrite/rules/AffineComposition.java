package org.rep4j.rewrite.rules;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.NodeInfo;

/** One affine op that does what two do one after the other. */
final class AffineComposition {
    private static final String BATCH_NORM = "BatchNormalization";

    private AffineComposition() {}

    /** {@code first}, then {@code second}, under the second one's name; empty where there is no such op. */
    static Optional<AffineNode> compose(AffineNode first, AffineNode second) {
        ElementType type = first.input().type();
        if (!type.isFloatingPoint()
                || first.output().type() != type
                || second.output().type() != type
                || first.defect().isPresent()
                || second.defect().isPresent()
                || !alongOneAxis(first, second)) {
            return Optional.empty();
        }
        if (first instanceof ChannelScale a && second instanceof ChannelScale b) {
            return constant(a, a.constant(), b.constant(), (s, t) -> s * t)
                    .map(c -> new ChannelScale(made(second, second.info().op()), a.input(), b.output(), c));
        }
        if (first instanceof ChannelShift a && second instanceof ChannelShift b) {
            return constant(a, a.constant(), b.constant(), Double::sum)
                    .map(c -> new ChannelShift(made(second, second.info().op()), a.input(), b.output(), c));
        }
        return batchNorm(first, second);
    }

    private static NodeInfo made(AffineNode node, String op) {
        return NodeInfo.made(node.name(), op);
    }

    /** One constant for all channels goes with any axis. */
    private static boolean alongOneAxis(AffineNode first, AffineNode second) {
        if (first.channels() == 1 || second.channels() == 1) {
            return true;
        }
        int rank = first.input().shape().rank();
        return first.channels() == second.channels()
                && (first.channelAxis() == second.channelAxis()
                        || (rank > 0
                                && Math.floorMod(first.channelAxis(), rank)
                                        == Math.floorMod(second.channelAxis(), rank)));
    }

    /** Both constants in one, lying as the longer of them does. */
    private static Optional<ChannelConstant> constant(
            AffineNode first, ChannelConstant a, ChannelConstant b, DoubleBinaryOperator operation) {
        boolean aIsLonger =
                a.values().length == b.values().length ? a.rank() >= b.rank() : a.values().length > b.values().length;
        ChannelConstant longer = aIsLonger ? a : b;
        ChannelConstant other = aIsLonger ? b : a;
        if (other.rank() > Math.max(longer.rank(), first.input().shape().rank())) {
            return Optional.empty(); // the shorter one raises the rank, the longer one does not
        }
        double[] values = longer.values().clone();
        double[] others = other.expanded(values.length);
        Arrays.setAll(values, c -> operation.applyAsDouble(values[c], others[c]));
        return fits(values, first.input().type())
                ? Optional.of(new ChannelConstant(values, longer.axis(), longer.rank()))
                : Optional.empty();
    }

    private static Optional<AffineNode> batchNorm(AffineNode first, AffineNode second) {
        boolean isFirst = first instanceof BatchNormalization;
        AffineNode leading =
                isFirst || (!(second instanceof BatchNormalization) && first.channels() > 1) ? first : second;
        AffineNode other = leading == first ? second : first;
        int channels = leading.channels();
        boolean axisIsKnown = channels > 1 || leading instanceof BatchNormalization;
        if (!axisIsKnown
                || (other.channels() != channels
                        && (other.channels() != 1 || other instanceof BatchNormalization)) // may lie along another axis
                || AffineFit.stretch(first).isPresent()
                || AffineFit.stretch(second).isPresent()) {
            return Optional.empty();
        }
        ChannelAffine both = first.affine(channels).andThen(second.affine(channels));
        if (!fits(both.scale(), first.input().type())
                || !fits(both.shift(), first.input().type())) {
            return Optional.empty();
        }
        String op = leading instanceof BatchNormalization ? leading.info().op() : BATCH_NORM;
        int axis = leading.channelAxis() < 0
                ? leading.channelAxis() + first.input().shape().rank()
                : leading.channelAxis();
        return Optional.of(new BatchNormalization(
                made(second, op),
                first.input(),
                second.output(),
                BatchNormStatistics.of(both),
                leading instanceof BatchNormalization ? leading.channelAxis() : axis));
    }

    /** Whether {@code type} holds all of {@code values}. */
    static boolean fits(double[] values, ElementType type) {
        return Arrays.stream(values).allMatch(v -> Math.abs(v) <= type.largest());
    }
}
