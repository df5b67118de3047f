package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Value;

/**
 * Finds paddings with one constant per channel, which ONNX has no op for: a Pad with anything, whose border ScatterND ops then
 * overwrite row by row. That is what {@code y = F.pad(x, …); y[:, :, 0:1, :] = b; y[:, :, -1:, :] = b; …} is exported as; the padding
 * of Diverse Branch Block (Ding et al. 2021) and ECB (Zhang et al. 2021) is written so.
 *
 * <pre>
 * before   x → Pad → ScatterND(border, b) → … → ScatterND(border, b) → y
 * after    x → Pad(fill b) → y
 * </pre>
 *
 * <p>The indices must be constant, and so the sizes known: then it is checked element by element that nothing but the border is
 * written, all of it, and the same number everywhere in a channel.
 */
final class FilledBorders {
    /** No more ops in a row are looked at. */
    private static final int LONGEST = 16;

    /** No tensor with more elements is looked at. */
    private static final long LARGEST = 1 << 28;

    private final LiftContext context;
    private final Map<String, Node> producers = new HashMap<>();
    /** How often a value is read, being an output of the graph included. */
    private final Map<String, Integer> reads = new HashMap<>();

    private FilledBorders(LiftContext context, List<Node> nodes) {
        this.context = context;
        for (Node node : nodes) {
            node.outputs().forEach(o -> producers.put(o.name(), node));
            node.reads().forEach(v -> reads.merge(v.name(), 1, Integer::sum));
        }
        context.index().graph().getOutputList().forEach(o -> reads.merge(o.getName(), 1, Integer::sum));
    }

    /** The nodes with each such group replaced by one Pad. */
    static List<Node> join(List<Node> nodes, LiftContext context) {
        if (nodes.stream().noneMatch(FilledBorders::isScatter)) {
            return nodes;
        }
        return new FilledBorders(context, nodes).join(nodes);
    }

    private static boolean isScatter(Node node) {
        return node instanceof Opaque && node.info().op().equals("ScatterND");
    }

    private List<Node> join(List<Node> nodes) {
        Map<Node, Pad> joined = new IdentityHashMap<>();
        Set<Node> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Node node : nodes) {
            if (isScatter(node)) {
                List<Node> group = group(node);
                Optional<Pad> pad = group.get(0) instanceof Pad first
                        ? filled(first, group.subList(1, group.size()))
                        : Optional.empty();
                pad.ifPresent(p -> {
                    gone.addAll(group);
                    joined.put(node, p);
                    producers.put(p.output().name(), p);
                });
            }
        }
        List<Node> result = new ArrayList<>();
        for (Node node : nodes) {
            Pad pad = joined.get(node);
            if (pad != null && producers.get(pad.output().name()) == pad) {
                result.add(pad);
            } else if (!gone.contains(node)) {
                result.add(node);
            }
        }
        return result;
    }

    /** The ops that write, one after the other, what {@code last} writes; a Pad is the first of them if there is one. */
    private List<Node> group(Node last) {
        List<Node> group = new ArrayList<>(List.of(last));
        Node node = last;
        while (isScatter(node) && group.size() < LONGEST) {
            Value data = node.inputs().get(0);
            Node producer = producers.get(data.name());
            if (producer == null || reads.getOrDefault(data.name(), 0) != 1) {
                break;
            }
            group.add(producer);
            node = producer;
        }
        Collections.reverse(group);
        return group;
    }

    private Optional<Pad> filled(Pad pad, List<Node> scatters) {
        Border border = Border.of(pad).orElse(null);
        if (border == null) {
            return Optional.empty();
        }
        NativeNodes handle = NativeNodes.of(pad);
        for (Node scatter : scatters) {
            int number = NativeNodes.of(scatter).numbers().get(0);
            if (!border.isWrittenBy(context.call(context.index().graph().getNode(number)))) {
                return Optional.empty();
            }
            handle = handle.and(number);
        }
        if (!border.isComplete()) {
            return Optional.empty();
        }
        Value output = scatters.get(scatters.size() - 1).outputs().get(0);
        NodeInfo info = new NodeInfo(pad.name(), pad.info().op(), handle);
        return Optional.of(new Pad(info, pad.input(), output, pad.begin(), pad.end(), border.fill()));
    }

    /** Why a ScatterND stays what it is, empty if nobody would expect otherwise. */
    static String reason(NodeProto scatter, LiftContext context) {
        int producer = context.index().producer(scatter.getInput(0));
        String before =
                producer < 0 ? "" : context.index().graph().getNode(producer).getOpType();
        if (!before.equals("Pad") && !before.equals("ScatterND")) {
            return "";
        }
        boolean sized = context.constant(scatter, 1).isPresent()
                && context.input(scatter, 0).shape().isFullyKnown();
        return !sized
                ? "where it writes follows from sizes that are not known: export the model with fixed input sizes"
                : "it overwrites part of " + scatter.getInput(0)
                        + ", and not a whole border with one constant per channel";
    }

    /** What is written into the border of a padded tensor {@code [N, C, …]}. */
    private static final class Border {
        private final int[] dims;
        private final int[] from;
        private final int[] to;
        private final BitSet written = new BitSet();
        private final double[] values;
        private final BitSet known = new BitSet();

        private Border(int[] dims, int[] from, int[] to) {
            this.dims = dims;
            this.from = from;
            this.to = to;
            this.values = new double[dims[1]];
        }

        /** The border of a padding of spatial axes, if all sizes are known. */
        static Optional<Border> of(Pad pad) {
            List<Long> sizes = pad.output().shape().dims();
            boolean fits = sizes != null
                    && sizes.size() == pad.begin().size()
                    && sizes.size() > 2
                    && pad.output().shape().isFullyKnown();
            if (sizes == null || !fits || pad.output().shape().elements() > LARGEST) {
                return Optional.empty();
            }
            int[] dims = sizes.stream().mapToInt(Math::toIntExact).toArray();
            int[] from = new int[dims.length];
            int[] to = new int[dims.length];
            for (int i = 0; i < dims.length; i++) {
                from[i] = pad.begin().get(i);
                to[i] = dims[i] - pad.end().get(i);
                if (from[i] < 0 || to[i] > dims[i] || (i < 2 && (from[i] != 0 || to[i] != dims[i]))) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Border(dims, from, to));
        }

        /** Whether {@code scatter} writes the border only, and what was written there before. */
        boolean isWrittenBy(OpCall scatter) {
            ConstantTensor indices =
                    scatter.constant(1).filter(ConstantTensor::isInteger).orElse(null);
            ConstantTensor updates =
                    scatter.constant(2).filter(u -> u.type().isFloatingPoint()).orElse(null);
            boolean elementwise = indices != null
                    && updates != null
                    && indices.shape().dim(-1) == dims.length
                    && indices.shape().elements() == updates.shape().elements() * dims.length;
            if (indices == null
                    || updates == null
                    || !elementwise
                    || !scatter.attributes().text("reduction", "none").equals("none")) {
                return false;
            }
            long[] index = indices.readIntegers();
            double[] numbers = updates.read();
            for (int i = 0; i < numbers.length; i++) {
                if (!write(index, i * dims.length, numbers[i])) {
                    return false;
                }
            }
            return true;
        }

        private boolean write(long[] indices, int start, double number) {
            boolean inside = true;
            int position = 0;
            int channel = 0;
            for (int axis = 0; axis < dims.length; axis++) {
                long index = indices[start + axis];
                index += index < 0 ? dims[axis] : 0;
                if (index < 0 || index >= dims[axis]) {
                    return false;
                }
                inside &= index >= from[axis] && index < to[axis];
                position = position * dims[axis] + (int) index;
                channel = axis == 1 ? (int) index : channel;
            }
            if (inside || (known.get(channel) && values[channel] != number)) {
                return false;
            }
            known.set(channel);
            values[channel] = number;
            written.set(position);
            return true;
        }

        boolean isComplete() {
            long all = 1;
            long inner = 1;
            for (int i = 0; i < dims.length; i++) {
                all *= dims[i];
                inner *= Math.max(0, to[i] - from[i]);
            }
            return all > inner && written.cardinality() == all - inner;
        }

        ChannelConstant fill() {
            return new ChannelConstant(values, 1, dims.length);
        }
    }
}
