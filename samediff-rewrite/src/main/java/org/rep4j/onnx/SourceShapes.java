package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what ops write that count or fill. */
final class SourceShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "Shape", SourceShapes::shape,
            "Size", call -> List.of(Shape.of()),
            "ConstantOfShape", SourceShapes::filled,
            "Range", call -> List.of(Shape.ofRank(1)),
            "NonZero", call -> List.of(Shape.of(call.shape(0).rank(), Shape.UNKNOWN_DIM)));

    private SourceShapes() {}

    /**
     * Some neighbouring axes.
     *
     * @param to the axis behind the last of them
     */
    record Part(int from, int to) {}

    /** The axes whose sizes a Shape op gives. */
    static Part part(Attributes attributes, int rank) {
        int from = clamped(attributes.integer("start", 0), rank);
        return new Part(from, Math.max(from, clamped(attributes.integer("end", rank), rank)));
    }

    private static int clamped(long axis, int rank) {
        return (int) Math.max(0, Math.min(axis < 0 ? axis + rank : axis, rank));
    }

    private static List<Shape> shape(ShapeCall call) {
        int rank = call.shape(0).rank();
        if (rank < 0) {
            return List.of(Shape.ofRank(1));
        }
        Part part = part(call.attributes(), rank);
        return List.of(Shape.of(part.to() - part.from()));
    }

    private static List<Shape> filled(ShapeCall call) throws Unfoldable {
        SizeVector target = call.vector(0).orElse(null);
        if (target == null) {
            return List.of(ReshapedShapes.ofRank(call.shape(0).dim(0)));
        }
        List<Long> dims = new ArrayList<>();
        for (Size size : target.sizes()) {
            if (size.isKnown() && size.number() < 0) {
                throw new Contradiction("it asks for the size " + size.number());
            }
            dims.add(size.number());
        }
        return List.of(new Shape(dims));
    }
}
