package org.rep4j.samediff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/**
 * Names of ops that survive saving and loading. Where a variable has the name of an op that does not write it, SameDiff takes it
 * for that op's output when it loads the graph.
 */
public final class OpNames {
    private OpNames() {}

    /** {@code base}, or {@code base} with a number behind it: a name that neither op nor variable has. */
    public static String fresh(SameDiff graph, String base) {
        String candidate = base;
        for (int n = 1; graph.hasVariable(candidate) || graph.getOps().containsKey(candidate); n++) {
            candidate = base + "_" + n;
        }
        return candidate;
    }

    /** Gives new names to the ops that are called like a variable which they do not write. */
    public static void untangle(SameDiff graph) {
        List<SameDiffOp> ops = List.copyOf(graph.getOps().values());
        for (SameDiffOp op : ops) {
            String name = op.getName();
            if (graph.hasVariable(name)
                    && !NativeOp.orEmpty(op.getOutputsOfOp()).contains(name)) {
                rename(graph, op, fresh(graph, name + "_op"));
            }
        }
        graph.getOps().clear(); // the new names would stand at the end
        ops.forEach(op -> graph.getOps().put(op.getName(), op));
    }

    private static void rename(SameDiff graph, SameDiffOp op, String name) {
        String old = op.getName();
        graph.getOps().remove(old);
        graph.getOps().put(name, op);
        op.setName(name);
        op.getOp().setOwnName(name);
        for (SameDiffOp other : graph.getOps().values()) {
            replace(other.getControlDeps(), old, name);
            replace(other.getControlDepFor(), old, name);
        }
        for (Variable variable : graph.getVariables().values()) {
            replace(variable.getInputsForOp(), old, name);
            replace(variable.getControlDepsForOp(), old, name);
            if (NativeOp.orEmpty(op.getOutputsOfOp()).contains(variable.getName())) {
                variable.setOutputOfOp(name);
            }
        }
    }

    private static void replace(@Nullable List<String> names, String old, String name) {
        if (names != null) {
            names.replaceAll(n -> n.equals(old) ? name : n);
        }
    }
}
