package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.Enter;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.rewrite.RewriteReport;

/**
 * A graph and its deploy form. Making one checks what must hold for every graph: the outputs agree, the original is as it was,
 * a second pass finds nothing to do, and saving and loading changes no bit.
 */
final class Deployment {
    private final SameDiff graph;
    private final RepResult<SameDiff> result;

    private Deployment(SameDiff graph, RepResult<SameDiff> result) {
        this.graph = graph;
        this.result = result;
    }

    static Deployment of(SameDiff train, Map<String, INDArray> inputs, String... outputs) {
        Map<String, INDArray> expected = train.output(inputs, outputs);
        List<String> before = describe(train);
        RepResult<SameDiff> result = RepPass.standard().apply(train, outputs);
        SameDiff deployed = result.graph();
        assertThat(deployed).isNotSameAs(train);
        assertThat(describe(train)).as("the original").isEqualTo(before);
        Map<String, INDArray> actual = deployed.output(inputs, outputs);
        expected.forEach(
                (output, array) -> assertThat(actual).hasEntrySatisfying(output, a -> assertClose(output, array, a)));
        for (String output : outputs) {
            assertThat(deployed.getVariable(output).dataType())
                    .isEqualTo(train.getVariable(output).dataType());
        }
        assertThat(train.output(inputs, outputs)).as("the original still runs").isEqualTo(expected);
        assertConsistent(deployed);
        RepResult<SameDiff> again = RepPass.standard().apply(deployed, outputs);
        assertThat(again.report().rewrites()).as("second pass").isEmpty();
        assertThat(describe(again.graph())).isEqualTo(describe(deployed));
        assertThat(reloaded(deployed).output(inputs, outputs))
                .as("saved and loaded")
                .isEqualTo(actual);
        return new Deployment(deployed, result);
    }

    private static void assertClose(String name, INDArray expected, INDArray actual) {
        assertThat(actual.shape()).as("shape of " + name).isEqualTo(expected.shape());
        assertThat(actual.dataType()).isEqualTo(expected.dataType());
        double tolerance = expected.dataType() == DataType.DOUBLE ? 1e-10 : 1e-5;
        double largest = expected.castTo(DataType.DOUBLE).amaxNumber().doubleValue();
        double difference = expected.castTo(DataType.DOUBLE)
                .sub(actual.castTo(DataType.DOUBLE))
                .amaxNumber()
                .doubleValue();
        assertThat(largest).as("size of " + name).isPositive();
        assertThat(difference / largest).as("relative difference of " + name).isCloseTo(0, within(tolerance));
    }

    /** Each list that leads from ops to variables has its counterpart in the other direction. */
    private static void assertConsistent(SameDiff graph) {
        Map<String, List<String>> readers = new LinkedHashMap<>();
        for (SameDiffOp op : graph.getOps().values()) {
            assertThat(op.getOp().getOwnName()).isEqualTo(op.getName());
            assertThat(graph.getVariables().keySet())
                    .containsAll(NativeOp.orEmpty(op.getInputsToOp()))
                    .containsAll(op.getOutputsOfOp());
            op.getOutputsOfOp()
                    .forEach(o -> assertThat(graph.getVariables())
                            .hasEntrySatisfying(
                                    o, v -> assertThat(v.getOutputOfOp()).isEqualTo(op.getName())));
            NativeOp.orEmpty(op.getInputsToOp()).stream()
                    .distinct()
                    .forEach(i ->
                            readers.computeIfAbsent(i, n -> new ArrayList<>()).add(op.getName()));
        }
        for (Variable variable : graph.getVariables().values()) {
            assertThat(NativeOp.orEmpty(variable.getInputsForOp()))
                    .as("readers of " + variable.getName())
                    .containsExactlyInAnyOrderElementsOf(readers.getOrDefault(variable.getName(), List.of()));
            if (variable.getOutputOfOp() != null) {
                assertThat(graph.getOps()).containsKey(variable.getOutputOfOp());
            }
        }
    }

    static SameDiff reloaded(SameDiff graph) {
        try {
            File file = Files.createTempFile("deployed", ".fb").toFile();
            graph.save(file, false);
            SameDiff loaded = SameDiff.load(file, false);
            Files.delete(file.toPath());
            return loaded;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ops, arguments, wiring, arrays. */
    static List<String> describe(SameDiff graph) {
        List<String> lines = new ArrayList<>();
        for (SameDiffOp op : graph.getOps().values()) {
            String arguments = op.getOp() instanceof CustomOp custom
                            && !(op.getOp() instanceof Enter) // numbers frames anew in each copy
                    ? Arrays.toString(custom.iArgs()) + Arrays.toString(custom.tArgs())
                    : "";
            lines.add(op.getOutputsOfOp() + " = " + op.getOp().opName() + op.getInputsToOp() + arguments + " # "
                    + op.getName() + " " + op.getControlDeps() + op.getVarControlDeps());
        }
        for (Variable variable : graph.getVariables().values()) {
            VariableType type = variable.getVariable().getVariableType();
            boolean stored = type == VariableType.CONSTANT || type == VariableType.VARIABLE;
            lines.add(type + " " + variable.getName() + " "
                    + variable.getVariable().dataType() + " " + variable.getInputsForOp() + " "
                    + (stored ? graph.getArrForVarName(variable.getName()).toStringFull() : ""));
        }
        lines.add("loss " + graph.getLossVariables() + ", outputs " + graph.outputs() + ", " + graph.isEagerMode());
        return lines;
    }

    /** The deploy form. */
    SameDiff graph() {
        return graph;
    }

    RewriteReport report() {
        return result.report();
    }

    RepResult<SameDiff> result() {
        return result;
    }

    /** What SameDiff calls the ops, in order. */
    List<String> ops() {
        return kinds(graph);
    }

    static List<String> kinds(SameDiff graph) {
        return graph.getOps().values().stream().map(op -> op.getOp().opName()).toList();
    }
}
