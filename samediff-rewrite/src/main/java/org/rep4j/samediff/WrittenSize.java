package org.rep4j.samediff;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.rep4j.graph.UnwritableModelException;

/**
 * How much the arrays of a graph will take in ND4J's file format.
 *
 * @param bytes without what describes the ops, which is little beside arrays that are near the limit
 */
record WrittenSize(long bytes) {
    /** FlatBuffers doubles its buffer while it writes; ND4J's version of it stops there, at half of what the format could hold. */
    static final long LIMIT = 1L << 30;

    private static final double GIGA = 1e9;

    /**
     * The size of a graph.
     *
     * @param withUpdater whether the state of its updater is written, too
     */
    static WrittenSize of(SameDiff graph, boolean withUpdater) {
        long bytes = 0;
        for (SDVariable variable : graph.variables()) {
            if (variable.getVariableType() != VariableType.ARRAY) {
                bytes += bytes(variable.getArr());
            }
        }
        var updaters = graph.getUpdaterMap();
        if (withUpdater && updaters != null) {
            for (GradientUpdater<?> updater : updaters.values()) {
                for (INDArray state : updater.getState().values()) {
                    bytes += bytes(state);
                }
            }
        }
        return new WrittenSize(bytes);
    }

    private static long bytes(@Nullable INDArray array) {
        return array == null || array.dataType() == DataType.UTF8
                ? 0
                : array.length() * array.dataType().width();
    }

    /** @throws UnwritableModelException if ND4J cannot write so much */
    void require() {
        if (bytes > LIMIT) {
            throw tooLarge(null);
        }
    }

    /** The exception that tells so. */
    UnwritableModelException tooLarge(@Nullable Throwable cause) {
        return new UnwritableModelException(
                String.format(
                        Locale.ROOT,
                        "SameDiff's format cannot hold the model: its arrays have %.2f GB, and ND4J writes no more than"
                                + " %.2f GB; an ONNX model may be larger, it keeps weights in a file beside it",
                        bytes / GIGA,
                        LIMIT / GIGA),
                cause);
    }
}
