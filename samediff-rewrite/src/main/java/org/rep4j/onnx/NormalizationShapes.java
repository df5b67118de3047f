package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what normalizations with parameters write. */
final class NormalizationShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "BatchNormalization", NormalizationShapes::batch,
            "InstanceNormalization", NormalizationShapes::instance,
            "GroupNormalization", NormalizationShapes::group,
            "LayerNormalization", NormalizationShapes::layer,
            "LRN", NormalizationShapes::response);

    private NormalizationShapes() {}

    /** The other outputs, in training, are running statistics, up to opset 13 also those of the batch: one number per channel. */
    private static List<Shape> batch(ShapeCall call) throws Unfoldable {
        if (call.attributes().integer("spatial", 1) == 0) {
            return List.of(call.shape(0)); // statistics per element
        }
        Shape output = perChannel(call, 1, 4);
        Shape statistics = Shape.of(output.rank() == 1 ? 1 : output.dim(1));
        return List.of(output, statistics, statistics, statistics, statistics);
    }

    private static List<Shape> instance(ShapeCall call) throws Unfoldable {
        return List.of(perChannel(call, 1, 2));
    }

    /** The input's shape, its channels also known from the parameters {@code first} to {@code last}. */
    private static Shape perChannel(ShapeCall call, int first, int last) throws Unfoldable {
        Shape input = call.shape(0);
        long channels = input.rank() == 1 ? 1 : input.dim(1);
        for (int i = first; i <= last; i++) {
            Shape parameter = call.required(i);
            if (parameter.rank() >= 0 && parameter.rank() != 1) {
                throw new Contradiction("its parameter " + i + " has the shape " + parameter + ", which is no vector");
            }
            channels = Dims.same(
                    channels,
                    parameter.dim(0),
                    "its input has %d channels but its parameter " + i + " has %d elements");
        }
        return input.rank() > 1 ? input.withDim(1, channels) : input;
    }

    /** From opset 21 on the parameters are those of channels, before those of groups. */
    private static List<Shape> group(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        long groups = call.attributes().integer("num_groups", 0);
        if (groups < 1 || (input.dim(1) >= 0 && input.dim(1) % groups != 0)) {
            throw new Contradiction("its input of shape " + input + " has no " + groups + " groups of channels");
        }
        if (call.opset() >= 21) {
            return List.of(perChannel(call, 1, 2));
        }
        for (int i = 1; i <= 2; i++) {
            Dims.same(call.required(i).dim(0), groups, "its parameter " + i + " has %d elements for %d groups");
        }
        return List.of(input);
    }

    /** The other outputs, mean and inverse deviation, have one element on each axis that is normalized. */
    private static List<Shape> layer(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        List<Long> dims = Dims.of(input);
        int axis = Dims.axis(call.attributes().integer("axis", -1), dims.size());
        for (int i = 1; i <= 2; i++) {
            if (call.shape(i).dims() != null) {
                ElementwiseShapes.stretched(call.shape(i), new Shape(dims.subList(axis, dims.size())), "parameters");
            }
        }
        List<Long> statistics = new ArrayList<>(dims.subList(0, axis));
        statistics.addAll(Collections.nCopies(dims.size() - axis, 1L));
        return List.of(input, new Shape(statistics), new Shape(statistics));
    }

    private static List<Shape> response(ShapeCall call) throws Unfoldable {
        long size = call.attributes().integer("size", 0);
        if (size < 1) {
            throw new Contradiction("it sums over " + size + " channels");
        }
        return List.of(call.shape(0));
    }
}
