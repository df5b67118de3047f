package org.rep4j.onnx;

import java.util.List;
import java.util.Map;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/** The shapes of what recurrent layers write: all hidden states, the last one, and the last cell state of an LSTM. */
final class RecurrentShapes {
    static final Map<String, ShapeInference> OPS = Map.of(
            "RNN", call -> outputs(call, 1),
            "GRU", call -> outputs(call, 3),
            "LSTM", call -> outputs(call, 4));

    private RecurrentShapes() {}

    /** @param gates how many matrices the weights have on top of each other */
    private static List<Shape> outputs(ShapeCall call, int gates) throws Unfoldable {
        Shape input = ofRank3(call, 0);
        Shape weights = ofRank3(call, 1);
        Shape recurrence = ofRank3(call, 2);
        long directions = call.attributes().text("direction", "forward").equals("bidirectional") ? 2 : 1;
        Dims.same(weights.dim(0), directions, "its weights are for %d directions but it has %d");
        Dims.same(recurrence.dim(0), directions, "its recurrent weights are for %d directions but it has %d");
        Dims.same(input.dim(2), weights.dim(2), "its input has %d features but its weights want %d");
        long named =
                call.attributes().has("hidden_size") ? call.attributes().integer("hidden_size", 0) : Shape.UNKNOWN_DIM;
        long hidden =
                Dims.same(recurrence.dim(2), named, "its weights have %d hidden features but its hidden_size is %d");
        if (hidden >= 0) {
            Dims.same(weights.dim(1), Dims.times(hidden, gates), "its weights have %d rows but want %d");
            Dims.same(recurrence.dim(1), Dims.times(hidden, gates), "its recurrent weights have %d rows but want %d");
            Dims.same(call.shape(3).dim(1), Dims.times(hidden, 2L * gates), "its bias has %d elements but wants %d");
        }
        boolean batchFirst = call.attributes().integer("layout", 0) != 0;
        long batch = input.dim(batchFirst ? 0 : 1);
        long steps = input.dim(batchFirst ? 1 : 0);
        Shape all =
                batchFirst ? Shape.of(batch, steps, directions, hidden) : Shape.of(steps, directions, batch, hidden);
        Shape last = batchFirst ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden);
        return List.of(all, last, last);
    }

    private static Shape ofRank3(ShapeCall call, int input) throws Contradiction {
        Shape shape = call.required(input);
        if (shape.rank() >= 0 && shape.rank() != 3) {
            throw new Contradiction("its input " + input + " has the shape " + shape + ", not of rank 3");
        }
        return shape;
    }
}
