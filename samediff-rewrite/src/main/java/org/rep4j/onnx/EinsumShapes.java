package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shape of what an Einsum writes: a letter is an axis, and the ellipsis stands for those that broadcast. */
final class EinsumShapes {
    static final Map<String, ShapeInference> OPS = Map.of("Einsum", EinsumShapes::outputs);

    private static final String ELLIPSIS = "...";

    private final Map<Character, Long> sizes = new HashMap<>();
    private final Map<Character, Integer> uses = new TreeMap<>();
    private List<Long> broadcast = List.of();

    private EinsumShapes() {}

    private static List<Shape> outputs(ShapeCall call) throws Unfoldable {
        String equation = call.attributes().text("equation", "").replace(" ", "");
        String[] sides = equation.split("->", -1);
        String[] terms = sides[0].split(",", -1);
        if (sides.length > 2 || terms.length != call.inputs()) {
            throw new Contradiction("it reads " + call.inputs() + " inputs but its equation is " + equation);
        }
        EinsumShapes einsum = new EinsumShapes();
        boolean ranksAreKnown = true;
        for (int i = 0; i < terms.length; i++) {
            Shape operand = call.required(i);
            ranksAreKnown &= operand.dims() != null || !terms[i].contains(ELLIPSIS);
            einsum.read(terms[i], operand);
        }
        String result = sides.length == 2 ? sides[1] : einsum.implied();
        if (!ranksAreKnown && result.contains(ELLIPSIS)) {
            throw new Unfoldable("");
        }
        return List.of(einsum.write(result));
    }

    private void read(String term, Shape operand) throws Unfoldable {
        int dots = term.indexOf(ELLIPSIS);
        String letters = term.replace(ELLIPSIS, "");
        int extra = dots < 0 ? 0 : operand.rank() - letters.length();
        if (operand.dims() != null && (extra < 0 || operand.rank() != letters.length() + extra)) {
            throw new Contradiction("it names the axes " + term + " of an input of shape " + operand);
        }
        for (int i = 0; i < letters.length(); i++) {
            long size = operand.dim(dots < 0 || i < dots ? i : i + extra);
            char letter = letters.charAt(i);
            long known = sizes.getOrDefault(letter, 1L);
            sizes.put(letter, Dims.broadcast(List.of(known), List.of(size)).get(0));
            uses.merge(letter, 1, Integer::sum);
        }
        if (dots >= 0 && operand.dims() != null) {
            broadcast = Dims.broadcast(broadcast, operand.dims().subList(dots, dots + extra));
        }
    }

    /** Where no result is named, it has the ellipsis and each letter that occurs once, in their order. */
    private String implied() {
        StringBuilder letters = new StringBuilder(ELLIPSIS);
        uses.forEach((letter, count) -> letters.append(count == 1 ? letter.toString() : ""));
        return letters.toString();
    }

    private Shape write(String term) throws Contradiction {
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < term.length(); i++) {
            Long size = sizes.get(term.charAt(i));
            if (term.startsWith(ELLIPSIS, i)) {
                dims.addAll(broadcast);
                i += ELLIPSIS.length() - 1;
            } else if (size == null) {
                throw new Contradiction("none of its inputs has the axis " + term.charAt(i));
            } else {
                dims.add(size);
            }
        }
        return new Shape(dims);
    }
}
