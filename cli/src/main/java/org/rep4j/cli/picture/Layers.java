package org.rep4j.cli.picture;

import java.util.HashMap;
import java.util.Map;
import org.rep4j.cli.picture.Diagram.Source;
import org.rep4j.cli.picture.Diagram.Wire;

/** In which row each box of a diagram belongs: as early as the boxes before it allow. */
final class Layers {
    private final int[] layers;
    private final Map<Source, Integer> trunks = new HashMap<>();
    private final long size;

    Layers(Diagram diagram) {
        layers = new int[diagram.boxes().size()];
        for (Wire wire : diagram.wires()) { // those that lead to an earlier box come first
            layers[wire.to()] = Math.max(layers[wire.to()], layers[wire.from()] + 1);
        }
        Map<Source, Integer> far = new HashMap<>();
        diagram.wires().stream().filter(w -> span(w) > 1).forEach(w -> far.merge(w.source(), 1, Integer::sum));
        long passed = 0;
        for (Wire wire : diagram.wires()) {
            if (far.getOrDefault(wire.source(), 0) > 1) {
                trunks.merge(wire.source(), layers[wire.to()] - 1, Math::max);
            } else {
                passed += span(wire) - 1;
            }
        }
        for (Map.Entry<Source, Integer> trunk : trunks.entrySet()) {
            passed += trunk.getValue() - layers[trunk.getKey().box()];
        }
        size = layers.length + passed;
    }

    /** The layer of a box, from 0. */
    int of(int box) {
        return layers[box];
    }

    /** Number of layers. */
    int count() {
        int count = 0;
        for (int layer : layers) {
            count = Math.max(count, layer + 1);
        }
        return count;
    }

    /** How many layers further down a wire leads. */
    int span(Wire wire) {
        return layers[wire.to()] - layers[wire.from()];
    }

    /** The values that more than one box further down than the next layer reads, and the last layer they pass. */
    Map<Source, Integer> trunks() {
        return trunks;
    }

    /** Number of boxes and of places where a wire, or the wires of one value together, pass a layer. */
    long size() {
        return size;
    }
}
