package org.rep4j.convert.ops;

import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NodeWriter;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping.Exporter;

/** Recurrent ops of SameDiff as LSTM and GRU. */
final class RecurrentExport {
    static final Map<String, Exporter> EXPORTERS = Map.of(
            "lstmBlock",
            op -> lstm(op, 1, false),
            "lstmLayer",
            LstmLayerExport::write,
            "lstmBlockCell",
            op -> lstm(op, 0, true),
            "gru",
            RecurrentExport::gru,
            "gruCell",
            RecurrentExport::gruCell);

    /** ND4J has the gates of an LSTM as input, cell, forget, output; ONNX as input, output, forget, cell. */
    private static final int[] LSTM_ORDER = {0, 3, 2, 1};

    /** Gates of an LSTM. */
    private static final int LSTM_GATES = LSTM_ORDER.length;

    /** ND4J has the gates of a GRU as reset, update, hidden; ONNX as update, reset, hidden. */
    private static final int[] GRU_ORDER = {1, 0, 2};

    /** Gates of a GRU. */
    private static final int GRU_GATES = GRU_ORDER.length;

    private static final int CELL = 1;
    private static final int STATE = 6;

    private RecurrentExport() {}

    /**
     * An LSTM over a sequence, whose steps come first and whose number it does not look at, or over one step.
     *
     * @param first which input is the sequence or the step
     */
    private static void lstm(ExportedOp op, int first, boolean isStep) throws NotConvertibleException {
        for (int i = 0; i < op.outputs(); i++) {
            if (op.wants(i) && i != STATE && i != CELL) {
                throw op.unsupported("its gates are read");
            }
        }
        if (!isStep && op.integer(1, 0) != 0) {
            throw op.unsupported("its steps do not come first");
        }
        if (op.number(1, 0) != 0) {
            throw op.unsupported("it clips its cell");
        }
        RecurrentWeights weights = RecurrentWeights.joint(op, first + 3, LSTM_GATES);
        DataType type = op.type(first);
        String bias = weights.bias(first + 7, LSTM_ORDER);
        String forget = concatenated(
                op, weights.filled(0, 2, type), weights.filled(op.number(0, 0), 1, type), weights.filled(0, 1, type));
        String x = isStep ? unsqueezed(op, op.in(first)) : op.in(first);
        NodeWriter node = op.node("LSTM")
                .integer("hidden_size", weights.hidden())
                .reads(x)
                .reads(unsqueezed(op, weights.input(LSTM_ORDER)), unsqueezed(op, weights.state(LSTM_ORDER)))
                .reads(unsqueezed(op, concatenated(op, bias, forget)), "")
                .reads(unsqueezed(op, op.in(first + 2)), unsqueezed(op, op.in(first + 1)));
        if (op.integer(0, 0) != 0) {
            node.reads(unsqueezed(op, concatenated(op, op.in(first + 4), op.in(first + 6), op.in(first + 5))));
        }
        String[] results = node.values(3);
        if (op.wants(STATE)) {
            squeezed(op, results[isStep ? 1 : 0], isStep ? 0 : 1, STATE);
        }
        if (op.wants(CELL) && isStep) {
            squeezed(op, results[2], 0, CELL);
        } else if (op.wants(CELL)) {
            new CellExport(op, weights, first).write(results[0], forget, CELL);
        }
    }

    private static void gru(ExportedOp op) throws NotConvertibleException {
        RecurrentWeights weights = RecurrentWeights.separate(op, 2, 3, GRU_GATES);
        String none = weights.filled(0, GRU_GATES, op.type(0));
        String states = op.node("GRU")
                .integer("hidden_size", weights.hidden())
                .integer("linear_before_reset", 1)
                .reads(op.in(0))
                .reads(unsqueezed(op, weights.input(GRU_ORDER)), unsqueezed(op, weights.state(GRU_ORDER)))
                .reads(unsqueezed(op, concatenated(op, weights.bias(4, GRU_ORDER), none)), "")
                .reads(unsqueezed(op, op.in(1)))
                .value();
        squeezed(op, states, 1, 0);
    }

    /** One step; the weights of its gates and those of its hidden state are two matrices. */
    private static void gruCell(ExportedOp op) throws NotConvertibleException {
        if (op.wants(0) || op.wants(1) || op.wants(2)) {
            throw op.unsupported("its gates are read");
        }
        RecurrentWeights gates = RecurrentWeights.joint(op, 2, 2);
        RecurrentWeights hidden = RecurrentWeights.joint(op, 3, 1);
        String bias = concatenated(op, gates.bias(4, 1, 0), hidden.bias(5, 0), gates.filled(0, GRU_GATES, op.type(0)));
        String[] results = op.node("GRU")
                .integer("hidden_size", gates.hidden())
                .reads(unsqueezed(op, op.in(0)))
                .reads(unsqueezed(op, concatenated(op, gates.input(1, 0), hidden.input(0))))
                .reads(unsqueezed(op, concatenated(op, gates.state(1, 0), hidden.state(0))))
                .reads(unsqueezed(op, bias), "", unsqueezed(op, op.in(1)))
                .values(2);
        squeezed(op, results[1], 0, 3);
    }

    static String concatenated(ExportedOp op, String... values) {
        return op.node("Concat").reads(values).integer("axis", 0).value();
    }

    /** The one direction that ONNX has in front. */
    static String unsqueezed(ExportedOp op, String value) {
        return op.node("Unsqueeze").reads(value, op.vector(0)).value();
    }

    static void squeezed(ExportedOp op, String value, long axis, int output) {
        op.node("Squeeze").reads(value, op.vector(axis)).writes(output);
    }
}
