package org.rep4j.convert.ops;

import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.GRU;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMBlock;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMWeights;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.convert.ops.RecurrentResults.States;

/**
 * Recurrent layers by the two ops of ND4J that can be trusted with them, {@code lstmBlock} and {@code gru}, for sequences of any
 * length. ({@code lstmLayer} is right too, but files with it cannot be loaded.) Both write beyond their memory where a batch meets a
 * layer of one unit, so that layers are given more.
 */
final class NativeRecurrence {
    /** A bias that makes a sigmoid exactly 1, or exactly 0 if it is negative, in single and in double precision. */
    private static final double SATURATED = 1e4;

    /** ONNX has the gates of an LSTM as input, output, forget, cell; ND4J as input, cell, forget, output. */
    private static final long[] LSTM_ORDER = {0, 3, 2, 1};

    /** ONNX has the gates of a GRU as update, reset, hidden; ND4J as reset, update, hidden. */
    private static final long[] GRU_ORDER = {1, 0, 2};

    /** Outputs of {@code lstmBlock}. */
    private static final int CELL = 1;

    private static final int OUTPUT_GATE = 3;
    private static final int STATE = 6;

    private static final int RESET = 0;
    private static final int UPDATE = 1;
    private static final int HIDDEN = 2;

    private final RecurrentLayer layer;
    private final SameDiff graph;
    private final long hidden;

    NativeRecurrence(RecurrentLayer layer) {
        this.layer = layer;
        this.graph = layer.op().graph();
        this.hidden = layer.hidden();
    }

    /** A direction of an LSTM with its usual functions. */
    States lstm(int index) {
        SDVariable[] results = block(index);
        return new States(kept(results[STATE], extra()), kept(results[CELL], extra()));
    }

    /** A direction of an LSTM that does not read its states, which are its cells, let through by the output gate. */
    States shownCells(int index) {
        SDVariable[] results = block(index);
        SDVariable cells = kept(results[CELL], extra());
        return new States(kept(results[OUTPUT_GATE], extra()).mul(cells), cells);
    }

    private long extra() {
        return hidden == 1 ? 1 : 0;
    }

    /** What {@code lstmBlock} makes: [steps, batch, hidden] each. */
    private SDVariable[] block(int index) {
        long extra = extra();
        long units = hidden + extra;
        SDVariable input = layer.weights(index, (bench, w) -> columns(bench, ordered(bench, w[0], extra, 0), units));
        SDVariable state =
                layer.recurrentWeights(index, (bench, r) -> columns(bench, ordered(bench, r[0], extra, extra), units));
        boolean peeps = layer.op().has(RecurrentLayer.PEEPHOLES);
        LSTMWeights weights = LSTMWeights.builder()
                .weights(joined(input, state))
                .inputPeepholeWeights(peephole(peeps, index, 0, extra))
                .outputPeepholeWeights(peephole(peeps, index, 1, extra))
                .forgetPeepholeWeights(peephole(peeps, index, 2, extra))
                .bias(
                        layer.hasBias()
                                ? layer.bias(index, (bench, b) -> flat(bench, ordered(bench, b[0].sum(0), extra)))
                                : zeros(4 * units))
                .build();
        SDVariable anyLength = layer.op().constant(Nd4j.scalar(Long.MAX_VALUE)); // which the op does not look at
        // The constructor takes the first two inputs, and adds them, in the other order.
        return new LSTMBlock(
                        graph,
                        layer.steps(index),
                        anyLength,
                        started(RecurrentLayer.INITIAL_CELL, index, extra),
                        started(RecurrentLayer.INITIAL_STATE, index, extra),
                        weights,
                        LSTMConfiguration.builder().peepHole(peeps).build())
                .outputVariables();
    }

    private SDVariable joined(SDVariable input, SDVariable state) {
        return input.isConstant() && state.isConstant()
                ? layer.op().constant(Nd4j.concat(0, input.getArr(), state.getArr()))
                : graph.concat(0, input, state);
    }

    private SDVariable peephole(boolean peeps, int index, int gate, long extra) {
        return peeps
                ? layer.peepholes(index, (bench, p) -> bench.grown(bench.element(p[0], gate), 0, extra))
                : zeros(hidden + extra);
    }

    private SDVariable zeros(long count) {
        return layer.op().constant(Nd4j.zeros(layer.type(), count));
    }

    private SDVariable started(int input, int index, long extra) {
        SDVariable initial = layer.initial(input, index);
        return extra == 0 ? initial : graph.concat(1, initial, layer.filled(0, extra));
    }

    private static SDVariable ordered(WeightForm.Bench bench, SDVariable matrices, long rows, long columns) {
        return bench.grown(bench.elements(matrices, LSTM_ORDER), 0, 0, 0, rows, 0, columns);
    }

    private static SDVariable ordered(WeightForm.Bench bench, SDVariable vectors, long extra) {
        return bench.grown(bench.elements(vectors, LSTM_ORDER), 0, 0, 0, extra);
    }

    /** Matrices [gate, unit, from] as one, [from, gate and unit]. */
    private SDVariable columns(WeightForm.Bench bench, SDVariable matrices, long units) {
        SDVariable permuted = bench.graph().permute(matrices, 2, 0, 1);
        return bench.graph().reshape(permuted, -1, layer.gates() * units);
    }

    private static SDVariable flat(WeightForm.Bench bench, SDVariable array) {
        return bench.graph().reshape(array, -1);
    }

    private SDVariable kept(SDVariable states, long extra) {
        if (extra == 0) {
            return states;
        }
        return graph.gather(
                states, layer.op().vector(LongStream.range(0, hidden).toArray()), 2);
    }

    /**
     * A direction of a GRU with its usual functions that resets behind the matrix. ND4J knows no bias of its own there: a unit more,
     * whose state is always 1, lets the matrix have it.
     */
    States gru(int index) {
        SDVariable input = layer.weights(
                index,
                (bench, w) ->
                        columns(bench, bench.grown(bench.elements(w[0], GRU_ORDER), 0, 0, 0, 1, 0, 0), hidden + 1));
        WeightForm square = (bench, in) -> {
            SDVariable all = bench.grown(bench.elements(in[0], GRU_ORDER), 0, 0, 0, 1, 0, 1);
            if (in.length > 1) {
                SDVariable reset = bench.element(bench.element(in[1], 1), HIDDEN);
                SDVariable column = bench.graph().reshape(reset, 1, hidden, 1);
                all = all.add(bench.grown(column, HIDDEN, 0, 0, 1, hidden, 0));
            }
            return columns(bench, all, hidden + 1);
        };
        SDVariable state =
                layer.hasBias() ? layer.recurrentWeightsAndBias(index, square) : layer.recurrentWeights(index, square);
        INDArray held = saturations();
        SDVariable bias = layer.hasBias()
                ? layer.bias(index, (bench, b) -> {
                    INDArray outside = Nd4j.createFromArray(new double[][][] {{{1}, {1}, {1}}, {{1}, {1}, {0}}});
                    SDVariable mask = bench.constants().apply(outside.castTo(layer.type()));
                    SDVariable sum = bench.elements(b[0].mul(mask).sum(0), GRU_ORDER);
                    return flat(
                            bench,
                            bench.grown(sum, 0, 0, 0, 1).add(bench.constants().apply(held)));
                })
                : layer.op().constant(held.reshape(held.length()));
        return run(index, input, state, bias);
    }

    /** A direction of an RNN whose function is tanh: a GRU that neither resets nor keeps. */
    States rnn(int index) {
        SDVariable input = layer.weights(
                index,
                (bench, w) -> bench.graph()
                        .permute(
                                bench.graph().reshape(bench.grown(w[0], HIDDEN, 0, 0, 1, 0, 0), 3 * (hidden + 1), -1),
                                1,
                                0));
        SDVariable state = layer.recurrentWeights(
                index,
                (bench, r) -> bench.graph()
                        .permute(
                                bench.graph().reshape(bench.grown(r[0], HIDDEN, 0, 0, 1, 0, 1), 3 * (hidden + 1), -1),
                                1,
                                0));
        INDArray held = saturations();
        held.get(NDArrayIndex.point(RESET), NDArrayIndex.all()).assign(SATURATED);
        held.get(NDArrayIndex.point(UPDATE), NDArrayIndex.interval(0, hidden)).assign(-SATURATED);
        SDVariable bias = layer.hasBias()
                ? layer.bias(
                        index,
                        (bench, b) -> flat(
                                bench,
                                bench.grown(b[0].sum(0), HIDDEN, 0, 0, 1)
                                        .add(bench.constants().apply(held))))
                : layer.op().constant(held.reshape(held.length()));
        return run(index, input, state, bias);
    }

    /** Biases [gate, unit] that let the unit that is more keep its state. */
    private INDArray saturations() {
        INDArray biases = Nd4j.zeros(layer.type(), 3, hidden + 1);
        biases.putScalar(UPDATE, hidden, SATURATED);
        return biases;
    }

    private States run(int index, SDVariable input, SDVariable state, SDVariable bias) {
        SDVariable initial = graph.concat(1, layer.initial(RecurrentLayer.INITIAL_STATE, index), layer.filled(1, 1));
        SDVariable states = new GRU(graph, layer.steps(index), initial, input, state, bias).outputVariable();
        return new States(kept(states, 1), null);
    }
}
