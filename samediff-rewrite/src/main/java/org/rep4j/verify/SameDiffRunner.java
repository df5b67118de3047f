package org.rep4j.verify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.Shape;

/** Runs a SameDiff graph in ND4J. */
public final class SameDiffRunner implements ModelRunner {
    private final SameDiff graph;
    private final List<String> outputs;
    private final List<InputSpec> inputs;

    private SameDiffRunner(SameDiff graph, List<String> outputs) {
        this.graph = graph;
        this.outputs = List.copyOf(outputs);
        this.inputs = graph.inputs().stream()
                .map(name -> spec(graph.getVariable(name)))
                .toList();
    }

    /**
     * A runner for some variables of a graph.
     *
     * @param outputs names of the variables to compute
     * @throws VerificationException if a placeholder is none that can be made up
     */
    public static SameDiffRunner of(SameDiff graph, List<String> outputs) {
        return new SameDiffRunner(graph, outputs);
    }

    /**
     * Names of a graph's outputs: those that it declares, or else what its ops compute and none of them reads. Files do not keep what
     * a graph declares. What an op writes beside something that is read is a by-product and no output.
     */
    public static List<String> outputsOf(SameDiff graph) {
        List<String> declared = graph.outputs();
        if (declared != null && !declared.isEmpty()) {
            return List.copyOf(declared);
        }
        return graph.getVariables().values().stream()
                .filter(v -> v.getVariable().getVariableType() == VariableType.ARRAY)
                .filter(v -> !isRead(v, graph) && !isByProduct(v, graph))
                .map(Variable::getName)
                .toList();
    }

    private static boolean isRead(Variable variable, SameDiff graph) {
        List<String> readers = variable.getInputsForOp();
        return readers != null && readers.stream().anyMatch(graph.getOps()::containsKey);
    }

    private static boolean isByProduct(Variable variable, SameDiff graph) {
        SameDiffOp writer =
                variable.getOutputOfOp() == null ? null : graph.getOps().get(variable.getOutputOfOp());
        return writer != null
                && writer.getOutputsOfOp().stream()
                        .map(graph.getVariables()::get)
                        .anyMatch(v -> v != null && isRead(v, graph));
    }

    private static InputSpec spec(SDVariable placeholder) {
        long[] shape = placeholder.placeholderShape();
        return InputSpec.of(
                placeholder.name(),
                TensorArrays.type(placeholder.name(), placeholder.dataType()),
                shape == null ? Shape.unknown() : Shape.of(shape));
    }

    @Override
    public List<InputSpec> inputs() {
        return inputs;
    }

    @Override
    public List<String> outputs() {
        return outputs;
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> feeds) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        compute(feeds).forEach((name, array) -> tensors.put(name, TensorArrays.tensor(name, array)));
        return tensors;
    }

    @Override
    public Map<String, Shape> outputShapes(Map<String, Tensor> feeds) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        compute(feeds).forEach((name, array) -> shapes.put(name, Shape.of(array.shape())));
        return shapes;
    }

    private Map<String, INDArray> compute(Map<String, Tensor> feeds) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        feeds.forEach((name, tensor) -> arrays.put(name, TensorArrays.array(tensor)));
        try {
            Map<String, INDArray> computed = graph.output(arrays, outputs);
            Map<String, INDArray> ordered = new LinkedHashMap<>();
            outputs.forEach(name -> ordered.put(name, computed.get(name)));
            return ordered;
        } catch (RuntimeException e) { // ND4J has no common exception of its own
            throw new VerificationException(VerificationException.firstLine(e), e);
        }
    }

    /** Does nothing: the graph belongs to the caller. */
    @Override
    public void close() {}
}
