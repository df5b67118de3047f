package org.rep4j.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Any op that the algebra does not understand. It keeps its place and is never looked into.
 *
 * @param info name, op, native handle
 * @param inputs the values it reads, constants among them
 * @param captured the values that its subgraphs (loop and branch bodies) read from outside
 * @param outputs the values it writes
 * @param reason why an op of a foldable kind was not understood, null for an op of no such kind
 */
public record Opaque(
        NodeInfo info,
        List<Value> inputs,
        List<Value> captured,
        List<Value> outputs,
        @Nullable String reason) implements Node {

    /** Copies the lists. */
    public Opaque {
        inputs = List.copyOf(inputs);
        captured = List.copyOf(captured);
        outputs = List.copyOf(outputs);
    }

    /** Why an op of a foldable kind was not understood. */
    public Optional<String> explanation() {
        return Optional.ofNullable(reason);
    }

    @Override
    public List<Value> reads() {
        if (captured.isEmpty()) {
            return inputs;
        }
        List<Value> all = new ArrayList<>(inputs);
        all.addAll(captured);
        return all;
    }

    @Override
    public Opaque withInput(Value old, Value replacement) {
        List<Value> replaced = new ArrayList<>(inputs);
        Collections.replaceAll(replaced, old, replacement);
        return new Opaque(info, replaced, captured, outputs, reason);
    }
}
