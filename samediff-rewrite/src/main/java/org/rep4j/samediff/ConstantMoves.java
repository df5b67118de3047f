package org.rep4j.samediff;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.samediff.ConstantOps.Evaluator;

/** Ops that move the elements of constants and leave their values alone: views where that is possible. */
final class ConstantMoves {
    /** More parts than any weight is put together from. */
    private static final int MOST_PARTS = 1 << 16;

    /** The numbers by which libnd4j knows the formats of real numbers. */
    private static final Set<Integer> REAL = Set.of(
            DataType.DOUBLE.toInt(), DataType.FLOAT.toInt(), DataType.FLOAT16.toInt(), DataType.BFLOAT16.toInt());

    static final Map<String, Evaluator> ALL = Map.ofEntries(
            entry("identity", Evaluator.of(1, (op, in, i) -> Optional.of(in[0]))),
            entry("cast", Evaluator.of(1, (op, in, i) -> cast(op, in[0]))),
            entry("permute", new Evaluator(1, 2, (op, in, i) -> permute(in[0], arguments(op, in)))),
            entry("transpose", Evaluator.of(1, (op, in, i) -> permute(in[0], reversed(in[0].rank())))),
            entry("reshape", new Evaluator(1, 2, (op, in, i) -> reshape(op, in))),
            entry("expand_dims", new Evaluator(1, 2, (op, in, i) -> expandDims(in[0], arguments(op, in)))),
            entry("squeeze", Evaluator.of(1, (op, in, i) -> squeeze(in[0], op.arguments()))),
            entry("concat", new Evaluator(1, MOST_PARTS, (op, in, i) -> concat(op, in))),
            entry("split", Evaluator.of(1, ConstantMoves::split)),
            entry("strided_slice", new Evaluator(1, 4, (op, in, i) -> slice(op, in))),
            entry("slice", new Evaluator(1, 3, (op, in, i) -> slice(op, in))));

    private ConstantMoves() {}

    /** The integers that say what the op does: its own, or those of its second input. */
    private static long[] arguments(NativeOp op, INDArray[] inputs) {
        return inputs.length == 2 ? integers(inputs[1]) : op.arguments();
    }

    private static long[] integers(INDArray array) {
        return array.isEmpty()
                ? new long[0]
                : array.castTo(DataType.INT64).dup('c').data().asLong();
    }

    /** Real numbers stay as they are, for arithmetic is done in double anyway; whole ones must become real. */
    private static Optional<INDArray> cast(NativeOp op, INDArray array) {
        int type = op.integer(0, 0);
        if (type == array.dataType().toInt()
                || (REAL.contains(type) && array.dataType().isFPType())) {
            return Optional.of(array);
        }
        return REAL.contains(type) && array.dataType().isNumerical()
                ? Optional.of(array.castTo(DataType.DOUBLE))
                : Optional.empty();
    }

    private static long[] reversed(int rank) {
        return LongStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    }

    private static Optional<INDArray> permute(INDArray array, long[] axes) {
        long[] sorted = axes.clone();
        Arrays.sort(sorted);
        boolean isPermutation =
                Arrays.equals(sorted, LongStream.range(0, array.rank()).toArray());
        return isPermutation
                ? Optional.of(array.permute(
                        Arrays.stream(axes).mapToInt(Math::toIntExact).toArray()))
                : Optional.empty();
    }

    private static Optional<INDArray> reshape(NativeOp op, INDArray[] inputs) {
        if (op.integer(0, 0) != NativeOp.C_ORDER) {
            return Optional.empty();
        }
        long[] own = op.arguments();
        long[] shape = inputs.length == 2 ? integers(inputs[1]) : Arrays.copyOfRange(own, 1, own.length);
        INDArray array = inputs[0];
        long known = Arrays.stream(shape).filter(d -> d != -1).reduce(1, (a, b) -> a * b);
        long unknown = Arrays.stream(shape).filter(d -> d == -1).count();
        if (known <= 0 || unknown > 1 || array.length() % known != 0 || (unknown == 0 && array.length() != known)) {
            return Optional.empty();
        }
        long[] resolved = Arrays.stream(shape)
                .map(d -> d == -1 ? array.length() / known : d)
                .toArray();
        return Optional.of(array.reshape('c', resolved));
    }

    private static Optional<INDArray> expandDims(INDArray array, long[] axes) {
        if (axes.length != 1 || axes[0] < -array.rank() - 1 || axes[0] > array.rank()) {
            return Optional.empty();
        }
        int axis = (int) (axes[0] < 0 ? axes[0] + array.rank() + 1 : axes[0]);
        return Optional.of(array.reshape(
                'c',
                IntStream.rangeClosed(0, array.rank())
                        .mapToLong(i -> i == axis ? 1 : array.size(i < axis ? i : i - 1))
                        .toArray()));
    }

    /** Takes out the given axes, all of size 1 where none is given. */
    private static Optional<INDArray> squeeze(INDArray array, long[] axes) {
        long[] gone = Arrays.stream(axes).map(a -> a < 0 ? a + array.rank() : a).toArray();
        if (Arrays.stream(gone).anyMatch(a -> a < 0 || a >= array.rank() || array.size((int) a) != 1)) {
            return Optional.empty();
        }
        long[] kept = IntStream.range(0, array.rank())
                .filter(i -> gone.length == 0
                        ? array.size(i) != 1
                        : Arrays.stream(gone).noneMatch(a -> a == i))
                .mapToLong(array::size)
                .toArray();
        return Optional.of(array.reshape('c', kept));
    }

    private static Optional<INDArray> concat(NativeOp op, INDArray[] parts) {
        INDArray first = parts[0];
        int axis = op.integer(0, 0) < 0 ? op.integer(0, 0) + first.rank() : op.integer(0, 0);
        if (op.flag(0, false) || op.integers() != 1 || axis < 0 || axis >= first.rank()) {
            return Optional.empty();
        }
        boolean real = Arrays.stream(parts).allMatch(p -> p.dataType().isFPType());
        for (INDArray part : parts) {
            long[] shape = part.shape().clone();
            if (shape.length != first.rank() || (!real && part.dataType() != first.dataType())) {
                return Optional.empty();
            }
            shape[axis] = first.size(axis);
            if (!Arrays.equals(shape, first.shape())) {
                return Optional.empty();
            }
        }
        INDArray[] same = Arrays.stream(parts)
                .map(p -> real ? p.castTo(DataType.DOUBLE) : p)
                .toArray(INDArray[]::new);
        return Optional.of(Nd4j.concat(axis, same));
    }

    private static Optional<INDArray> split(NativeOp op, INDArray[] inputs, int part) {
        INDArray array = inputs[0];
        int parts = op.integer(0, 1);
        int axis = op.integer(1, 0) < 0 ? op.integer(1, 0) + array.rank() : op.integer(1, 0);
        if (op.integers() != 2
                || axis < 0
                || axis >= array.rank()
                || parts < 1
                || part < 0
                || part >= parts
                || array.size(axis) % parts != 0) {
            return Optional.empty();
        }
        long size = array.size(axis) / parts;
        INDArrayIndex[] range = new INDArrayIndex[array.rank()];
        Arrays.fill(range, NDArrayIndex.all());
        range[axis] = NDArrayIndex.interval(part * size, (part + 1) * size);
        return Optional.of(array.get(range));
    }

    private static Optional<INDArray> slice(NativeOp op, INDArray[] inputs) {
        INDArray array = inputs[0];
        try {
            SliceBounds bounds = SliceBounds.read(op, array.rank(), (index, role) -> inputs[index]);
            INDArrayIndex[] range = new INDArrayIndex[array.rank()];
            for (int axis = 0; axis < range.length; axis++) {
                long size = array.size(axis);
                range[axis] = NDArrayIndex.interval(bounds.cutBefore(axis, size), size - bounds.cutBehind(axis, size));
            }
            return Optional.of(array.get(range));
        } catch (NotLiftableException e) {
            return Optional.empty(); // whoever wanted the array says that there is none
        }
    }
}
