package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what ops write that pick elements, or put them somewhere. */
final class SelectionShapes {
    static final Map<String, ShapeInference> OPS = Map.ofEntries(
            Map.entry("Slice", SelectionShapes::sliced),
            Map.entry("Gather", SelectionShapes::gathered),
            Map.entry("GatherElements", SelectionShapes::gatheredElements),
            Map.entry("GatherND", SelectionShapes::gatheredSlices),
            Map.entry("Scatter", SelectionShapes::scatteredElements),
            Map.entry("ScatterElements", SelectionShapes::scatteredElements),
            Map.entry("ScatterND", SelectionShapes::scatteredSlices),
            Map.entry("TopK", SelectionShapes::largest),
            Map.entry("OneHot", SelectionShapes::oneHot),
            Map.entry("NonMaxSuppression", SelectionShapes::suppressed));

    private SelectionShapes() {}

    private static List<Shape> sliced(ShapeCall call) throws Unfoldable {
        List<Long> dims = new ArrayList<>(call.sizesOf(0));
        boolean known = call.attributes().has("starts")
                || (call.isKnown(1) && call.isKnown(2) && (!call.has(4) || call.isKnown(4)));
        if (!known) {
            return List.of(slicedSomewhere(call, dims));
        }
        for (SliceRanges.Range range : SliceRanges.read(call, dims.size())) {
            long size = dims.get(range.axis());
            dims.set(range.axis(), size >= 0 ? range.count(size) : range.keepsAll() ? size : Shape.UNKNOWN_DIM);
        }
        return List.of(new Shape(dims));
    }

    /** Where it is not known what is kept, but perhaps on which axes. */
    private static Shape slicedSomewhere(ShapeCall call, List<Long> dims) throws Unfoldable {
        if (!call.isKnown(3)) {
            return Shape.ofRank(dims.size());
        }
        Shape sliced = new Shape(dims);
        for (int axis : Dims.axes(Dims.boxed(call.integers(3)), dims.size())) {
            sliced = sliced.withDim(axis, Shape.UNKNOWN_DIM);
        }
        return sliced;
    }

    private static List<Shape> gathered(ShapeCall call) throws Unfoldable {
        List<Long> data = call.sizesOf(0);
        int axis = Dims.axis(call.attributes().integer("axis", 0), data.size());
        List<Long> indices = call.sizesOf(1);
        if (call.isKnown(1) && data.get(axis) >= 0) {
            for (long index : call.integers(1)) {
                within(index, data.get(axis));
            }
        }
        List<Long> result = new ArrayList<>(data.subList(0, axis));
        result.addAll(indices);
        result.addAll(data.subList(axis + 1, data.size()));
        return List.of(new Shape(result));
    }

    private static void within(long index, long size) throws Contradiction {
        if (index < -size || index >= size) {
            throw new Contradiction("it picks element " + index + " of " + size);
        }
    }

    private static List<Shape> gatheredElements(ShapeCall call) throws Unfoldable {
        Shape indices = call.required(1);
        alongAxis(call, indices);
        return List.of(indices);
    }

    private static List<Shape> scatteredElements(ShapeCall call) throws Unfoldable {
        Shape indices = call.required(1);
        alongAxis(call, indices);
        Shape updates = call.required(2);
        for (int i = 0; i < indices.rank() && updates.rank() >= 0; i++) {
            if (updates.rank() != indices.rank()) {
                throw new Contradiction("its indices have the shape " + indices + " but its updates " + updates);
            }
            Dims.same(indices.dim(i), updates.dim(i), "it has %d indices but %d updates on an axis");
        }
        return List.of(call.shape(0));
    }

    private static void alongAxis(ShapeCall call, Shape indices) throws Unfoldable {
        Shape data = call.shape(0);
        if (data.rank() >= 0 && indices.rank() >= 0) {
            Dims.same(data.rank(), indices.rank(), "its input has rank %d but its indices have rank %d");
        }
        if (data.rank() >= 0) {
            Dims.axis(call.attributes().integer("axis", 0), data.rank());
        }
    }

    /** An index is a row of the indices: it picks what the remaining axes span. */
    private static List<Shape> gatheredSlices(ShapeCall call) throws Unfoldable {
        List<Long> data = call.sizesOf(0);
        List<Long> indices = call.sizesOf(1);
        int batch = Math.toIntExact(call.attributes().integer("batch_dims", 0));
        if (indices.isEmpty() || batch < 0 || batch >= Math.min(indices.size(), data.size())) {
            throw new Contradiction("it has " + batch + " batch axes of " + new Shape(data) + " and indices of shape "
                    + new Shape(indices));
        }
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < indices.size() - 1; i++) {
            result.add(
                    i >= batch
                            ? indices.get(i)
                            : Dims.same(data.get(i), indices.get(i), "its batches have %d and %d elements"));
        }
        long length = indices.get(indices.size() - 1);
        result.addAll(data.subList(batch + depth(length, data.size() - batch), data.size()));
        return List.of(new Shape(result));
    }

    private static int depth(long length, int rank) throws Unfoldable {
        if (length < 0) {
            throw new Unfoldable("");
        }
        if (length > rank) {
            throw new Contradiction("its indices are for " + length + " axes but there are " + rank);
        }
        return (int) length;
    }

    private static List<Shape> scatteredSlices(ShapeCall call) throws Unfoldable {
        Shape data = call.shape(0);
        Shape indices = call.required(1);
        Shape updates = call.required(2);
        if (data.dims() != null && indices.rank() > 0 && indices.dim(-1) >= 0) {
            int depth = depth(indices.dim(-1), data.rank());
            List<Long> expected = new ArrayList<>(Dims.of(indices).subList(0, indices.rank() - 1));
            expected.addAll(data.dims().subList(depth, data.rank()));
            if (updates.rank() >= 0) {
                Dims.same(updates.rank(), expected.size(), "its updates have rank %d but its indices want %d");
            }
            for (int i = 0; i < updates.rank(); i++) {
                Dims.same(updates.dim(i), expected.get(i), "its updates have %d elements on an axis that wants %d");
            }
        }
        return List.of(data);
    }

    private static List<Shape> largest(ShapeCall call) throws Unfoldable {
        List<Long> dims = call.sizesOf(0);
        int axis = Dims.axis(call.attributes().integer("axis", -1), dims.size());
        Size count = call.attributes().has("k")
                ? Size.of(call.attributes().integer("k", 0))
                : call.vector(1)
                        .filter(v -> v.sizes().size() == 1)
                        .map(v -> v.sizes().get(0))
                        .orElse(Size.UNKNOWN);
        if (count.isKnown() && (count.number() < 0 || (dims.get(axis) >= 0 && count.number() > dims.get(axis)))) {
            throw new Contradiction("it picks " + count.number() + " of " + dims.get(axis) + " elements");
        }
        Shape picked = new Shape(Dims.with(dims, axis, count.number()));
        return List.of(picked, picked);
    }

    private static List<Shape> oneHot(ShapeCall call) throws Unfoldable {
        List<Long> dims = call.sizesOf(0);
        int axis = Dims.axis(call.attributes().integer("axis", -1), dims.size() + 1);
        Optional<ConstantTensor> depth =
                call.constant(1).filter(d -> d.isNumeric() && d.shape().elements() == 1);
        long size = depth.isPresent() ? (long) depth.get().readNumbers()[0] : Shape.UNKNOWN_DIM;
        if (depth.isPresent() && size < 0) {
            throw new Contradiction("it has the depth " + size);
        }
        List<Long> result = new ArrayList<>(dims);
        result.add(axis, size);
        return List.of(new Shape(result));
    }

    /** Rows of batch, class and box; how many depends on the boxes. */
    private static List<Shape> suppressed(ShapeCall call) throws Unfoldable {
        Shape boxes = call.shape(0);
        Shape scores = call.required(1);
        for (Shape input : List.of(boxes, scores)) {
            if (input.rank() >= 0 && input.rank() != 3) {
                throw new Contradiction("it reads boxes and scores of rank 3, not of shape " + input);
            }
        }
        Dims.same(boxes.dim(2), 4, "its boxes have %d numbers, not %d");
        Dims.same(boxes.dim(1), scores.dim(2), "it has %d boxes but %d scores of each class");
        return List.of(Shape.of(Shape.UNKNOWN_DIM, 3));
    }
}
