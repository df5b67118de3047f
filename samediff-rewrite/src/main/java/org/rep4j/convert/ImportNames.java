package org.rep4j.convert;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.rep4j.samediff.OpNames;

/**
 * Names in a graph that is made from a model: variables are called like the values that they hold, what lies between them after the
 * value that it leads to, and each op like the first variable that it writes.
 */
final class ImportNames {
    private final SameDiff graph;
    private final Set<String> settled = new HashSet<>();

    ImportNames(SameDiff graph) {
        this.graph = graph;
    }

    /** {@code base}, or {@code base} with a number behind it: a name that nothing has. */
    String fresh(String base) {
        return OpNames.fresh(graph, base);
    }

    /** Whether a variable is written by an op that is not {@linkplain #settle settled} yet. */
    boolean isNew(SDVariable variable) {
        String writer = record(variable.name()).getOutputOfOp();
        return writer != null && !settled.contains(writer);
    }

    /** Whether a variable is all that its op writes. */
    boolean isOnlyOutput(SDVariable variable) {
        String writer = record(variable.name()).getOutputOfOp();
        return writer != null && outputs(op(writer)).size() == 1;
    }

    /** Whether an op reads a variable. */
    boolean isRead(SDVariable variable) {
        return !orEmpty(record(variable.name()).getInputsForOp()).isEmpty();
    }

    /** Lets somebody else have the name of a variable. */
    void moveAside(String variable) {
        String aside = fresh(variable + "/value");
        graph.renameVariable(variable, aside);
        String writer = record(aside).getOutputOfOp();
        if (writer != null && writer.equals(opName(variable))) {
            rename(op(writer), opName(aside));
        }
    }

    /** Names all new ops that lead to {@code results}, which have their names, and what they write. */
    void settle(String base, Collection<SDVariable> results) {
        Deque<String> open = new ArrayDeque<>();
        Set<String> named = new HashSet<>();
        for (SDVariable result : results) {
            named.add(result.name());
            push(result.name(), open);
        }
        while (!open.isEmpty()) {
            String name = open.pop();
            if (settled.contains(name) || !graph.getOps().containsKey(name)) {
                continue; // on the way twice, and named when it was met first
            }
            SameDiffOp op = op(name);
            for (String output : List.copyOf(outputs(op))) {
                if (!named.contains(output)) {
                    String inner = fresh(base + "/" + op.getOp().opName());
                    graph.renameVariable(output, inner);
                    named.add(inner);
                }
            }
            String first = opName(outputs(op).get(0));
            rename(op, graph.getOps().containsKey(first) ? fresh(first + "_op") : first);
            settled.add(op.getName());
            orEmpty(op.getInputsToOp()).forEach(input -> push(input, open));
        }
    }

    private void push(String variable, Deque<String> open) {
        String writer = record(variable).getOutputOfOp();
        if (writer != null && !settled.contains(writer)) {
            open.push(writer);
        }
    }

    /** What an op is called that writes a variable: SameDiff does not find those that end like "y:1". */
    private static String opName(String variable) {
        return variable.replace(':', '_');
    }

    private void rename(SameDiffOp op, String name) {
        String old = op.getName();
        if (old.equals(name)) {
            return;
        }
        boolean done = settled.remove(old);
        graph.getOps().remove(old);
        op.setName(name);
        op.getOp().setOwnName(name);
        graph.getOps().put(name, op);
        for (String input : new HashSet<>(orEmpty(op.getInputsToOp()))) {
            List<String> readers = record(input).getInputsForOp();
            if (readers != null) {
                readers.replaceAll(r -> r.equals(old) ? name : r);
            }
        }
        outputs(op).forEach(output -> record(output).setOutputOfOp(name));
        if (done) {
            settled.add(name);
        }
    }

    private SameDiffOp op(String name) {
        return Objects.requireNonNull(graph.getOps().get(name), name);
    }

    private Variable record(String name) {
        Map<String, Variable> variables = graph.getVariables();
        return Objects.requireNonNull(variables.get(name), name);
    }

    private static List<String> outputs(SameDiffOp op) {
        return orEmpty(op.getOutputsOfOp());
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }
}
