package org.rep4j.algebra;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where the taps of a transposed convolution write: tap i of the kernel adds to the output at {@code stride · in + offset(i)}
 * with {@link ConvAxis#offset}, so that branches align as those of a convolution do.
 *
 * @param geometry stride, dilation and the padding that is cut off the output
 * @param outputPadding elements added at the end of each axis of the output, not negative
 */
public record TransposedGeometry(ConvGeometry geometry, List<Integer> outputPadding) {

    /** @throws IllegalArgumentException if there is not one output padding for each axis, or one is negative */
    public TransposedGeometry {
        outputPadding = List.copyOf(outputPadding);
        if (outputPadding.size() != geometry.rank() || outputPadding.stream().anyMatch(p -> p < 0)) {
            throw new IllegalArgumentException("output padding " + outputPadding + " does not fit " + geometry);
        }
    }

    /** One axis of a transposed convolution. */
    private record Axis(ConvAxis taps, int outputPadding) {
        /** Where the output ends, relative to where the last input element's first tap writes without padding. */
        int end() {
            return outputPadding - taps.slack();
        }

        boolean hasTapsOf(ConvAxis other) {
            return taps.kernel() == other.kernel()
                    && taps.dilation() == other.dilation()
                    && taps.padBegin() == other.padBegin();
        }

        static Optional<Axis> hull(List<Axis> members) {
            Axis first = members.get(0);
            if (members.stream().anyMatch(m -> m.end() != first.end())) {
                return Optional.empty();
            }
            return ConvAxis.taps(members.stream().map(Axis::taps).toList())
                    .flatMap(all -> members.stream()
                            .filter(m -> m.hasTapsOf(all))
                            .findFirst()
                            .or(() -> ending(all, first.end())));
        }

        /** What lies beyond the last tap is output padding; what that tap writes beyond the output's end is cut off. */
        private static Optional<Axis> ending(ConvAxis taps, int end) {
            int beyond = end - taps.offset(taps.kernel() - 1);
            int cut = Math.max(0, -beyond);
            return beyond < Math.max(taps.stride(), taps.dilation()) && taps.canBePadded(0, cut)
                    ? Optional.of(new Axis(taps.padded(0, cut), Math.max(0, beyond)))
                    : Optional.empty();
        }
    }

    /** Without output padding. */
    public static TransposedGeometry of(ConvGeometry geometry) {
        return new TransposedGeometry(
                geometry, geometry.axes().stream().map(a -> 0).toList());
    }

    /**
     * The smallest geometry whose taps include all taps of {@code members} and whose output has their size. Empty where
     * strides or output sizes differ, where padding depends on an input size that is not known, or where the taps leave more
     * than {@code max(stride, dilation) − 1} elements to output padding, which is all that ONNX allows. A member that has all
     * taps is the hull as it is, and so are equal members, even unresolved ones.
     *
     * @param members at least one, without negative padding
     */
    public static Optional<TransposedGeometry> hull(Collection<TransposedGeometry> members) {
        TransposedGeometry first = members.iterator().next();
        if (members.stream().allMatch(first::equals)) {
            return Optional.of(first);
        }
        if (members.stream().anyMatch(m -> !m.geometry.isResolved() || m.geometry.rank() != first.geometry.rank())) {
            return Optional.empty();
        }
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < first.geometry.rank(); i++) {
            int axis = i;
            Axis.hull(members.stream().map(m -> m.axis(axis)).toList()).ifPresent(axes::add);
        }
        return axes.size() == first.geometry.rank()
                ? Optional.of(new TransposedGeometry(
                        ConvGeometry.of(axes.stream().map(Axis::taps).toList()),
                        axes.stream().map(Axis::outputPadding).toList()))
                : Optional.empty();
    }

    private Axis axis(int number) {
        return new Axis(geometry.axes().get(number), outputPadding.get(number));
    }

    /** Output size on an axis for an input of size {@code input}: {@code (input − 1) · stride + 1 + span − padding}. */
    public long outputSize(int axis, long input) {
        return (input - 1) * geometry.axes().get(axis).stride() + 1 + axis(axis).end();
    }
}
