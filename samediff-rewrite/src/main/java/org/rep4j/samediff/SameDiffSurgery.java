package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.InvalidGraphException;

/**
 * Takes ops out of a SameDiff graph and puts others in. Ops know their inputs by name, so an op that writes a variable can be
 * replaced without touching those that read it. The lists that lead from variables to their readers are made anew at the end.
 */
public final class SameDiffSurgery {
    private final SameDiff graph;

    /** @param graph what is changed */
    public SameDiffSurgery(SameDiff graph) {
        this.graph = graph;
        graph.setEagerMode(false);
    }

    SameDiff graph() {
        return graph;
    }

    /** The variable of this name. */
    SDVariable variable(String name) {
        return record(name).getVariable();
    }

    private Variable record(String name) {
        return Objects.requireNonNull(graph.getVariables().get(name), name);
    }

    /** Takes an op out; the variables that it wrote wait for another op, or for {@link #finish}. */
    void remove(String op) {
        SameDiffOp removed = Objects.requireNonNull(graph.getOps().remove(op), op);
        NativeOp.orEmpty(removed.getOutputsOfOp()).forEach(o -> record(o).setOutputOfOp(null));
    }

    /** Lets an op read another variable wherever it read {@code old}. */
    void rewire(String op, String old, String replacement) {
        SameDiffOp reader = Objects.requireNonNull(graph.getOps().get(op), op);
        List<String> inputs = new ArrayList<>(NativeOp.orEmpty(reader.getInputsToOp()));
        inputs.replaceAll(i -> i.equals(old) ? replacement : i);
        reader.setInputsToOp(inputs);
    }

    /**
     * Names an op that was just constructed, and its outputs. Where the first output's variable exists, the op writes that.
     * An op is called like its output or like no variable at all, see {@link OpNames}.
     */
    SDVariable[] name(DifferentialFunction op, String output) {
        SameDiffOp entry = Objects.requireNonNull(graph.getOps().remove(op.getOwnName()));
        String name = graph.getOps().containsKey(output) ? freshName(output + "_op") : output;
        op.setOwnName(name);
        entry.setName(name);
        graph.getOps().put(name, entry);
        return op.outputVariables(output);
    }

    /** Stores a parameter under a name derived from {@code base}. */
    SDVariable parameter(String base, INDArray array, boolean trainable) {
        String name = freshName(base);
        return trainable ? graph.var(name, array) : graph.constant(name, array);
    }

    /** {@code base}, or {@code base} with a number behind it: a name that neither op nor variable has. */
    String freshName(String base) {
        return OpNames.fresh(graph, base);
    }

    /**
     * Removes whatever is not needed, and brings the rest in order.
     *
     * @param roots names of the variables that must stay
     */
    public SameDiff finish(Collection<String> roots) {
        Set<String> ops = Topology.closure(
                roots.stream().map(this::producer).filter(Objects::nonNull).toList(), this::dependencies);
        graph.getOps().keySet().retainAll(ops);
        removeVariables(roots);
        OpNames.untangle(graph);
        List<String> order = Topology.order(List.copyOf(graph.getOps().keySet()), this::dependencies);
        Map<String, SameDiffOp> ordered = new LinkedHashMap<>();
        order.forEach(
                name -> ordered.put(name, Objects.requireNonNull(graph.getOps().get(name))));
        graph.getOps().clear();
        graph.getOps().putAll(ordered);
        relink();
        graph.getSessions().clear();
        return graph;
    }

    private @Nullable String producer(String variable) {
        Variable record = graph.getVariables().get(variable);
        if (record == null) {
            throw new InvalidGraphException("lowering lost the variable " + variable + ", please report this");
        }
        return record.getOutputOfOp();
    }

    private List<String> dependencies(String op) {
        SameDiffOp entry = graph.getOps().get(op);
        if (entry == null) {
            throw new InvalidGraphException("lowering lost the op " + op + ", please report this");
        }
        return Stream.concat(
                        NativeOp.orEmpty(entry.getInputsToOp()).stream().map(this::producer),
                        NativeOp.orEmpty(entry.getControlDeps()).stream())
                .filter(Objects::nonNull)
                .toList();
    }

    private void removeVariables(Collection<String> roots) {
        Set<String> needed = new HashSet<>(roots);
        for (SameDiffOp op : graph.getOps().values()) {
            needed.addAll(NativeOp.orEmpty(op.getInputsToOp()));
            needed.addAll(NativeOp.orEmpty(op.getOutputsOfOp()));
            needed.addAll(NativeOp.orEmpty(op.getVarControlDeps()));
        }
        for (Variable variable : List.copyOf(graph.getVariables().values())) {
            if (variable.getVariable().isPlaceHolder()) {
                needed.add(variable.getName());
            }
        }
        Set<String> kept =
                Topology.closure(needed, v -> NativeOp.orEmpty(record(v).getControlDeps()));
        for (String name : List.copyOf(graph.getVariables().keySet())) {
            if (!kept.contains(name)) {
                graph.getVariables().remove(name);
                graph.getConstantArrays().removeArray(name);
                graph.getVariablesArrays().removeArray(name);
                graph.getEagerArrays().removeArray(name);
            }
        }
    }

    /** Makes the lists of readers anew, in the order of the ops. */
    private void relink() {
        for (Variable variable : graph.getVariables().values()) {
            variable.setInputsForOp(null);
            retain(variable.getControlDepsForOp(), graph.getOps().keySet());
            retain(variable.getControlDepsForVar(), graph.getVariables().keySet());
        }
        for (SameDiffOp op : graph.getOps().values()) {
            retain(op.getControlDepFor(), graph.getOps().keySet());
            for (String input : new HashSet<>(NativeOp.orEmpty(op.getInputsToOp()))) {
                Variable variable = record(input);
                List<String> readers = new ArrayList<>(NativeOp.orEmpty(variable.getInputsForOp()));
                readers.add(op.getName());
                variable.setInputsForOp(readers);
            }
        }
    }

    private static void retain(@Nullable List<String> names, Collection<String> existing) {
        if (names != null) {
            names.removeIf(n -> !existing.contains(n));
        }
    }
}
