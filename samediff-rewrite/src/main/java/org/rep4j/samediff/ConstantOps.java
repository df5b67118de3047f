package org.rep4j.samediff;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The ops that weights and BatchNorm statistics go through on their way to the op that uses them: those that move elements
 * ({@link ConstantMoves}), which give views where they can, and arithmetic ({@link ConstantArithmetic}), which is done in double
 * precision.
 */
final class ConstantOps {
    private static final Map<String, Evaluator> ALL = new HashMap<>();

    static {
        ALL.putAll(ConstantMoves.ALL);
        ALL.putAll(ConstantArithmetic.ALL);
    }

    private ConstantOps() {}

    /** Computes what an op makes of constants. */
    @FunctionalInterface
    interface Evaluation {
        /** Output {@code index} of the op for these inputs; empty if they do not fit. */
        Optional<INDArray> evaluate(NativeOp op, INDArray[] inputs, int index);
    }

    /**
     * How one kind of op is computed.
     *
     * @param fewest number of inputs that it has at least
     * @param most number of inputs that it has at most
     * @param evaluation what it does with them
     */
    record Evaluator(int fewest, int most, Evaluation evaluation) {
        /** For an op of one output and a fixed number of inputs. */
        static Evaluator of(int inputs, Evaluation evaluation) {
            return new Evaluator(inputs, inputs, evaluation);
        }
    }

    /** Whether {@link #evaluate} knows the op. */
    static boolean isKnown(NativeOp op) {
        Evaluator evaluator = ALL.get(op.kind());
        int inputs = op.inputs().size();
        return evaluator != null && evaluator.fewest <= inputs && inputs <= evaluator.most;
    }

    /** Output {@code index} of the op for these inputs; empty if they do not fit. */
    static Optional<INDArray> evaluate(NativeOp op, INDArray[] inputs, int index) {
        return Optional.ofNullable(ALL.get(op.kind())).flatMap(e -> e.evaluation.evaluate(op, inputs, index));
    }
}
