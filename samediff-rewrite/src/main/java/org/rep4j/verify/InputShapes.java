package org.rep4j.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.Shape;

/**
 * Chooses sizes for the free dimensions of a model's inputs: batches of 1, 2 and 3; square, larger and oblong images.
 * Dimensions of one name get one size.
 */
final class InputShapes {
    /** Sizes that are tried for images and sequences, until the model takes one. */
    static final List<Integer> SIZES = List.of(64, 224, 48, 32, 320, 128, 256, 299, 28, 16);

    private static final int COLOURS = 3;

    private final List<InputSpec> inputs = new ArrayList<>();
    /** Sizes of named dimensions that the given shapes decide. */
    private final Map<String, Long> decided = new HashMap<>();

    /**
     * A shape for each input.
     *
     * @param shapes fully known, by input name
     * @param size what images got for their height
     */
    record Choice(Map<String, Shape> shapes, int size) {}

    /**
     * @param inputs what the model wants
     * @param given shapes that are decided, by input name; −1 leaves a size free
     * @throws VerificationException if a given shape does not fit its input, or the rank of another input is unknown
     */
    InputShapes(List<InputSpec> inputs, Map<String, Shape> given) {
        for (String name : given.keySet()) {
            if (inputs.stream().noneMatch(i -> i.name().equals(name))) {
                throw new VerificationException("the model has no input " + name + "; its inputs are "
                        + inputs.stream().map(i -> i.name() + i.shape()).collect(Collectors.joining(", ")));
            }
        }
        for (InputSpec input : inputs) {
            Shape shape = given.get(input.name());
            if (shape != null) {
                this.inputs.add(decide(input, shape));
            } else if (input.shape().rank() >= 0) {
                this.inputs.add(input);
            } else {
                throw new VerificationException("the model does not say how many dimensions its input " + input.name()
                        + " has; give its shape, as in " + input.name() + "=1x3x224x224");
            }
        }
    }

    private InputSpec decide(InputSpec input, Shape given) {
        if (input.shape().rank() < 0) {
            return InputSpec.of(input.name(), input.type(), given);
        }
        Shape shape = input.shape();
        boolean fits = shape.rank() == given.rank();
        for (int axis = 0; fits && axis < given.rank(); axis++) {
            long wanted = input.shape().dim(axis);
            long size = given.dim(axis);
            if (wanted < 0 && size >= 0) {
                shape = shape.withDim(axis, size);
                Long other = decided.putIfAbsent(dimName(input, axis), size);
                fits = other == null || other == size;
            } else {
                fits = wanted == size || size < 0;
            }
        }
        if (!fits) {
            throw new VerificationException(
                    "the model's input " + input.name() + input.shape() + " cannot have the shape " + given);
        }
        return new InputSpec(input.name(), input.type(), shape, input.dimNames());
    }

    /** The dimension's name; one that nobody else has where it has none. */
    private static String dimName(InputSpec input, int axis) {
        String name = input.dimNames().get(axis);
        return name.isEmpty() ? "dimension " + axis + " of " + input.name() : name;
    }

    /**
     * Shapes to try for one sample, the best first.
     *
     * @param sample 0, 1, 2, …
     * @param size the size that the model took in sample 0, null for sample 0 itself
     */
    List<Choice> choices(int sample, @Nullable Integer size) {
        List<Choice> choices = new ArrayList<>();
        if (size == null) {
            SIZES.forEach(s -> choices.add(choice(1, s, s)));
        } else {
            int batch = sample % 3 + 1;
            int larger = size * 3 / 2;
            choices.add(sample % 2 == 0 ? choice(batch, size, larger) : choice(batch, larger, larger));
            choices.add(choice(batch, size, size));
            choices.add(choice(1, size, size));
        }
        Map<Map<String, Shape>, Choice> distinct = new LinkedHashMap<>(); // where nothing is free they are all the same
        choices.forEach(c -> distinct.putIfAbsent(c.shapes(), c));
        return List.copyOf(distinct.values());
    }

    private Choice choice(int batch, int height, int width) {
        Map<String, Long> sizes = new HashMap<>(decided);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (InputSpec input : inputs) {
            Shape shape = input.shape();
            int images = 0;
            for (int axis = 0; axis < shape.rank(); axis++) {
                if (shape.dim(axis) < 0) {
                    long wanted =
                            axis == 0 ? batch : isChannels(input, axis) ? COLOURS : images++ == 0 ? height : width;
                    Long same = sizes.putIfAbsent(dimName(input, axis), wanted);
                    shape = shape.withDim(axis, same == null ? wanted : same);
                }
            }
            shapes.put(input.name(), shape);
        }
        return new Choice(shapes, height);
    }

    /** Whether a free dimension looks like the C of NCHW. */
    private static boolean isChannels(InputSpec input, int axis) {
        long last = input.shape().dim(-1);
        return axis == 1 && input.shape().rank() >= 4 && (last < 0 || last > 4);
    }
}
