package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * What becomes of the states that a recurrent layer goes through. Its directions compute them for all steps; what lies behind the end
 * of a shorter sequence is left out here, since no state depends on later ones.
 */
final class RecurrentResults {
    private final RecurrentLayer layer;
    private final ImportedOp op;
    private final SameDiff graph;
    private final Optional<SDVariable> lengths;

    private RecurrentResults(RecurrentLayer layer) {
        this.layer = layer;
        this.op = layer.op();
        this.graph = op.graph();
        this.lengths = layer.lengths();
    }

    /**
     * States of one direction, each [steps, batch, hidden], in the order in which it reads.
     *
     * @param hidden what is handed on
     * @param cells of an LSTM
     */
    record States(SDVariable hidden, @Nullable SDVariable cells) {}

    /** Computes the states of one direction. */
    @FunctionalInterface
    interface Direction {
        /** The states of direction {@code index}. */
        States states(int index) throws NotConvertibleException;
    }

    /** The outputs of an op: states of all steps, then last states and last cells. */
    static List<SDVariable> of(RecurrentLayer layer, Direction compute) throws NotConvertibleException {
        return new RecurrentResults(layer).outputs(compute);
    }

    private List<SDVariable> outputs(Direction compute) throws NotConvertibleException {
        List<States> states = new ArrayList<>();
        for (int i = 0; i < layer.directions(); i++) {
            states.add(compute.states(i));
        }
        List<SDVariable> outputs = new ArrayList<>();
        outputs.add(op.wants(0) ? sequence(states) : op.in(0));
        outputs.add(op.wants(1) ? last(states.stream().map(States::hidden).toList()) : op.in(0));
        if (op.wants(2)) {
            outputs.add(last(states.stream().map(States::cells).toList()));
        }
        return outputs;
    }

    private SDVariable sequence(List<States> states) {
        List<SDVariable> sequences = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            SDVariable hidden = states.get(i).hidden();
            sequences.add(layer.turned(lengths.isPresent() ? within(hidden, mask(hidden, 0)) : hidden, i));
        }
        SDVariable all = stacked(1, sequences);
        return declared(layer.isBatchFirst() ? graph.permute(all, 2, 0, 1, 3) : all);
    }

    private SDVariable last(List<SDVariable> sequences) {
        List<SDVariable> states = sequences.stream().map(this::last).toList();
        return declared(stacked(layer.isBatchFirst() ? 1 : 0, states));
    }

    private SDVariable last(SDVariable sequence) {
        if (lengths.isPresent()) {
            return within(sequence, mask(sequence, 0).sub(mask(sequence, 1))).sum(0);
        }
        SDVariable end = layer.length() >= 0
                ? op.constant(Nd4j.scalar(layer.length() - 1))
                : graph.sizeAt(sequence, 0).sub(op.constant(Nd4j.scalar(1L)));
        return graph.gather(sequence, end, 0);
    }

    private SDVariable stacked(int axis, List<SDVariable> parts) {
        return parts.size() == 1
                ? graph.expandDims(parts.get(0), axis)
                : graph.stack(axis, parts.toArray(SDVariable[]::new));
    }

    private SDVariable declared(SDVariable result) {
        DataType type = op.type(0);
        return result.dataType() == type ? result : result.castTo(type);
    }

    /** The states where {@code mask} is 1, else zeros, whatever became of the steps behind the end. */
    private SDVariable within(SDVariable sequence, SDVariable mask) {
        SDVariable all = mask.mul(op.constant(Nd4j.ones(layer.type(), 1, 1, layer.hidden())));
        return graph.where(sequence, all, all.castTo(DataType.BOOL));
    }

    /** 1 for each step that is not among the last {@code without} of its sequence or behind its end, else 0: [steps, batch, 1]. */
    private SDVariable mask(SDVariable sequence, long without) {
        SDVariable end = lengths.orElseThrow().castTo(DataType.LONG);
        if (without > 0) {
            end = end.sub(op.scalar(without, DataType.LONG));
        }
        // Not sequence_mask, which forgets all steps where the longest sequence has as many as there are.
        SDVariable count = graph.sizeAt(sequence, 0);
        SDVariable numbers =
                graph.range(op.scalar(0, DataType.LONG), count, op.scalar(1, DataType.LONG), DataType.LONG);
        // Of two axes both: less writes the wrong shape where one side is a single element of more axes than the other.
        SDVariable within = graph.lt(graph.expandDims(numbers, 1), graph.expandDims(end, 0));
        return graph.expandDims(within.castTo(layer.type()), 2);
    }
}
