package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.ops.RecurrentResults.States;

/** Recurrent layers that no op of ND4J computes, step by step: for sequences of a known length that is not too long. */
final class UnrolledRecurrence {
    /** Longest sequence; each step takes about twenty ops. */
    static final long LONGEST = 128;

    private final RecurrentLayer layer;
    private final ImportedOp op;
    private final SameDiff graph;
    private final List<RecurrentFunction> functions;
    private final int functionsOfDirection;
    private final double clip;

    /** @param standard names of the functions of one direction where the model names none */
    UnrolledRecurrence(RecurrentLayer layer, String... standard) throws NotConvertibleException {
        this.layer = layer;
        this.op = layer.op();
        this.graph = op.graph();
        this.functions = RecurrentFunction.of(op, layer.activations(standard));
        this.functionsOfDirection = standard.length;
        this.clip = op.node().number("clip", 0);
        if (layer.length() < 0 || layer.length() > LONGEST) {
            throw op.unsupported("SameDiff has no such " + op.node().type()
                    + ", and its sequences are not known to have " + LONGEST + " steps at most");
        }
    }

    /** What one step makes of the state and the cell before it. */
    @FunctionalInterface
    private interface Step {
        Moment after(Moment before, SDVariable input);
    }

    private record Moment(SDVariable hidden, @Nullable SDVariable cell) {}

    private States run(int index, @Nullable SDVariable cell, Step step) {
        Moment moment = new Moment(layer.initial(RecurrentLayer.INITIAL_STATE, index), cell);
        List<SDVariable> hidden = new ArrayList<>();
        List<SDVariable> cells = new ArrayList<>();
        SDVariable steps = layer.steps(index);
        for (int i = 0; i < layer.length(); i++) {
            SDVariable input = graph.gather(steps, op.constant(Nd4j.scalar((long) i)), 0);
            moment = step.after(moment, input);
            hidden.add(moment.hidden());
            if (moment.cell() != null) {
                cells.add(moment.cell());
            }
        }
        return new States(stacked(hidden), cells.isEmpty() ? null : stacked(cells));
    }

    private SDVariable stacked(List<SDVariable> parts) {
        return graph.stack(0, parts.toArray(SDVariable[]::new));
    }

    private SDVariable applied(int index, int function, SDVariable x) {
        SDVariable bounded = clip > 0 ? graph.math().clipByValue(x, -clip, clip) : x;
        return functions.get(index * functionsOfDirection + function).of(graph, bounded);
    }

    /** The matrix of each gate as [from, hidden]. */
    private SDVariable[] matrices(int index, boolean recurrent) {
        SDVariable[] matrices = new SDVariable[layer.gates()];
        for (int i = 0; i < matrices.length; i++) {
            int gate = i;
            WeightForm form = (bench, w) -> bench.graph().permute(bench.element(w[0], gate), 1, 0);
            matrices[i] = recurrent ? layer.recurrentWeights(index, form) : layer.weights(index, form);
        }
        return matrices;
    }

    /** The bias of each gate, null where there is none: of the input, the state before, or their sum. */
    private @Nullable SDVariable[] biases(int index, int part) {
        SDVariable[] biases = new SDVariable[layer.gates()];
        for (int i = 0; i < biases.length && layer.hasBias(); i++) {
            int gate = i;
            biases[i] = layer.bias(
                    index, (bench, b) -> bench.element(part == SUM ? b[0].sum(0) : bench.element(b[0], part), gate));
        }
        return biases;
    }

    private static final int SUM = 2;

    private static SDVariable plus(SDVariable x, @Nullable SDVariable bias) {
        return bias == null ? x : x.add(bias);
    }

    /** A direction of an RNN. */
    States rnn(int index) {
        SDVariable w = matrices(index, false)[0];
        SDVariable r = matrices(index, true)[0];
        SDVariable b = biases(index, SUM)[0];
        return run(
                index,
                null,
                (before, x) -> new Moment(
                        applied(index, 0, plus(x.mmul(w).add(before.hidden().mmul(r)), b)), null));
    }

    /** A direction of a GRU. */
    States gru(int index, boolean resetsBehindMatrix) {
        SDVariable[] w = matrices(index, false);
        SDVariable[] r = matrices(index, true);
        SDVariable[] wb = biases(index, 0);
        SDVariable[] rb = biases(index, 1);
        return run(index, null, (before, x) -> {
            SDVariable h = before.hidden();
            SDVariable[] z = new SDVariable[2];
            for (int gate = 0; gate < z.length; gate++) {
                SDVariable sum = plus(plus(x.mmul(w[gate]), wb[gate]).add(h.mmul(r[gate])), rb[gate]);
                z[gate] = applied(index, 0, sum);
            }
            SDVariable reset = resetsBehindMatrix
                    ? z[1].mul(plus(h.mmul(r[2]), rb[2]))
                    : plus(z[1].mul(h).mmul(r[2]), rb[2]);
            SDVariable next = applied(index, 1, plus(x.mmul(w[2]), wb[2]).add(reset));
            return new Moment(z[0].mul(h).add(z[0].rsub(1).mul(next)), null);
        });
    }

    /** A direction of an LSTM. */
    States lstm(int index, boolean couplesInputAndForget) {
        SDVariable[] w = matrices(index, false);
        SDVariable[] r = matrices(index, true);
        SDVariable[] b = biases(index, SUM);
        SDVariable[] p = new SDVariable[3];
        for (int i = 0; i < p.length && op.has(RecurrentLayer.PEEPHOLES); i++) {
            int gate = i;
            p[i] = layer.peepholes(index, (bench, all) -> bench.element(all[0], gate));
        }
        return run(index, layer.initial(RecurrentLayer.INITIAL_CELL, index), (before, x) -> {
            SDVariable cell = Objects.requireNonNull(before.cell());
            SDVariable[] z = new SDVariable[4];
            for (int gate = 0; gate < z.length; gate++) {
                z[gate] = plus(x.mmul(w[gate]).add(before.hidden().mmul(r[gate])), b[gate]);
            }
            SDVariable input = applied(index, 0, peeped(z[0], p[0], cell));
            SDVariable forget = couplesInputAndForget ? input.rsub(1) : applied(index, 0, peeped(z[2], p[2], cell));
            SDVariable next = forget.mul(cell).add(input.mul(applied(index, 1, z[3])));
            SDVariable output = applied(index, 0, peeped(z[1], p[1], next));
            return new Moment(
                    output.mul(functions.get(index * functionsOfDirection + 2).of(graph, next)), next);
        });
    }

    private static SDVariable peeped(SDVariable z, @Nullable SDVariable peephole, SDVariable cell) {
        return peephole == null ? z : z.add(cell.mul(peephole));
    }
}
