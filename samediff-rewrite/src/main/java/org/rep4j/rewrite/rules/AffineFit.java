package org.rep4j.rewrite.rules;

import java.util.Optional;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Value;

/** Whether an affine op scales and shifts what a kernel reads or writes, channel by channel and nothing else. */
final class AffineFit {
    private AffineFit() {}

    /** Why {@code affine} does not fit the output of {@code op}, whether or not it stands there; empty if it does. */
    static Optional<String> behind(KernelNode op, AffineNode affine) {
        int channels = op.kernel().shape().outChannels();
        Optional<String> defect = channelDefect(affine, channels, op.label() + " writes ");
        return defect.isPresent() ? defect : axis(op, affine);
    }

    /** Why {@code affine} does not work along the channels of the output of {@code op}; empty if it does. */
    static Optional<String> axis(KernelNode op, AffineNode affine) {
        return axisDefect(affine, op.channelAxis(), op.rank(), op.output(), "output of " + op.label(), op.label());
    }

    /** Why {@code affine} does not fit the input of {@code op}, whether or not it stands there; empty if it does. */
    static Optional<String> before(KernelNode op, AffineNode affine) {
        int channels = op.kernel().shape().inChannels();
        Optional<String> defect = channelDefect(affine, channels, op.label() + " reads ");
        int rank =
                op.input().shape().rank() < 0 ? op.rank() : op.input().shape().rank();
        return defect.isPresent()
                ? defect
                : axisDefect(affine, op.channelAxis(), rank, op.input(), "input of " + op.label(), op.label());
    }

    /**
     * Why {@code affine} does not work channel by channel within a branch; empty if it does.
     *
     * @param channels that the branch has where the op stands
     * @param channelAxis of the branch
     * @param rank of its values, −1 if unknown
     */
    static Optional<String> within(int channels, int channelAxis, int rank, AffineNode affine) {
        return channelDefect(affine, channels, "the branch has ")
                .or(() -> axisDefect(affine, channelAxis, rank, affine.input(), "branch", "the branch"));
    }

    /**
     * Why the output of {@code affine} may have more elements than its input: constants broadcast, and stretch a single
     * channel to many. Empty if it has as many.
     */
    static Optional<String> stretch(AffineNode affine) {
        Value input = affine.input();
        int rank = input.shape().rank();
        if (affine.constantRank() > Math.max(rank, 0)) {
            return Optional.of("its constant has rank " + affine.constantRank() + ", "
                    + (rank < 0
                            ? "the rank of " + input.name() + " is not known"
                            : input.name() + " has rank " + rank));
        }
        if (affine instanceof BatchNormalization || affine.channels() == 1) {
            return Optional.empty();
        }
        long channels = input.shape().dim(affine.channelAxis());
        return channels == affine.channels()
                ? Optional.empty()
                : Optional.of("it has " + affine.channels() + " constants, "
                        + (channels < 0
                                ? "the number of channels of " + input.name() + " is not known"
                                : input.name() + " has " + channels + " channels"));
    }

    /** Why numbers of one format come out of {@code affine} where another one is needed; empty if they do not. */
    static Optional<String> typeChange(ElementType from, ElementType to) {
        return from != to && from.isFloatingPoint() && to.isFloatingPoint() // OTHER may just mean that nobody knows
                ? Optional.of("it turns " + from + " into " + to)
                : Optional.empty();
    }

    private static Optional<String> channelDefect(AffineNode affine, int channels, String opHas) {
        if (affine.defect().isPresent()) {
            return affine.defect();
        }
        return affine.channels() == channels || (affine.channels() == 1 && !(affine instanceof BatchNormalization))
                ? Optional.empty()
                : Optional.of("it has " + affine.channels() + " channels, " + opHas + channels);
    }

    private static Optional<String> axisDefect(
            AffineNode affine, int channelAxis, int rank, Value value, String place, String whose) {
        if (affine.constantRank() > Math.max(rank, 1)) {
            return Optional.of("its constant has rank " + affine.constantRank() + ", more than the " + place
                    + (rank < 0 ? ", whose rank is not known" : " has"));
        }
        if (affine.channels() == 1 || affine.channelAxis() == channelAxis) {
            return Optional.empty();
        }
        if (rank < 0) {
            return Optional.of("the rank of " + value.name() + " is not known, so neither is its channel axis");
        }
        int axis = affine.channelAxis() < 0 ? affine.channelAxis() + rank : affine.channelAxis();
        return axis == Math.floorMod(channelAxis, rank)
                ? Optional.empty()
                : Optional.of("it works along axis " + affine.channelAxis() + ", the channels of " + whose
                        + " lie along axis " + channelAxis);
    }
}
