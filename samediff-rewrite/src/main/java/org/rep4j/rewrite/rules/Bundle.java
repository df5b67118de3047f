package org.rep4j.rewrite.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Convolution;

/** Parallel convolutions that fit into one, and the room that one would have for more. */
final class Bundle {
    private final List<Convolution> convolutions = new ArrayList<>();
    private final long[] inputSizes;
    private final double[] bounds;
    private ConvGeometry hull;

    Bundle(Convolution first) {
        convolutions.add(first);
        inputSizes = inputSizes(first);
        hull = first.geometry();
        bounds = first.kernel().bounds().clone();
    }

    /** The spatial sizes of what {@code conv} reads, −1 where unknown. */
    static long[] inputSizes(Convolution conv) {
        return conv.layout().spatialSizes(conv.input().shape(), conv.geometry().rank());
    }

    /** One or more, the one with the most taps first. */
    List<Convolution> convolutions() {
        return convolutions;
    }

    Convolution first() {
        return convolutions.get(0);
    }

    /** The taps of all of them. */
    ConvGeometry hull() {
        return hull;
    }

    /** Those that can be added up as they are. */
    Collection<List<Convolution>> byGeometry() {
        Map<ConvGeometry, List<Convolution>> equal = new LinkedHashMap<>();
        for (Convolution conv : convolutions) {
            equal.computeIfAbsent(conv.geometry(), g -> new ArrayList<>()).add(conv);
        }
        return equal.values();
    }

    /** Takes {@code conv} in, if one kernel for all costs no more taps than two and its numbers fit the format. */
    boolean take(Convolution conv) {
        Optional<ConvGeometry> larger = ConvGeometry.hull(List.of(hull, conv.geometry()), inputSizes)
                .filter(h -> h.taps() <= hull.taps() + conv.geometry().taps());
        if (larger.isEmpty() || !reserve(conv.kernel().bounds())) {
            return false;
        }
        hull = larger.get();
        convolutions.add(conv);
        return true;
    }

    /** Makes room for one more kernel with these bounds, if the number format holds its sum with all that are in. */
    boolean reserve(double[] more) {
        for (int c = 0; c < bounds.length; c++) {
            if (!(bounds[c] + more[c] <= first().kernel().type().largest())) {
                return false;
            }
        }
        for (int c = 0; c < bounds.length; c++) {
            bounds[c] += more[c];
        }
        return true;
    }

    /** Why {@link #reserve} found no room. */
    String overflow() {
        return "added to the weights of " + first().label() + ", it may exceed what "
                + first().kernel().type() + " holds";
    }

    /** Why the input itself, or a scaled copy of it, cannot be one more branch; empty if it can. */
    Optional<String> refusesIdentity() {
        Convolution conv = first();
        int in = conv.kernel().shape().inChannels();
        int out = conv.kernel().shape().outChannels();
        if (in != out) {
            return Optional.of(conv.label() + " has " + in + " input but " + out + " output channels");
        }
        if (!hull.keepsSize()) {
            return Optional.of(conv.label() + " changes the size of its input (" + hull + "), an identity does not");
        }
        ConvGeometry point = ConvGeometry.pointwise(hull.rank());
        return ConvGeometry.hull(List.of(hull, point)).filter(hull::equals).isPresent()
                ? Optional.empty()
                : Optional.of(conv.label() + " (" + hull + ") has no tap at the position itself");
    }
}
