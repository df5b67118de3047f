package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.NextIteration;

/**
 * One op of a SameDiff graph, read-only.
 *
 * @param name its own name, unique among the ops
 * @param function the op itself
 * @param inputs names of the variables it reads
 * @param outputs names of the variables it writes
 * @param after names of the ops that must run before it (control dependencies)
 * @param ordered whether it takes part in a control dependency, on either side
 */
public record NativeOp(
        String name,
        DifferentialFunction function,
        List<String> inputs,
        List<String> outputs,
        List<String> after,
        boolean ordered) {

    /** The first integer argument of a reshape that keeps the row-major order of the elements. */
    public static final int C_ORDER = -'c';

    /** Reads an op of a graph. */
    public static NativeOp of(SameDiff graph, SameDiffOp op) {
        List<String> before = new ArrayList<>(orEmpty(op.getControlDeps()));
        List<String> inputs = orEmpty(op.getInputsToOp());
        boolean ordered = !before.isEmpty()
                || !orEmpty(op.getVarControlDeps()).isEmpty()
                || orEmpty(op.getControlDepFor()).stream().anyMatch(graph.getOps()::containsKey);
        return new NativeOp(
                op.getName(),
                op.getOp(),
                List.copyOf(inputs),
                List.copyOf(orEmpty(op.getOutputsOfOp())),
                List.copyOf(before),
                ordered);
    }

    /** SameDiff leaves lists null that would be empty. */
    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    /** What SameDiff calls the op: {@code conv2d}. */
    public String kind() {
        return function.opName();
    }

    /** The only output of an op that has one. */
    public String output() {
        return outputs.get(0);
    }

    /** Number of integer arguments. */
    public int integers() {
        return function instanceof CustomOp custom ? custom.numIArguments() : 0;
    }

    /** All integer arguments; a copy. */
    public long[] arguments() {
        return function instanceof CustomOp custom ? custom.iArgs().clone() : new long[0];
    }

    /** Integer argument {@code index}, or {@code fallback} where the op has fewer. */
    public int integer(int index, int fallback) {
        return index < integers() ? Math.toIntExact(((CustomOp) function).iArgs()[index]) : fallback;
    }

    /** Floating-point argument {@code index}, or {@code fallback} where the op has fewer. */
    public double number(int index, double fallback) {
        return (function instanceof CustomOp custom && index < custom.numTArguments())
                ? custom.tArgs()[index]
                : fallback;
    }

    /** Boolean argument {@code index}, or {@code fallback} where the op has fewer. */
    public boolean flag(int index, boolean fallback) {
        return (function instanceof CustomOp custom && index < custom.numBArguments())
                ? custom.bArgs()[index]
                : fallback;
    }

    /** Whether its output goes back to the start of a while loop. */
    boolean closesLoop() {
        return function instanceof NextIteration;
    }

    /** The op as messages name it. */
    public String label() {
        return name + " (" + kind() + ")";
    }
}
