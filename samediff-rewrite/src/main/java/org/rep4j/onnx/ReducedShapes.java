package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what ops write that make one number of all those along some axes. */
final class ReducedShapes {
    private static final Set<String> REDUCTIONS = Set.of(
            "ReduceMean",
            "ReduceSum",
            "ReduceProd",
            "ReduceMax",
            "ReduceMin",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceSumSquare");

    static final Map<String, ShapeInference> OPS = ops();

    private ReducedShapes() {}

    private static Map<String, ShapeInference> ops() {
        Map<String, ShapeInference> table = new HashMap<>();
        REDUCTIONS.forEach(op -> table.put(op, ReducedShapes::reduced));
        table.put("ArgMax", ReducedShapes::best);
        table.put("ArgMin", ReducedShapes::best);
        return Map.copyOf(table);
    }

    private static List<Shape> reduced(ShapeCall call) throws Unfoldable {
        Shape input = call.shape(0);
        if (!call.attributes().has("axes") && call.has(1) && !call.isKnown(1)) {
            return List.of(someReduced(input, call.shape(1).dim(0), keeps(call)));
        }
        Optional<Set<Integer>> axes = axes(call, Dims.of(input).size());
        return List.of(axes.isEmpty() ? input : new Shape(reduced(Dims.of(input), axes.get(), keeps(call))));
    }

    /** Where it is not known which axes go, but perhaps how many. */
    private static Shape someReduced(Shape input, long axes, boolean keeps) throws Unfoldable {
        long rank = keeps ? input.rank() : axes > 0 ? input.rank() - axes : -1;
        return ReshapedShapes.ofRank(rank);
    }

    /** Whether reduced axes stay, with one element. */
    static boolean keeps(OpCall call) {
        return call.attributes().integer("keepdims", 1) != 0;
    }

    /** The axes that are reduced, which are all if none is named; empty where nothing is to be done. */
    static Optional<Set<Integer>> axes(OpCall call, int rank) throws Unfoldable {
        long[] named = call.integers("axes", 1).orElse(new long[0]);
        if (named.length > 0) {
            return Optional.of(Dims.axes(Dims.boxed(named), rank));
        }
        return call.attributes().integer("noop_with_empty_axes", 0) != 0
                ? Optional.empty()
                : Optional.of(Dims.axes(LongStream.range(0, rank).boxed().toList(), rank));
    }

    /** What is left where the axes become one element or go. */
    static List<Long> reduced(List<Long> dims, Set<Integer> axes, boolean keeps) {
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            if (!axes.contains(i)) {
                result.add(dims.get(i));
            } else if (keeps) {
                result.add(1L);
            }
        }
        return result;
    }

    private static List<Shape> best(ShapeCall call) throws Unfoldable {
        List<Long> dims = call.sizesOf(0);
        int axis = Dims.axis(call.attributes().integer("axis", 0), dims.size());
        return List.of(new Shape(reduced(dims, Set.of(axis), keeps(call))));
    }
}
