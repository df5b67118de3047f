package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Reverse;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.graph.Shape;

/**
 * An LSTM, GRU or RNN op: what its directions read. Each reads the steps in an order of its own, the last one first where it is
 * reverse.
 */
final class RecurrentLayer {
    private static final int INPUT = 0;
    private static final int WEIGHTS = 1;
    private static final int RECURRENT_WEIGHTS = 2;
    private static final int BIAS = 3;
    private static final int LENGTHS = 4;

    /** Input that holds the states to start from. */
    static final int INITIAL_STATE = 5;

    /** Input of an LSTM that holds the cells to start from. */
    static final int INITIAL_CELL = 6;

    /** Input of an LSTM that holds weights of the cell in the gates. */
    static final int PEEPHOLES = 7;

    private static final List<String> DIRECTIONS = List.of("forward", "reverse", "bidirectional");

    private final ImportedOp op;
    private final int gates;
    private final long hidden;
    private final String direction;
    private final boolean batchFirst;
    private final SDVariable steps;

    /**
     * Reads an op.
     *
     * @param gates number of matrices in its weights
     */
    RecurrentLayer(ImportedOp op, int gates) throws NotConvertibleException {
        this.op = op;
        this.gates = gates;
        this.direction = op.node().text("direction", "forward");
        this.batchFirst = op.opset() >= 14 && op.node().integer("layout", 0) == 1;
        Shape recurrent = op.shape(RECURRENT_WEIGHTS);
        this.hidden = recurrent.rank() == 3 ? recurrent.dim(2) : op.node().integer("hidden_size", -1);
        requireConsistent();
        SDVariable x = compute(op.in(INPUT));
        this.steps = batchFirst ? op.graph().permute(x, 1, 0, 2) : x;
    }

    private void requireConsistent() throws NotConvertibleException {
        if (!DIRECTIONS.contains(direction)) {
            throw op.invalid("has the unknown direction '" + direction + "'");
        }
        if (hidden < 0 || op.shape(WEIGHTS).dim(2) < 0) {
            throw op.unsupported("the shapes of its weights are not known");
        }
        Shape x = op.shape(INPUT);
        requireShape(INPUT, -1, -1, op.shape(WEIGHTS).dim(2));
        requireShape(WEIGHTS, directions(), gates * hidden, -1);
        requireShape(RECURRENT_WEIGHTS, directions(), gates * hidden, hidden);
        requireShape(BIAS, directions(), 2 * gates * hidden);
        long batch = x.rank() == 3 ? x.dim(batchFirst ? 0 : 1) : -1;
        requireShape(LENGTHS, batch);
        for (int i : new int[] {INITIAL_STATE, INITIAL_CELL}) {
            requireShape(i, batchFirst ? batch : directions(), batchFirst ? directions() : batch, hidden);
        }
        requireShape(PEEPHOLES, directions(), 3 * hidden);
        if (hidden == 0 || op.node().integer("hidden_size", hidden) != hidden) {
            throw op.invalid("has weights for " + hidden + " hidden units, but hidden_size is "
                    + op.node().integer("hidden_size", hidden));
        }
        if (x.dims() != null && x.dims().contains(0L)) {
            throw op.unsupported("its input is empty");
        }
        for (long length : op.integers(LENGTHS).orElse(new long[0])) {
            if (length < 0 || length() >= 0 && length > length()) {
                throw op.invalid("has a sequence of " + length + " steps among those of " + length());
            }
        }
    }

    private void requireShape(int input, long... sizes) {
        Shape shape = op.has(input) ? op.shape(input) : Shape.unknown();
        boolean fits = shape.dims() == null || shape.rank() == sizes.length;
        for (int i = 0; fits && shape.dims() != null && i < sizes.length; i++) {
            fits = sizes[i] < 0 || shape.dim(i) < 0 || sizes[i] == shape.dim(i);
        }
        if (!fits) {
            throw op.invalid("has an input " + input + " of shape " + shape + ", which should be " + Shape.of(sizes));
        }
    }

    ImportedOp op() {
        return op;
    }

    /** Number of directions. */
    int directions() {
        return direction.equals("bidirectional") ? 2 : 1;
    }

    /** Number of elements of a state. */
    long hidden() {
        return hidden;
    }

    /** Number of matrices in the weights. */
    int gates() {
        return gates;
    }

    /** Number of steps, −1 if that is not known. */
    long length() {
        return op.shape(INPUT).rank() == 3 ? op.shape(INPUT).dim(batchFirst ? 1 : 0) : -1;
    }

    /** Whether batches come before steps. */
    boolean isBatchFirst() {
        return batchFirst;
    }

    /** Numbers of steps, empty where all sequences have all of them. */
    Optional<SDVariable> lengths() {
        return op.has(LENGTHS) ? Optional.of(op.in(LENGTHS)) : Optional.empty();
    }

    boolean hasBias() {
        return op.has(BIAS);
    }

    /** Whether the weights of the state before are known to be zeros. */
    boolean isWithoutRecurrentWeights() {
        return op.constant(RECURRENT_WEIGHTS)
                .filter(array -> array.amaxNumber().doubleValue() == 0)
                .isPresent();
    }

    /** The format that is computed in: ND4J's recurrent ops lose much in 16 bits. */
    DataType type() {
        return op.type(INPUT) == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    }

    private SDVariable compute(SDVariable variable) {
        return variable.dataType() == type() ? variable : variable.castTo(type());
    }

    /** Weights of the input, given as [gate, hidden, input] to {@code form}. */
    SDVariable weights(int index, WeightForm form) {
        return parameters(WEIGHTS, index, form, gates, hidden, -1);
    }

    /** Weights of the state before, given as [gate, hidden, hidden] to {@code form}. */
    SDVariable recurrentWeights(int index, WeightForm form) {
        return parameters(RECURRENT_WEIGHTS, index, form, gates, hidden, hidden);
    }

    /** Weights of the state before and biases, given as [gate, hidden, hidden] and [2, gate, hidden] to {@code form}. */
    SDVariable recurrentWeightsAndBias(int index, WeightForm form) {
        return WeightForm.of(
                op,
                (bench, in) -> form.of(
                        bench,
                        part(bench, in[0], index, gates, hidden, hidden),
                        part(bench, in[1], index, 2, gates, hidden)),
                RECURRENT_WEIGHTS,
                BIAS);
    }

    /** Biases of the input and of the state before, given as [2, gate, hidden] to {@code form}. */
    SDVariable bias(int index, WeightForm form) {
        return parameters(BIAS, index, form, 2, gates, hidden);
    }

    /** Weights of the cell in the gates, given as [3, hidden] to {@code form}. */
    SDVariable peepholes(int index, WeightForm form) {
        return parameters(PEEPHOLES, index, form, 3, hidden);
    }

    private SDVariable parameters(int input, int index, WeightForm form, long... dims) {
        return WeightForm.of(op, (bench, in) -> form.of(bench, part(bench, in[0], index, dims)), input);
    }

    private SDVariable part(WeightForm.Bench bench, SDVariable array, int index, long... dims) {
        return bench.graph().reshape(bench.element(compute(array), index), dims);
    }

    /** What a direction reads: [steps, batch, input]. */
    SDVariable steps(int index) {
        return turned(steps, index);
    }

    /** What a direction starts from: [batch, hidden], zeros where the model has no {@code input} for it. */
    SDVariable initial(int input, int index) {
        if (!op.has(input)) {
            return filled(0, hidden);
        }
        return WeightForm.of(
                op,
                (bench, in) -> bench.element(
                        batchFirst ? bench.graph().permute(compute(in[0]), 1, 0, 2) : compute(in[0]), index),
                input);
    }

    /** A number for each element of the batch: [batch, {@code width}]. */
    SDVariable filled(double value, long width) {
        long batch = op.shape(INPUT).rank() == 3 ? op.shape(INPUT).dim(batchFirst ? 0 : 1) : -1;
        if (batch >= 0) {
            return op.constant(Nd4j.valueArrayOf(new long[] {batch, width}, value, type()));
        }
        SDVariable size = op.graph().gather(op.sizes(steps), op.vector(1), 0);
        return op.graph().fill(op.graph().concat(0, size, op.vector(width)), type(), value);
    }

    private boolean isReverse(int index) {
        return index == 1 || direction.equals("reverse");
    }

    /** A sequence in the order in which a direction reads, or one in that order as it was. */
    SDVariable turned(SDVariable sequence, int index) {
        if (!isReverse(index)) {
            return sequence;
        }
        return op.has(LENGTHS)
                ? op.graph().reverseSequence(sequence, op.in(LENGTHS), 0, 1)
                : new Reverse(op.graph(), sequence, 0).outputVariable();
    }

    /** The names of the functions that all directions apply; {@code standard} for each where the model names none. */
    List<String> activations(String... standard) {
        List<String> named = op.node().texts("activations").orElse(List.of());
        List<String> all = new ArrayList<>(named);
        for (int i = 0; named.isEmpty() && i < directions(); i++) {
            all.addAll(List.of(standard));
        }
        if (all.size() != directions() * standard.length) {
            throw op.invalid("has " + all.size() + " activations instead of " + directions() * standard.length);
        }
        return all;
    }

    /** Whether all directions apply these functions. */
    boolean applies(String... standard) {
        List<String> all = activations(standard);
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).equalsIgnoreCase(standard[i % standard.length])) {
                return false;
            }
        }
        return true;
    }
}
