package org.rep4j.convert.ops;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;

/**
 * SameDiff's {@code lstmLayer} as ONNX's LSTM. Its integers tell layout, direction and functions; its flags, which inputs it has
 * beside the sequence and its matrices, and which outputs.
 */
final class LstmLayerExport {
    /** ND4J has the gates as input, forget, cell, output; ONNX as input, output, forget, cell. */
    private static final int[] GATES = {0, 3, 1, 2};

    /** ND4J has the weights of the cell in the gates as input, forget, output; ONNX as input, output, forget. */
    private static final int[] PEEPHOLES = {0, 2, 1};

    /** The numbers of sigmoid for the gates, and of tanh for result and cell. */
    private static final int[] FUNCTIONS = {2, 0, 0};

    private static final List<String> DIRECTIONS =
            List.of("forward", "reverse", "bidirectional", "bidirectional", "bidirectional");
    private static final int REVERSE = 1;
    private static final int SUM = 2;
    private static final int CONCAT = 3;

    /** For each layout: which axis holds the steps, the batch and the elements. */
    private static final int[][] LAYOUTS = {{0, 1, 2}, {1, 0, 2}, {2, 0, 1}, {0, 1, 2}};

    /** Flags. */
    private static final int HAS_BIAS = 0;

    private static final int HAS_LENGTHS = 1;
    private static final int HAS_PEEPHOLES = 4;
    private static final int FIRST_RESULT = 5;

    private final ExportedOp op;
    private final int[] layout;
    private final int direction;
    private final int directions;
    private final long hidden;

    private LstmLayerExport(ExportedOp op) throws NotConvertibleException {
        this.op = op;
        this.layout = LAYOUTS[op.integer(0, 0)];
        this.direction = op.integer(1, 0);
        this.directions = direction < SUM ? 1 : 2;
        Shape state = op.shape(op.in(2));
        this.hidden = state.rank() < 2 ? -1 : state.dim(state.rank() - 2);
        if (hidden < 0) {
            throw op.unsupported("the shape of its weights is not known");
        }
    }

    static void write(ExportedOp op) throws NotConvertibleException {
        if (op.number(0, 0) != 0) {
            throw op.unsupported("it clips its cell");
        }
        for (int i = 0; i < FUNCTIONS.length; i++) {
            if (op.integer(2 + i, 0) != FUNCTIONS[i]) {
                throw op.unsupported("its functions are not sigmoid and tanh, which builds of ND4J with oneDNN ignore");
            }
        }
        if (op.integer(1, 0) == REVERSE && op.flag(HAS_LENGTHS, false)) {
            throw op.unsupported("it reads sequences of different lengths backwards, and does not start at their ends");
        }
        new LstmLayerExport(op).write();
    }

    private void write() throws NotConvertibleException {
        DataType type = op.type(0);
        NodeWriter node = op.node("LSTM")
                .integer("hidden_size", hidden)
                .text("direction", DIRECTIONS.get(direction))
                .reads(turned(op.in(0), layout))
                .reads(parameter(1, true, GATES), parameter(2, true, GATES));
        int next = 3;
        if (op.flag(HAS_BIAS, false)) {
            String none = op.constant(Nd4j.zeros(type, directions, GATES.length * hidden));
            node.reads(op.node("Concat")
                    .reads(parameter(next++, false, GATES), none)
                    .integer("axis", 1)
                    .value());
        } else {
            node.reads("");
        }
        node.reads(op.flag(HAS_LENGTHS, false) ? op.cast(op.in(next++), OnnxType.INT32) : "");
        for (int flag = HAS_LENGTHS + 1; flag < HAS_PEEPHOLES; flag++) {
            node.reads(op.flag(flag, false) ? state(next++) : "");
        }
        if (op.flag(HAS_PEEPHOLES, false)) {
            node.reads(parameter(next, false, PEEPHOLES));
        }
        String[] results = node.values(3);
        int output = 0;
        for (int i = 0; i < results.length; i++) {
            if (op.flag(FIRST_RESULT + i, false)) {
                if (op.wants(output)) {
                    result(results[i], i == 0, output);
                }
                output++;
            }
        }
    }

    private String turned(String value, int... axes) {
        long[] order = IntStream.of(axes).asLongStream().toArray();
        boolean same = IntStream.range(0, axes.length).allMatch(i -> axes[i] == i);
        return same
                ? value
                : op.node("Transpose").reads(value).integers("perm", order).value();
    }

    /** Parameters with the gates in this order: [direction, gate and unit], of a matrix with its rows as last axis. */
    private String parameter(int input, boolean isMatrix, int... order) throws NotConvertibleException {
        Optional<INDArray> constant = op.constant(input);
        if (constant.isEmpty()) {
            return computed(input, isMatrix, order);
        }
        long width = order.length * hidden;
        INDArray rows = constant.get().dup('c').reshape(directions, -1, width);
        INDArray[] parts = new INDArray[order.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = rows.get(
                    NDArrayIndex.all(),
                    NDArrayIndex.all(),
                    NDArrayIndex.interval(order[i] * hidden, (order[i] + 1) * hidden));
        }
        INDArray ordered = Nd4j.concat(2, parts);
        return op.constant(isMatrix ? ordered.permute(0, 2, 1) : ordered.reshape(directions, width));
    }

    private String computed(int input, boolean isMatrix, int... order) throws NotConvertibleException {
        String value = op.in(input);
        if (directions == 1) {
            value = op.node("Unsqueeze").reads(value, op.vector(0)).value();
        }
        if (isMatrix) {
            value = turned(value, 0, 2, 1);
        }
        long[] units = IntStream.of(order)
                .asLongStream()
                .flatMap(gate -> LongStream.range(gate * hidden, (gate + 1) * hidden))
                .toArray();
        return op.node("Gather")
                .reads(value, op.vector(units))
                .integer("axis", 1)
                .value();
    }

    private String state(int input) throws NotConvertibleException {
        return directions == 2
                ? op.in(input)
                : op.node("Unsqueeze").reads(op.in(input), op.vector(0)).value();
    }

    /** A result of the LSTM, which has an axis for its directions, as SameDiff has it. Last states of two directions stay apart. */
    private void result(String value, boolean isSequence, int output) {
        NodeWriter last = op.node("Identity").reads(value);
        if (directions == 1) {
            last = op.node("Squeeze").reads(value, op.vector(isSequence ? 1 : 0));
        } else if (isSequence && direction == SUM) {
            last = op.node("ReduceSum").reads(value, op.vector(1)).integer("keepdims", 0);
        } else if (isSequence && direction == CONCAT) {
            last = op.node("Reshape").reads(turned(value, 0, 2, 1, 3), op.vector(0, 0, -1));
        }
        if (isSequence && layout[0] != 0) {
            last = op.node("Transpose").reads(last.value()).integers("perm", inverse(layout));
        }
        last.writes(output);
    }

    private static long[] inverse(int... axes) {
        long[] inverse = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            inverse[axes[i]] = i;
        }
        return inverse;
    }
}
