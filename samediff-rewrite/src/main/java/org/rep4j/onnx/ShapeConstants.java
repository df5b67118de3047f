package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** Ops on constants that move, repeat or count elements. */
final class ShapeConstants {
    private ShapeConstants() {}

    static ConstantTensor identity(OpCall call) throws Unfoldable {
        return call.operand(0);
    }

    static ConstantTensor reshape(OpCall call) throws Unfoldable {
        boolean keepsZeros = call.attributes().integer("allowzero", 0) != 0;
        Shape result = Reshaping.of(call.operand(0).shape(), Size.listOf(call.integers(1)), keepsZeros)
                .result();
        return withDims(call, Dims.of(result));
    }

    static ConstantTensor unsqueeze(OpCall call) throws Unfoldable {
        return withDims(
                call, Dims.unsqueezed(call.dims(0), MovedShapes.axes(call).orElse(List.of())));
    }

    static ConstantTensor squeeze(OpCall call) throws Unfoldable {
        List<Long> dims = call.dims(0);
        Optional<List<Long>> axes = MovedShapes.axes(call);
        return withDims(call, axes.isPresent() ? Dims.squeezed(dims, axes.get()) : Dims.squeezed(dims));
    }

    /** The same handle where nothing changes: two ops that share a constant shall see that. */
    private static ConstantTensor withDims(OpCall call, List<Long> dims) throws Unfoldable {
        return dims.equals(call.dims(0)) ? call.operand(0) : call.operand(0).reshaped(dims);
    }

    static ConstantTensor flatten(OpCall call) throws Unfoldable {
        return withDims(
                call, ReshapedShapes.flattened(call.dims(0), call.attributes().integer("axis", 1)));
    }

    static ConstantTensor transpose(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = call.dims(0);
        List<Integer> perm = permutation(call.attributes(), dims.size());
        List<Long> result = perm.stream().map(dims::get).toList();
        long[] from = Strided.rowMajor(dims);
        long[] strides = perm.stream().mapToLong(p -> from[p]).toArray();
        if (isSorted(perm)) {
            return operand;
        }
        return ComputedTensor.of(
                operand.dataType(),
                result,
                List.of(operand),
                () -> new Strided(operand.readNumbers(), 0, Strided.array(result), strides).copy());
    }

    /** The attribute perm, which reverses all axes where it is left out. */
    static List<Integer> permutation(Attributes attributes, int rank) throws Unfoldable {
        List<Long> perm = attributes
                .integers("perm")
                .orElseGet(() ->
                        LongStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList());
        if (!perm.stream()
                .sorted()
                .toList()
                .equals(LongStream.range(0, rank).boxed().toList())) {
            throw new Contradiction("its perm " + perm + " is no order of " + rank + " axes");
        }
        return perm.stream().map(Math::toIntExact).toList();
    }

    static boolean isSorted(List<Integer> perm) {
        return perm.stream().sorted().toList().equals(perm);
    }

    static ConstantTensor expand(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> from = call.dims(0);
        List<Long> to =
                Dims.broadcast(from, LongStream.of(call.integers(1)).boxed().toList());
        return to.equals(from)
                ? operand
                : ComputedTensor.of(
                        operand.dataType(),
                        to,
                        List.of(operand),
                        () -> Strided.broadcast(operand.readNumbers(), from, to).copy());
    }

    static ConstantTensor slice(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = new ArrayList<>(call.dims(0));
        long[] strides = Strided.rowMajor(dims);
        long offset = 0;
        for (SliceRanges.Range range : SliceRanges.read(call, dims.size())) {
            long size = dims.get(range.axis());
            dims.set(range.axis(), range.count(size));
            offset += range.first(size) * strides[range.axis()];
            strides[range.axis()] *= range.step();
        }
        int first = Math.toIntExact(offset);
        return ComputedTensor.of(
                operand.dataType(),
                dims,
                List.of(operand),
                () -> new Strided(operand.readNumbers(), first, Strided.array(dims), strides).copy());
    }

    /** The parts of a Split, one for each output. */
    static List<ConstantTensor> split(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = call.dims(0);
        int axis = Dims.axis(call.attributes().integer("axis", 0), dims.size());
        long[] strides = Strided.rowMajor(dims);
        List<ConstantTensor> parts = new ArrayList<>();
        long offset = 0;
        for (long size : MovedShapes.partSizes(call, dims.get(axis))) {
            List<Long> part = Dims.with(dims, axis, size);
            int first = Math.toIntExact(offset * strides[axis]);
            parts.add(ComputedTensor.of(
                    operand.dataType(),
                    part,
                    List.of(operand),
                    () -> new Strided(operand.readNumbers(), first, Strided.array(part), strides).copy()));
            offset += size;
        }
        return parts;
    }

    /** A tensor of axes that are twice as many: how often one is repeated, and the axis itself. */
    static ConstantTensor tile(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = call.dims(0);
        long[] repeats = call.integers(1);
        List<Long> result = ReshapedShapes.tiled(dims, Size.listOf(repeats));
        long[] sizes = new long[2 * repeats.length];
        long[] strides = new long[2 * repeats.length];
        for (int i = 0; i < repeats.length; i++) {
            sizes[2 * i] = repeats[i];
            sizes[2 * i + 1] = dims.get(i);
            strides[2 * i + 1] = Strided.rowMajor(dims)[i];
        }
        return ComputedTensor.of(
                operand.dataType(),
                result,
                List.of(operand),
                () -> new Strided(operand.readNumbers(), 0, sizes, strides).copy());
    }

    static ConstantTensor size(OpCall call) throws Unfoldable {
        double elements = call.operand(0).shape().elements();
        return ComputedTensor.of(DataType.INT64_VALUE, List.of(), List.of(), () -> new double[] {elements});
    }

    static ConstantTensor concat(OpCall call) throws Unfoldable {
        List<ConstantTensor> parts = new ArrayList<>();
        List<Long> first = call.dims(0);
        int axis = Dims.axis(call.attributes().integer("axis", 0), first.size());
        long total = 0;
        for (int i = 0; i < call.inputs(); i++) {
            List<Long> dims = call.dims(i);
            if (dims.size() != first.size()
                    || !Dims.with(dims, axis, 0).equals(Dims.with(first, axis, 0))
                    || call.numeric(i).dataType() != call.operand(0).dataType()) {
                throw new Unfoldable("");
            }
            total += dims.get(axis);
            parts.add(call.operand(i));
        }
        List<Long> result = Dims.with(first, axis, total);
        long outer = Dims.elements(first.subList(0, axis));
        return ComputedTensor.of(parts.get(0).dataType(), result, parts, () -> joined(parts, (int) outer));
    }

    private static double[] joined(List<ConstantTensor> parts, int outer) {
        List<double[]> contents =
                parts.stream().map(ConstantTensor::readNumbers).toList();
        double[] result = new double[contents.stream().mapToInt(c -> c.length).sum()];
        int position = 0;
        for (int i = 0; i < outer; i++) {
            for (double[] content : contents) {
                int run = content.length / outer;
                System.arraycopy(content, i * run, result, position, run);
                position += run;
            }
        }
        return result;
    }

    static ConstantTensor gather(OpCall call) throws Unfoldable {
        ConstantTensor operand = call.numeric(0);
        List<Long> dims = call.dims(0);
        int axis = Dims.axis(call.attributes().integer("axis", 0), dims.size());
        long size = dims.get(axis);
        long[] indices = call.integers(1);
        for (int i = 0; i < indices.length; i++) {
            indices[i] = Dims.axis(indices[i], Math.toIntExact(size));
        }
        List<Long> result = new ArrayList<>(dims.subList(0, axis));
        result.addAll(call.dims(1));
        result.addAll(dims.subList(axis + 1, dims.size()));
        long outer = Dims.elements(dims.subList(0, axis));
        int inner = (int) Dims.elements(dims.subList(axis + 1, dims.size()));
        return ComputedTensor.of(operand.dataType(), result, List.of(operand, call.operand(1)), () -> {
            double[] source = operand.readNumbers();
            double[] target = new double[(int) outer * indices.length * inner];
            int position = 0;
            for (int i = 0; i < outer; i++) {
                for (long index : indices) {
                    System.arraycopy(source, (int) ((i * size + index) * inner), target, position, inner);
                    position += inner;
                }
            }
            return target;
        });
    }

    static ConstantTensor constantOfShape(OpCall call) throws Unfoldable {
        List<Long> dims = LongStream.of(call.integers(0)).boxed().toList();
        ConstantTensor value = call.tensor("value").orElse(null);
        if (value != null && (!value.isNumeric() || value.shape().elements() != 1)) {
            throw new Unfoldable("");
        }
        double number = value == null ? 0 : value.readNumbers()[0];
        int elements = (int) Dims.elements(dims);
        return ComputedTensor.of(value == null ? DataType.FLOAT_VALUE : value.dataType(), dims, List.of(), () -> {
            double[] filled = new double[elements];
            Arrays.fill(filled, number);
            return filled;
        });
    }

    static ConstantTensor range(OpCall call) throws Unfoldable {
        double[] bounds = new double[3];
        for (int i = 0; i < 3; i++) {
            if (call.numeric(i).shape().elements() != 1) {
                throw new Unfoldable("");
            }
            bounds[i] = call.numeric(i).readNumbers()[0];
        }
        double count = Math.ceil((bounds[1] - bounds[0]) / bounds[2]);
        if (!(count < Integer.MAX_VALUE)) {
            throw new Unfoldable("");
        }
        int elements = (int) Math.max(0, count);
        return ComputedTensor.of(call.operand(0).dataType(), List.of((long) elements), List.of(), () -> {
            double[] values = new double[elements];
            for (int i = 0; i < elements; i++) {
                values[i] = bounds[0] + i * bounds[2];
            }
            return values;
        });
    }

    /** The sizes of a tensor, which need not be constant itself, as the op Shape gives them. */
    static ConstantTensor shape(Attributes attributes, List<Long> dims) throws Unfoldable {
        SourceShapes.Part part = SourceShapes.part(attributes, dims.size());
        double[] sizes = dims.subList(part.from(), part.to()).stream()
                .mapToDouble(d -> d)
                .toArray();
        return ComputedTensor.of(DataType.INT64_VALUE, List.of((long) sizes.length), List.of(), () -> sizes);
    }
}
