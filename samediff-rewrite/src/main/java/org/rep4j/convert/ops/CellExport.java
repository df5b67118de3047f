package org.rep4j.convert.ops;

import static org.rep4j.convert.ops.RecurrentExport.concatenated;
import static org.rep4j.convert.ops.RecurrentExport.squeezed;
import static org.rep4j.convert.ops.RecurrentExport.unsqueezed;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;

/**
 * The cells of an LSTM after each step, where ONNX's LSTM tells only the last. A second LSTM reads beside the input the states that
 * the first one went through, so that it needs none of its own, and hands its cells on as they are: its output gate is open.
 */
final class CellExport {
    /** A bias that makes a sigmoid 1. */
    private static final double OPEN = 1e4;

    private final ExportedOp op;
    private final RecurrentWeights weights;
    private final int first;
    private final DataType type;

    /**
     * @param weights those of the first LSTM
     * @param first the input of the op that is the sequence
     */
    CellExport(ExportedOp op, RecurrentWeights weights, int first) {
        this.op = op;
        this.weights = weights;
        this.first = first;
        this.type = op.type(first);
    }

    /**
     * Writes an output of the op.
     *
     * @param states what the first LSTM made: [steps, 1, batch, hidden]
     * @param forget its biases of the states
     */
    void write(String states, String forget, int output) throws NotConvertibleException {
        long hidden = weights.hidden();
        String after = op.node("Squeeze").reads(states, op.vector(1)).value();
        String early = op.node("Slice")
                .reads(after, op.vector(0), op.vector(-1), op.vector(0))
                .value();
        String before = concatenated(op, unsqueezed(op, op.in(first + 2)), early);
        String bias = concatenated(
                op, weights.bias(first + 7, 0), weights.filled(OPEN, 1, type), weights.bias(first + 7, 2, 1), forget);
        NodeWriter node = op.node("LSTM")
                .integer("hidden_size", hidden)
                .texts("activations", List.of("Sigmoid", "Tanh", "Affine"))
                .numbers("activation_alpha", 1)
                .numbers("activation_beta", 0)
                .reads(joined(2, op.in(first), before))
                .reads(unsqueezed(op, matrices()))
                .reads(op.constant(Nd4j.zeros(type, 1, 4 * hidden, hidden)))
                .reads(unsqueezed(op, bias), "", "", unsqueezed(op, op.in(first + 1)));
        if (op.integer(0, 0) != 0) {
            String closed = weights.filled(0, 1, type);
            node.reads(unsqueezed(op, concatenated(op, op.in(first + 4), closed, op.in(first + 5))));
        }
        squeezed(op, node.value(), 1, output);
    }

    /** Gates in ONNX's order: input, output, forget, cell. */
    private String matrices() throws NotConvertibleException {
        String input = joined(1, weights.input(0), weights.state(0));
        String rest = joined(1, weights.input(2, 1), weights.state(2, 1));
        String none = op.constant(Nd4j.zeros(type, weights.hidden(), weights.inputSize() + weights.hidden()));
        return concatenated(op, input, none, rest);
    }

    private String joined(int axis, String... values) {
        return op.node("Concat").reads(values).integer("axis", axis).value();
    }
}
