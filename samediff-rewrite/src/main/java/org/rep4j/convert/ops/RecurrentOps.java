package org.rep4j.convert.ops;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Recurrent layers over sequences. */
public final class RecurrentOps implements OpMapping {
    private static final String[] LSTM_FUNCTIONS = {"Sigmoid", "Tanh", "Tanh"};
    private static final String[] CELL_FUNCTIONS = {"Sigmoid", "Tanh", "Affine"};
    private static final String[] GRU_FUNCTIONS = {"Sigmoid", "Tanh"};
    private static final String[] RNN_FUNCTIONS = {"Tanh"};

    @Override
    public Map<String, Importer> importers() {
        return Map.of("LSTM", RecurrentOps::lstm, "GRU", RecurrentOps::gru, "RNN", RecurrentOps::rnn);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return RecurrentExport.EXPORTERS;
    }

    private static boolean isClipped(ImportedOp op) {
        return op.node().number("clip", 0) > 0;
    }

    private static List<SDVariable> lstm(ImportedOp op) throws NotConvertibleException {
        RecurrentLayer layer = new RecurrentLayer(op, 4);
        boolean coupled = op.node().integer("input_forget", 0) != 0;
        if (!coupled && !isClipped(op) && layer.applies(LSTM_FUNCTIONS)) {
            return RecurrentResults.of(layer, new NativeRecurrence(layer)::lstm);
        }
        if (!coupled && !isClipped(op) && showsCells(layer)) {
            return RecurrentResults.of(layer, new NativeRecurrence(layer)::shownCells);
        }
        UnrolledRecurrence unrolled = new UnrolledRecurrence(layer, LSTM_FUNCTIONS);
        return RecurrentResults.of(layer, index -> unrolled.lstm(index, coupled));
    }

    /** Whether an LSTM hands on its cells as they are, and does not read what it hands on. */
    private static boolean showsCells(RecurrentLayer layer) throws NotConvertibleException {
        if (!layer.applies(CELL_FUNCTIONS) || !layer.isWithoutRecurrentWeights()) {
            return false;
        }
        List<RecurrentFunction> functions = RecurrentFunction.of(layer.op(), layer.activations(CELL_FUNCTIONS));
        for (int i = 2; i < functions.size(); i += CELL_FUNCTIONS.length) {
            if (!functions.get(i).isIdentity()) {
                return false;
            }
        }
        return true;
    }

    private static List<SDVariable> gru(ImportedOp op) throws NotConvertibleException {
        RecurrentLayer layer = new RecurrentLayer(op, 3);
        boolean resetsBehindMatrix = op.node().integer("linear_before_reset", 0) != 0;
        if (resetsBehindMatrix && !isClipped(op) && layer.applies(GRU_FUNCTIONS)) {
            return RecurrentResults.of(layer, new NativeRecurrence(layer)::gru);
        }
        UnrolledRecurrence unrolled = new UnrolledRecurrence(layer, GRU_FUNCTIONS);
        return RecurrentResults.of(layer, index -> unrolled.gru(index, resetsBehindMatrix));
    }

    private static List<SDVariable> rnn(ImportedOp op) throws NotConvertibleException {
        RecurrentLayer layer = new RecurrentLayer(op, 1);
        if (!isClipped(op) && layer.applies(RNN_FUNCTIONS)) {
            return RecurrentResults.of(layer, new NativeRecurrence(layer)::rnn);
        }
        UnrolledRecurrence unrolled = new UnrolledRecurrence(layer, RNN_FUNCTIONS);
        return RecurrentResults.of(layer, unrolled::rnn);
    }
}
