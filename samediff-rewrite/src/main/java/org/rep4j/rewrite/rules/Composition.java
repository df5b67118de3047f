package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Pad;
import org.rep4j.graph.SingleInputNode;

/**
 * A chain of linear ops as one convolution, as far as that is exact: built op by op, in the order of execution, until an op is
 * {@linkplain #refusal() refused}.
 *
 * <p>What decides is the border. An op that pads sees zeros (or what a Pad fills in) around the output of the ops before it,
 * while their composition sees zeros around their input. Both agree on an axis where the ops before have a single tap and turn
 * the zero into just what is filled in: {@code Pad_f ∘ M = M ∘ Pad_0} if and only if {@code M(0) = f}. Everywhere else an op
 * must not pad (Diverse Branch Block, Ding et al. 2021, transforms III and IV; the padded middle is its appendix's).
 */
final class Composition {
    /** How many roundings of the number format what is filled in may be off: it was computed in that format. */
    private static final int ROUNDINGS = 16;

    private final Shaping shaping;
    /** Whether an op of the chain says how many channels there are, and not somebody who reads the source as it is. */
    private final boolean hasKernel;

    private ConvGeometry geometry;
    /** The scales and shifts while there is nothing else, null if there is nothing at all. */
    private @Nullable ChannelAffine affine;

    private @Nullable KernelSource kernel;
    private int channels;
    private @Nullable Refusal refusal;

    /**
     * What the ops of a chain share.
     *
     * @param channels of the source
     * @param spatialAxes 0 for linear layers
     * @param layout where the channels are
     * @param type number format of the kernels
     */
    record Shaping(int channels, int spatialAxes, Layout layout, ElementType type) {
        /** The shaping that {@code op} asks for. */
        static Shaping of(KernelNode op) {
            int channels = op.kernel().shape().inChannels();
            return op instanceof Convolution conv
                    ? new Shaping(
                            channels,
                            conv.geometry().rank(),
                            conv.layout(),
                            conv.kernel().type())
                    : new Shaping(channels, 0, Layout.CHANNELS_LAST, op.kernel().type());
        }

        /** What the first convolution or linear layer of a chain asks for; empty if there is none. */
        static Optional<Shaping> of(List<SingleInputNode> ops) {
            return ops.stream()
                    .filter(KernelNode.class::isInstance)
                    .map(op -> of((KernelNode) op))
                    .findFirst();
        }
    }

    private Composition(List<SingleInputNode> ops, Shaping shaping) {
        this.shaping = shaping;
        hasKernel = ops.stream().anyMatch(KernelNode.class::isInstance);
        channels = shaping.channels();
        geometry = ConvGeometry.pointwise(shaping.spatialAxes());
    }

    /** The composition of {@code ops}, in the order of execution. */
    static Composition of(List<SingleInputNode> ops, Shaping shaping) {
        Composition composition = new Composition(ops, shaping);
        for (SingleInputNode op : ops) {
            if (composition.refusal != null) {
                break;
            }
            composition.append(op);
        }
        return composition;
    }

    /** Why the chain is not one convolution; empty if it is. */
    Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** The kernel; depthwise where no op before it has another one. */
    KernelSource kernel() {
        KernelSource known = kernel;
        if (known != null) {
            return known;
        }
        int groups = shaping.spatialAxes() == 0 ? 1 : channels;
        FoldedKernel identity = FoldedKernel.identity(channels, groups, shaping.spatialAxes(), shaping.type());
        return affine == null ? identity : FoldedKernel.absorb(identity, affine);
    }

    /** Where its taps lie; pads are negative where the chain reads a crop. */
    ConvGeometry geometry() {
        return geometry;
    }

    /** Whether it changes nothing so far. */
    private boolean isEmpty() {
        return kernel == null && affine == null && geometry.equals(ConvGeometry.pointwise(geometry.rank()));
    }

    private void refuse(String reason) {
        refusal = Refusal.because(reason);
    }

    private static Refusal dependsOnSize(SingleInputNode op) {
        return new Refusal(
                "the padding of " + op.label()
                        + ", or of what is before it, depends on an input size that is not known",
                "give the input a fixed size");
    }

    private void append(SingleInputNode op) {
        Optional<String> typeChange =
                AffineFit.typeChange(op.input().type(), op.output().type());
        if (!isEmpty() && typeChange.isPresent()) {
            refuse("in " + op.label() + " " + typeChange.get());
        } else if (op instanceof AffineNode norm) {
            append(norm);
        } else if (op instanceof Pad pad) {
            append(pad);
        } else if (op instanceof AveragePool pool) {
            append(pool);
        } else {
            append((KernelNode) op);
        }
    }

    private void append(AffineNode op) {
        int rank = shaping.spatialAxes() == 0 ? op.input().shape().rank() : shaping.spatialAxes() + 2;
        // What broadcasts before the first kernel may make its channels of fewer ones.
        Optional<String> stretch = hasKernel && kernel == null ? AffineFit.stretch(op) : Optional.empty();
        Optional<String> mismatch =
                stretch.or(() -> AffineFit.within(channels, shaping.layout().channelAxis(), rank, op));
        if (mismatch.isPresent()) {
            refuse("in " + op.label() + " " + mismatch.get());
            return;
        }
        ChannelAffine next = op.affine(channels);
        if (kernel != null) {
            kernel = FoldedKernel.absorb(kernel, next);
        } else {
            affine = affine == null ? next : affine.andThen(next);
        }
    }

    private void append(Pad op) {
        int axes = shaping.spatialAxes();
        int[] begin = new int[axes];
        int[] end = new int[axes];
        for (int axis = 0; axis < op.begin().size(); axis++) {
            int spatial = axis - shaping.layout().spatialAxis(0);
            boolean isSpatial = op.begin().size() == axes + 2 && spatial >= 0 && spatial < axes;
            if (isSpatial) {
                begin[spatial] = op.begin().get(axis);
                end[spatial] = op.end().get(axis);
            } else if (op.begin().get(axis) != 0 || op.end().get(axis) != 0) {
                refuse(op.label() + " pads axis " + axis + ", which is not spatial");
                return;
            }
        }
        ChannelConstant fill = op.fill();
        boolean alongChannels = fill.values().length == 1
                || (fill.values().length == channels
                        && Math.floorMod(fill.axis(), axes + 2)
                                == Math.floorMod(shaping.layout().channelAxis(), axes + 2));
        if (!alongChannels) {
            refuse(op.label() + " fills in constants that are not one per channel");
            return;
        }
        pad(begin, end, fill.expanded(channels), op);
    }

    private void append(AveragePool op) {
        List<ConvAxis> window = op.geometry().axes();
        boolean pads = window.stream().anyMatch(a -> a.padBegin() != 0 || a.padEnd() != 0);
        if (op.layout() != shaping.layout() || op.geometry().rank() != shaping.spatialAxes()) {
            refuse(op.label() + " has another layout than the convolutions beside it");
        } else if (!op.geometry().isResolved()) {
            refusal = dependsOnSize(op);
        } else if (pads && !op.countIncludesPadding()) {
            refusal = new Refusal(
                    op.label() + " does not count its padding, so that its weights differ at the border",
                    "let it count its padding (count_include_pad)");
        } else {
            append(
                    FoldedKernel.averagePool(
                            channels, window.stream().map(ConvAxis::kernel).toList(), shaping.type()),
                    op.geometry(),
                    op);
        }
    }

    private void append(KernelNode op) {
        Shaping own = Shaping.of(op);
        if (!own.equals(new Shaping(channels, shaping.spatialAxes(), shaping.layout(), shaping.type()))) {
            refuse(op.label() + " has another layout, number format or number of channels than what is before it");
            return;
        }
        append(op.kernel(), geometryOf(op), op);
        channels = op.kernel().shape().outChannels();
    }

    /** The geometry of a convolution; a linear layer has no axes. */
    static ConvGeometry geometryOf(KernelNode op) {
        return op instanceof Convolution conv ? conv.geometry() : ConvGeometry.of();
    }

    private void append(KernelSource next, ConvGeometry nextGeometry, SingleInputNode op) {
        if (isEmpty()) {
            kernel = next;
            geometry = nextGeometry;
            return;
        }
        if (!nextGeometry.isResolved()) {
            refusal = dependsOnSize(op);
            return;
        }
        int[] begin = nextGeometry.axes().stream().mapToInt(ConvAxis::padBegin).toArray();
        int[] end = nextGeometry.axes().stream().mapToInt(ConvAxis::padEnd).toArray();
        pad(begin, end, new double[channels], op);
        if (refusal != null) {
            return;
        }
        ConvGeometry bare = nextGeometry.padded(negated(begin), negated(end));
        if (!geometry.isResolved()) {
            // A kernel with one tap behind a padding that nobody knows leaves it as it is.
            if (bare.equals(ConvGeometry.pointwise(bare.rank())) && kernel != null) {
                kernel = FoldedKernel.compose(kernel, ConvGeometry.of(geometry.axes()), next, bare);
            } else {
                refusal = dependsOnSize(op);
            }
            return;
        }
        Optional<ConvGeometry> composed = ConvGeometry.compose(geometry, bare);
        if (composed.isEmpty()) {
            refuse("the taps of " + op.label() + " would reach too far");
            return;
        }
        if (kernel != null) {
            kernel = FoldedKernel.compose(kernel, geometry, next, bare);
        } else {
            kernel = affine == null ? next : FoldedKernel.absorbBefore(affine, next);
        }
        geometry = composed.get();
    }

    private static int[] negated(int[] numbers) {
        return Arrays.stream(numbers).map(n -> -n).toArray();
    }

    /** Pads or crops the output of what there is so far. */
    private void pad(int[] begin, int[] end, double[] fill, SingleInputNode op) {
        boolean grows = false;
        for (int i = 0; i < begin.length; i++) {
            ConvAxis axis = geometry.axes().get(i);
            boolean pads = begin[i] > 0 || end[i] > 0;
            grows |= pads;
            if (pads
                    && (axis.kernel() > 1
                            || (begin[i] > 0 && axis.padBegin() < 0)
                            || (end[i] > 0 && axis.padEnd() < 0))) {
                refusal = new Refusal(
                        op.label()
                                + " pads, and before it an op with several taps (or a crop) on the same axis sees other"
                                + " values there than zeros",
                        "put the padding before that op");
                return;
            }
        }
        if (!geometry.isResolved()) {
            if (Arrays.stream(begin).anyMatch(n -> n != 0) || Arrays.stream(end).anyMatch(n -> n != 0)) {
                refusal = dependsOnSize(op);
            }
            return;
        }
        if (grows && !turnsZeroInto(fill)) {
            refusal = Arrays.stream(fill).allMatch(f -> f == 0)
                    ? new Refusal(
                            op.label() + " pads with zeros after a bias or BatchNorm, so that the border differs",
                            "pad with that bias (the BatchNorm's shift), or put it behind the op that pads")
                    : new Refusal(
                            op.label() + " pads with other constants than the bias (the BatchNorm's shift) before it",
                            "pad with that bias");
            return;
        }
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < begin.length; i++) {
            ConvAxis axis = geometry.axes().get(i);
            long first = (long) axis.stride() * begin[i];
            long last = (long) axis.stride() * end[i];
            if (Math.abs(first) > ConvAxis.FURTHEST
                    || Math.abs(last) > ConvAxis.FURTHEST
                    || !axis.canBePadded((int) first, (int) last)) {
                refuse(op.label() + " pads too many elements");
                return;
            }
            axes.add(axis.padded((int) first, (int) last));
        }
        geometry = ConvGeometry.of(axes);
    }

    /** Whether what there is so far, which has a single tap, turns zeros into {@code fill}. */
    private boolean turnsZeroInto(double[] fill) {
        double[] zero = zeroBecomes();
        double largest = 0;
        for (int c = 0; c < fill.length; c++) {
            largest = Math.max(largest, Math.max(Math.abs(fill[c]), Math.abs(zero[c])));
        }
        double tolerance = ROUNDINGS * shaping.type().unitRoundoff() * largest;
        for (int c = 0; c < fill.length; c++) {
            if (!(Math.abs(fill[c] - zero[c]) <= tolerance)) {
                return false;
            }
        }
        return true;
    }

    private double[] zeroBecomes() {
        if (kernel != null) {
            return kernel.hasBias() ? kernel.read().bias() : new double[channels];
        }
        return affine == null ? new double[channels] : affine.shift();
    }
}
