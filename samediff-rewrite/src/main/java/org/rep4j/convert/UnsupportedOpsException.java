package org.rep4j.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A model has ops that cannot be converted: all of them are listed. */
public final class UnsupportedOpsException extends RuntimeException {
    /** So many nodes of a kind are named in the message. */
    private static final int NAMED = 3;

    private final transient List<UnsupportedOp> ops;

    /**
     * An op that cannot be converted.
     *
     * @param type the op's type
     * @param node the op's name
     * @param reason half a sentence why this use of the op is in the way; empty if no use of it can be converted
     */
    public record UnsupportedOp(String type, String node, String reason) {}

    /** @param ops at least one */
    public UnsupportedOpsException(List<UnsupportedOp> ops) {
        super(message(ops));
        this.ops = List.copyOf(ops);
    }

    /** The ops, in the order of the model. */
    public List<UnsupportedOp> ops() {
        return ops;
    }

    private static String message(List<UnsupportedOp> ops) {
        Map<String, List<UnsupportedOp>> kinds = ops.stream()
                .collect(Collectors.groupingBy(
                        op -> op.reason().isEmpty() ? op.type() : op.type() + " (" + op.reason() + ")",
                        LinkedHashMap::new,
                        Collectors.toList()));
        return (ops.size() == 1 ? "1 op" : ops.size() + " ops") + " cannot be converted: "
                + kinds.entrySet().stream()
                        .map(kind -> kind.getValue().size() + " x " + kind.getKey() + ": " + nodes(kind.getValue()))
                        .collect(Collectors.joining("; "));
    }

    private static String nodes(List<UnsupportedOp> ops) {
        String named = ops.stream().limit(NAMED).map(UnsupportedOp::node).collect(Collectors.joining(", "));
        return ops.size() > NAMED ? named + ", ..." : named;
    }
}
