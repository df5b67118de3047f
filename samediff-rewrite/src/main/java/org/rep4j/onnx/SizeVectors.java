package org.rep4j.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.LongBinaryOperator;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.onnx.OpReader.Unfoldable;

/** Shape arithmetic on integers of which some are unknown: where the batch is free, the channels still are what they are. */
final class SizeVectors {
    /** Longer lists are no shapes. */
    static final int LONGEST = 64;

    private static final Map<String, VectorOp> OPS = Map.ofEntries(
            entry("Shape", SizeVectors::shape),
            entry("Size", SizeVectors::size),
            entry("Identity", call -> operand(call, 0)),
            entry("Cast", SizeVectors::cast),
            entry("Squeeze", call -> reshaped(call, true)),
            entry("Unsqueeze", call -> reshaped(call, false)),
            entry("Reshape", SizeVectors::reshape),
            entry("Gather", SizeVectors::gather),
            entry("Slice", SizeVectors::slice),
            entry("Concat", SizeVectors::concat),
            entry("ConstantOfShape", SizeVectors::filled),
            entry("Equal", SizeVectors::equal),
            entry("Where", SizeVectors::where),
            entry("Add", binary(Math::addExact, 0)),
            entry("Sub", binary(Math::subtractExact, 0)),
            entry("Mul", binary(Math::multiplyExact, 1)),
            entry("Div", binary(SizeVectors::quotient, 1)));

    @FunctionalInterface
    private interface VectorOp {
        /** @throws Unfoldable if an operand is no scalar or vector of integers */
        SizeVector apply(ShapeCall call) throws Unfoldable;
    }

    private SizeVectors() {}

    /** What an op of the standard computes, if that is a scalar or vector of integers. */
    static Optional<SizeVector> compute(ShapeCall call) {
        VectorOp op = OPS.get(call.node().getOpType());
        if (op == null || call.outputs() != 1 || !call.has(0)) {
            return Optional.empty();
        }
        try {
            return Optional.of(op.apply(call)).filter(v -> v.sizes().size() <= LONGEST);
        } catch (Unfoldable | ArithmeticException e) {
            return Optional.empty(); // beyond shape arithmetic
        }
    }

    private static SizeVector operand(ShapeCall call, int input) throws Unfoldable {
        return call.vector(input).orElseThrow(() -> new Unfoldable(""));
    }

    private static SizeVector shape(ShapeCall call) throws Unfoldable {
        List<Size> sizes = call.certainSizes();
        SourceShapes.Part part = SourceShapes.part(call.attributes(), sizes.size());
        return new SizeVector(DataType.INT64_VALUE, false, sizes.subList(part.from(), part.to()));
    }

    private static SizeVector size(ShapeCall call) throws Unfoldable {
        List<Size> sizes = call.certainSizes();
        Size product = Size.allKnown(sizes)
                ? Size.of(Dims.product(sizes.stream().map(Size::number).toList()))
                : Size.UNKNOWN;
        return new SizeVector(DataType.INT64_VALUE, true, List.of(product));
    }

    private static SizeVector cast(ShapeCall call) throws Unfoldable {
        SizeVector operand = operand(call, 0);
        int to = (int) call.attributes().integer("to", DataType.UNDEFINED_VALUE);
        boolean fits = to == DataType.INT64_VALUE
                || (to == DataType.INT32_VALUE
                        && operand.sizes().stream().allMatch(s -> s.number() == (int) s.number()));
        if (!fits) {
            throw new Unfoldable("");
        }
        return new SizeVector(to, operand.isScalar(), operand.sizes());
    }

    private static SizeVector reshaped(ShapeCall call, boolean squeezes) throws Unfoldable {
        SizeVector operand = operand(call, 0);
        Optional<List<Long>> axes = MovedShapes.axes(call);
        List<Long> dims = axes.isEmpty()
                ? Dims.squeezed(operand.dims())
                : squeezes ? Dims.squeezed(operand.dims(), axes.get()) : Dims.unsqueezed(operand.dims(), axes.get());
        return withRank(operand, dims.size());
    }

    private static SizeVector reshape(ShapeCall call) throws Unfoldable {
        return withRank(operand(call, 0), call.integers(1).length);
    }

    private static SizeVector withRank(SizeVector operand, int rank) throws Unfoldable {
        if (rank > 1) {
            throw new Unfoldable("");
        }
        return operand.with(rank == 0, operand.sizes());
    }

    private static SizeVector gather(ShapeCall call) throws Unfoldable {
        SizeVector operand = operand(call, 0);
        int rank = call.sizesOf(1).size();
        if (operand.isScalar() || rank > 1) {
            throw new Unfoldable("");
        }
        List<Size> picked = new ArrayList<>();
        for (long index : call.integers(1)) {
            picked.add(operand.sizes().get(Dims.axis(index, operand.sizes().size())));
        }
        return operand.with(rank == 0, picked);
    }

    private static SizeVector slice(ShapeCall call) throws Unfoldable {
        SizeVector operand = operand(call, 0);
        List<Size> kept = operand.sizes();
        for (SliceRanges.Range range : SliceRanges.read(call, operand.dims().size())) {
            int size = operand.sizes().size();
            kept = new ArrayList<>();
            for (long i = 0; i < range.count(size); i++) {
                kept.add(operand.sizes().get((int) (range.first(size) + i * range.step())));
            }
        }
        return operand.with(false, kept);
    }

    private static SizeVector concat(ShapeCall call) throws Unfoldable {
        List<Size> joined = new ArrayList<>();
        for (int i = 0; i < call.inputs(); i++) {
            if (operand(call, i).isScalar()) {
                throw new Unfoldable("");
            }
            joined.addAll(operand(call, i).sizes());
        }
        return operand(call, 0).with(false, joined);
    }

    private static SizeVector filled(ShapeCall call) throws Unfoldable {
        SizeVector target = operand(call, 0);
        ConstantTensor value = call.tensor("value").orElseThrow(() -> new Unfoldable(""));
        if (!target.isKnown() || target.sizes().size() > 1 || !value.isInteger()) {
            throw new Unfoldable("");
        }
        boolean scalar = target.sizes().isEmpty();
        long count = scalar ? 1 : target.numbers()[0];
        if (count < 0 || count > LONGEST || value.shape().elements() != 1) {
            throw new Unfoldable("");
        }
        Size number = Size.of(value.readIntegers()[0]);
        return new SizeVector(value.dataType(), scalar, Collections.nCopies((int) count, number));
    }

    private static SizeVector equal(ShapeCall call) throws Unfoldable {
        SizeVector result = combined(operand(call, 0), operand(call, 1), SizeVectors::equal);
        return new SizeVector(DataType.BOOL_VALUE, result.isScalar(), result.sizes());
    }

    /** A size that has a name is what it may be, but not negative. */
    private static Size equal(Size a, Size b) {
        if (a.equals(b) && a.number() != Size.UNKNOWN.number()) {
            return Size.of(1);
        }
        boolean named = (!a.isKnown() && a.number() < -1) || (!b.isKnown() && b.number() < -1);
        boolean negative = (a.isKnown() && a.number() < 0) || (b.isKnown() && b.number() < 0);
        if (a.isKnown() && b.isKnown()) {
            return Size.of(a.number() == b.number() ? 1 : 0);
        }
        return named && negative ? Size.of(0) : Size.UNKNOWN;
    }

    private static SizeVector where(ShapeCall call) throws Unfoldable {
        SizeVector condition = operand(call, 0);
        SizeVector then = operand(call, 1);
        SizeVector otherwise = operand(call, 2);
        List<Long> dims = Dims.broadcast(condition.dims(), Dims.broadcast(then.dims(), otherwise.dims()));
        List<Size> chosen = new ArrayList<>();
        for (int i = 0; i < (dims.isEmpty() ? 1 : dims.get(0)); i++) {
            Size truth = at(condition, i);
            Size picked = truth.number() != 0 ? at(then, i) : at(otherwise, i);
            chosen.add(truth.isKnown() ? picked : Size.UNKNOWN);
        }
        return then.with(dims.isEmpty(), chosen);
    }

    private static Size at(SizeVector vector, int index) {
        return vector.sizes().get(vector.sizes().size() == 1 ? 0 : index);
    }

    private static SizeVector combined(SizeVector a, SizeVector b, BinaryOperator<Size> function) throws Unfoldable {
        List<Long> dims = Dims.broadcast(a.dims(), b.dims());
        List<Size> results = new ArrayList<>();
        for (int i = 0; i < (dims.isEmpty() ? 1 : dims.get(0)); i++) {
            results.add(function.apply(at(a, i), at(b, i)));
        }
        return a.with(dims.isEmpty(), results);
    }

    /** @param neutral on the right it changes nothing, not even what is unknown */
    private static VectorOp binary(LongBinaryOperator function, long neutral) {
        return call -> combined(operand(call, 0), operand(call, 1), (x, y) -> {
            if (y.equals(Size.of(neutral))) {
                return x;
            }
            boolean known = x.isKnown() && y.isKnown();
            return known ? Size.of(function.applyAsLong(x.number(), y.number())) : Size.UNKNOWN;
        });
    }

    /** Division of integers rounds towards zero. */
    private static long quotient(long a, long b) {
        if (b == 0) {
            throw new ArithmeticException("division by zero");
        }
        return a / b;
    }
}
