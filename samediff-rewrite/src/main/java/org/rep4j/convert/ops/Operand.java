package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Reverse;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.convert.ImportedOp;

/**
 * Weights while they are brought into the form that an op wants: at once where they are constant, so that the graph holds them once,
 * else by ops. Immutable.
 */
final class Operand {
    private final ImportedOp op;
    private final int input;
    private final @Nullable SDVariable computed;
    private final String form;
    private final UnaryOperator<INDArray> change;

    private Operand(
            ImportedOp op, int input, @Nullable SDVariable computed, String form, UnaryOperator<INDArray> change) {
        this.op = op;
        this.input = input;
        this.computed = computed;
        this.form = form;
        this.change = change;
    }

    /** An input of an op. */
    static Operand of(ImportedOp op, int input) {
        return new Operand(op, input, op.isConstant(input) ? null : op.in(input), "", array -> array);
    }

    private Operand then(String step, UnaryOperator<INDArray> next) {
        return new Operand(op, input, null, form + step, array -> next.apply(change.apply(array)));
    }

    private Operand by(SDVariable variable) {
        return new Operand(op, input, variable, form, change);
    }

    /** The axes in another order. */
    Operand permuted(int... axes) {
        return computed == null
                ? then("permuted" + Arrays.toString(axes), array -> array.permute(axes))
                : by(op.graph().permute(computed, axes));
    }

    /** The same elements in row-major order, with other axes. */
    Operand reshaped(long... dims) {
        return computed == null
                ? then(
                        "reshaped" + Arrays.toString(dims),
                        array -> array.dup('c').reshape(dims))
                : by(op.graph().reshape(computed, dims));
    }

    /** One more axis, of one element. */
    Operand expanded(int axis) {
        return computed == null
                ? then("expanded" + axis, array -> Nd4j.expandDims(array, axis))
                : by(op.graph().expandDims(computed, axis));
    }

    /** The last element of some axes first. */
    Operand reversed(int... axes) {
        return computed == null
                ? then("reversed" + Arrays.toString(axes), array -> Nd4j.exec(new Reverse(array.dup('c'), axes))[0])
                : by(new Reverse(op.graph(), computed, axes).outputVariable());
    }

    /** Zeros behind the last element of each axis. */
    Operand grown(int... amounts) {
        if (Arrays.stream(amounts).allMatch(a -> a == 0)) {
            return this;
        }
        return computed == null
                ? then("grown" + Arrays.toString(amounts), array -> grown(array, amounts))
                : by(Borders.padded(op, computed, new int[amounts.length], amounts, 0));
    }

    private static INDArray grown(INDArray array, int[] amounts) {
        long[] dims = array.shape().clone();
        INDArrayIndex[] old = new INDArrayIndex[dims.length];
        for (int i = 0; i < dims.length; i++) {
            old[i] = NDArrayIndex.interval(0, dims[i]);
            dims[i] += amounts[i];
        }
        INDArray result = Nd4j.create(array.dataType(), dims);
        result.put(old, array);
        return result;
    }

    /** Zeros between the elements along an axis of something constant, so that they are {@code distance} apart. */
    Operand spread(int axis, int distance) {
        return distance == 1 ? this : then("spread" + axis + "by" + distance, array -> spread(array, axis, distance));
    }

    private static INDArray spread(INDArray array, int axis, int distance) {
        long[] dims = array.shape().clone();
        INDArrayIndex[] taps = new INDArrayIndex[dims.length];
        Arrays.fill(taps, NDArrayIndex.all());
        dims[axis] = (dims[axis] - 1) * distance + 1;
        taps[axis] = NDArrayIndex.interval(0, distance, dims[axis]);
        INDArray result = Nd4j.create(array.dataType(), dims);
        result.put(taps, array);
        return result;
    }

    /** Equal parts along the first axis. */
    List<Operand> split(int parts) {
        List<Operand> result = new ArrayList<>();
        if (parts == 1) {
            result.add(this);
        } else if (computed == null) {
            for (int i = 0; i < parts; i++) {
                int part = i;
                result.add(then("part" + i + "of" + parts, array -> part(array, part, parts)));
            }
        } else {
            for (SDVariable part : op.graph().split(computed, parts, 0)) {
                result.add(by(part));
            }
        }
        return result;
    }

    private static INDArray part(INDArray array, int part, int parts) {
        long size = array.size(0) / parts;
        INDArrayIndex[] indices = new INDArrayIndex[array.rank()];
        Arrays.fill(indices, NDArrayIndex.all());
        indices[0] = NDArrayIndex.interval(part * size, (part + 1) * size);
        return array.get(indices);
    }

    /** The variable that holds it. */
    SDVariable variable() {
        if (computed != null) {
            return computed;
        }
        return form.isEmpty() ? op.in(input) : op.rearranged(input, form, change);
    }
}
