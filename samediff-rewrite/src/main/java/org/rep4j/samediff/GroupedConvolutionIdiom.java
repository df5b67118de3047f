package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.StoredKernel;

/**
 * A grouped convolution, for which SameDiff has no op:
 *
 * <pre>
 * x → split → conv2d → concat → y
 *           → conv2d ↗
 * </pre>
 *
 * along the channels, all convolutions alike, nobody else reading what is in between.
 */
final class GroupedConvolutionIdiom {
    private static final Set<String> KINDS = Set.of("conv1d", "conv2d", "conv3dnew");

    private GroupedConvolutionIdiom() {}

    /** The convolution whose output {@code concat} writes. */
    static Optional<NativeConvolution> match(NativeOp concat, LiftContext context) {
        if (!concat.kind().equals("concat") || concat.integers() != 1 || concat.flag(0, false) || concat.ordered()) {
            return Optional.empty();
        }
        List<NativeConvolution> parts = new ArrayList<>();
        for (String part : concat.inputs()) {
            context.view()
                    .producer(part)
                    .filter(op -> KINDS.contains(op.kind()) && context.view().isOwn(concat, part))
                    .flatMap(op -> OpReaders.convolution(op, context))
                    .ifPresent(parts::add);
        }
        if (parts.size() < 2 || parts.size() != concat.inputs().size() || !areAlike(parts)) {
            return Optional.empty();
        }
        NativeConvolution first = parts.get(0);
        if (!isChannelAxis(concat.integer(0, 0), first)) {
            return Optional.empty();
        }
        return split(parts, context).map(split -> {
            List<NativeOp> ops = new ArrayList<>(List.of(split));
            parts.forEach(p -> ops.addAll(p.ops()));
            ops.add(concat);
            boolean trainable = parts.stream().anyMatch(NativeConvolution::trainable);
            return new NativeConvolution(
                    ops, split.inputs().get(0), kernel(parts), first.axes(), first.same(), first.layout(), trainable);
        });
    }

    private static boolean areAlike(List<NativeConvolution> parts) {
        NativeConvolution first = parts.get(0);
        return parts.stream()
                .allMatch(p -> p.axes().equals(first.axes())
                        && p.kernel().shape().groups() == 1
                        && p.same() == first.same()
                        && p.layout() == first.layout()
                        && p.kernel().shape().equals(first.kernel().shape())
                        && p.kernel().type() == first.kernel().type());
    }

    /** The op that hands each part its channels, in order, if it does nothing else. */
    private static Optional<NativeOp> split(List<NativeConvolution> parts, LiftContext context) {
        NativeOp split = context.view().producer(parts.get(0).input()).orElse(null);
        if (split == null
                || !split.kind().equals("split")
                || split.ordered()
                || split.inputs().size() != 1
                || !isChannelAxis(split.integer(1, 0), parts.get(0))
                || !split.outputs()
                        .equals(parts.stream().map(NativeConvolution::input).toList())) {
            return Optional.empty();
        }
        boolean owned = parts.stream().allMatch(p -> context.view().isOwn(p.root(), p.input()));
        return owned ? Optional.of(split) : Optional.empty();
    }

    private static boolean isChannelAxis(int axis, NativeConvolution conv) {
        int rank = conv.axes().size() + 2;
        return Math.floorMod(axis, rank) == Math.floorMod(conv.layout().channelAxis(), rank);
    }

    private static StoredKernel kernel(List<NativeConvolution> parts) {
        KernelShape part = parts.get(0).kernel().shape();
        KernelShape shape = new KernelShape(
                part.outChannels() * parts.size(), part.inChannelsPerGroup(), parts.size(), part.spatial());
        return StackedKernels.of(
                shape, parts.stream().map(NativeConvolution::kernel).toList());
    }
}
