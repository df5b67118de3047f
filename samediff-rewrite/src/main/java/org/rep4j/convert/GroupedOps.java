package org.rep4j.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.samediff.NativeOp;

/**
 * Convolutions with groups, which SameDiff has no op for:
 *
 * <pre>
 * x → split → conv2d → concat → y
 *           → conv2d ↗
 * </pre>
 *
 * along the channels, all convolutions alike, nobody else reading what is in between.
 */
final class GroupedOps {
    /** Ops that may form groups, with their number of spatial axes. */
    private static final Map<String, Integer> KINDS =
            Map.of("conv1d", 1, "conv2d", 2, "conv3dnew", 3, "deconv2d", 2, "deconv3d", 3);

    private final SameDiff graph;
    private final Map<String, NativeOp> writers = new HashMap<>();
    private final Map<String, Integer> reads = new HashMap<>();
    private final Map<String, Group> groups = new HashMap<>();
    private final Set<String> inner = new HashSet<>();

    private record Group(NativeOp whole, List<NativeOp> parts) {}

    private GroupedOps(SameDiff graph) {
        this.graph = graph;
    }

    /**
     * Finds groups.
     *
     * @param ops of a graph
     * @param outputs names of the variables that are read from outside
     */
    static GroupedOps of(SameDiff graph, List<NativeOp> ops, Collection<String> outputs) {
        GroupedOps found = new GroupedOps(graph);
        for (NativeOp op : ops) {
            op.outputs().forEach(o -> found.writers.put(o, op));
            op.inputs().forEach(i -> found.reads.merge(i, 1, Integer::sum));
        }
        outputs.forEach(o -> found.reads.merge(o, 1, Integer::sum));
        ops.stream().filter(op -> op.kind().equals("concat")).forEach(found::match);
        return found;
    }

    /** Whether an op is written together with the one that ends its group. */
    boolean isInner(NativeOp op) {
        return inner.contains(op.name());
    }

    /** The op that a group as a whole is, for the op that ends it; other ops are what they are. */
    NativeOp whole(NativeOp op) {
        Group group = groups.get(op.name());
        return group == null ? op : group.whole();
    }

    /** The ops of the groups, for the op that ends them; an op without groups is its only one. */
    List<NativeOp> parts(NativeOp op) {
        Group group = groups.get(op.name());
        return group == null ? List.of(op) : group.parts();
    }

    private void match(NativeOp concat) {
        List<NativeOp> parts = new ArrayList<>();
        for (String input : concat.inputs()) {
            NativeOp part = writers.get(input);
            if (part == null || !KINDS.containsKey(part.kind()) || !isOwn(input)) {
                return;
            }
            parts.add(part);
        }
        if (parts.size() < 2 || concat.integers() != 1 || concat.flag(0, false)) {
            return;
        }
        NativeOp first = parts.get(0);
        Optional<NativeOp> split = split(parts);
        if (split.isEmpty()
                || !isChannelAxis(concat.integer(0, 0), first)
                || !parts.stream().allMatch(p -> isLike(p, first))) {
            return;
        }
        List<String> inputs = new ArrayList<>(first.inputs());
        inputs.set(0, split.get().inputs().get(0));
        groups.put(
                concat.name(),
                new Group(
                        new NativeOp(concat.name(), first.function(), inputs, concat.outputs(), List.of(), false),
                        parts));
        parts.forEach(p -> inner.add(p.name()));
        inner.add(split.get().name());
    }

    private boolean isOwn(String variable) {
        return reads.getOrDefault(variable, 0) == 1;
    }

    /** The op that hands each part its channels, in order, if it does nothing else. */
    private Optional<NativeOp> split(List<NativeOp> parts) {
        return Optional.ofNullable(writers.get(parts.get(0).inputs().get(0)))
                .filter(split -> split.kind().equals("split")
                        && split.inputs().size() == 1
                        && isChannelAxis(split.integer(1, 0), parts.get(0))
                        && split.outputs()
                                .equals(parts.stream()
                                        .map(p -> p.inputs().get(0))
                                        .toList())
                        && split.outputs().stream().allMatch(this::isOwn));
    }

    private static boolean isChannelAxis(int axis, NativeOp conv) {
        int spatial = KINDS.getOrDefault(conv.kind(), 0);
        boolean last = conv.integer(4 * spatial + 1, 0) != 0;
        return Math.floorMod(axis, spatial + 2) == (last ? spatial + 1 : 1);
    }

    private boolean isLike(NativeOp part, NativeOp first) {
        return part.kind().equals(first.kind())
                && part.inputs().size() == first.inputs().size()
                && Arrays.equals(part.arguments(), first.arguments())
                && hasLikeWeights(part.inputs().get(1), first.inputs().get(1));
    }

    /** Whether both are constants of one shape, or both the like parts of something. */
    private boolean hasLikeWeights(String weights, String others) {
        if (writers.containsKey(weights) || writers.containsKey(others)) {
            Optional<NativeOp> source = splitSource(weights);
            return source.isPresent() && source.equals(splitSource(others));
        }
        INDArray array = graph.getVariable(weights).getArr();
        INDArray other = graph.getVariable(others).getArr();
        return array != null && other != null && Arrays.equals(array.shape(), other.shape());
    }

    /** The split whose result, with its axes in some order, a variable is. */
    private Optional<NativeOp> splitSource(String variable) {
        NativeOp writer = writers.get(variable);
        while (writer != null
                && (writer.kind().equals("permute") || writer.kind().equals("reverse"))) {
            writer = writers.get(writer.inputs().get(0));
        }
        return Optional.ofNullable(writer).filter(op -> op.kind().equals("split"));
    }
}
