package org.rep4j.convert.ops;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Shape;

/**
 * Weights of a recurrent op of SameDiff in ONNX's form. SameDiff multiplies from the right: the columns of its matrices are the units
 * of the first gate, then of the second. ONNX multiplies from the left, and has its gates in another order.
 */
final class RecurrentWeights {
    private final ExportedOp op;
    private final int inputWeights;
    private final int stateWeights;
    private final long inputSize;
    private final long hidden;

    private RecurrentWeights(ExportedOp op, int inputWeights, int stateWeights, long inputSize, long hidden)
            throws NotConvertibleException {
        this.op = op;
        this.inputWeights = inputWeights;
        this.stateWeights = stateWeights;
        this.inputSize = inputSize;
        this.hidden = hidden;
        if (hidden <= 0 || inputSize <= 0) {
            throw op.unsupported("the shape of its weights is not known");
        }
    }

    /** Weights of an input and of the state in one matrix, the state's below. */
    static RecurrentWeights joint(ExportedOp op, int weights, int gates) throws NotConvertibleException {
        Shape shape = op.shape(op.in(weights));
        long hidden = shape.rank() == 2 ? shape.dim(1) / gates : 0;
        return new RecurrentWeights(op, weights, weights, shape.dim(0) - hidden, hidden);
    }

    /** Weights of an input and of the state in two matrices. */
    static RecurrentWeights separate(ExportedOp op, int inputWeights, int stateWeights, int gates)
            throws NotConvertibleException {
        Shape shape = op.shape(op.in(inputWeights));
        long hidden = shape.rank() == 2 ? shape.dim(1) / gates : 0;
        return new RecurrentWeights(op, inputWeights, stateWeights, shape.dim(0), hidden);
    }

    /** Number of elements of an input. */
    long inputSize() {
        return inputSize;
    }

    /** Number of elements of a state. */
    long hidden() {
        return hidden;
    }

    /** The weights of the input: [gate and unit, input], gates in this order. */
    String input(int... order) throws NotConvertibleException {
        return matrix(inputWeights, 0, inputSize, order);
    }

    /** The weights of the state: [gate and unit, unit], gates in this order. */
    String state(int... order) throws NotConvertibleException {
        long first = inputWeights == stateWeights ? inputSize : 0;
        return matrix(stateWeights, first, first + hidden, order);
    }

    private String matrix(int weights, long from, long to, int... order) throws NotConvertibleException {
        Optional<INDArray> constant = op.constant(weights);
        if (constant.isPresent()) {
            INDArray rows = constant.get().get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
            return op.constant(ordered(rows.permute(1, 0).dup('c'), order));
        }
        String rows = op.node("Slice")
                .reads(op.in(weights), op.vector(from), op.vector(to), op.vector(0))
                .value();
        String turned = op.node("Transpose").reads(rows).integers("perm", 1, 0).value();
        return op.node("Gather").reads(turned, op.vector(units(order))).value();
    }

    /** Biases of the gates in this order: [gate and unit]. */
    String bias(int input, int... order) throws NotConvertibleException {
        Optional<INDArray> constant = op.constant(input);
        if (constant.isPresent()) {
            return op.constant(ordered(constant.get().reshape(-1).dup('c'), order));
        }
        return op.node("Gather").reads(op.in(input), op.vector(units(order))).value();
    }

    private INDArray ordered(INDArray array, int... order) {
        INDArray[] parts = new INDArray[order.length];
        for (int i = 0; i < order.length; i++) {
            parts[i] = rows(array, order[i] * hidden, (order[i] + 1) * hidden);
        }
        return Nd4j.concat(0, parts);
    }

    private static INDArray rows(INDArray array, long from, long to) {
        return array.rank() == 1
                ? array.get(NDArrayIndex.interval(from, to))
                : array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    private long[] units(int... order) {
        long[] units = new long[Math.toIntExact(order.length * hidden)];
        for (int i = 0; i < units.length; i++) {
            units[i] = order[Math.toIntExact(i / hidden)] * hidden + i % hidden;
        }
        return units;
    }

    /** A number for each unit of {@code gates} gates. */
    String filled(double value, int gates, DataType type) throws NotConvertibleException {
        return op.constant(Nd4j.valueArrayOf(new long[] {gates * hidden}, value, type));
    }
}
