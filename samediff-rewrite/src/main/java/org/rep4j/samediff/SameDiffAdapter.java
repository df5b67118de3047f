package org.rep4j.samediff;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.LiftedGraph;

/**
 * The adapter between {@link SameDiff} graphs and {@link org.rep4j.graph.ConvGraph}.
 *
 * <p>Reads graphs written by hand and those that samediff-import-onnx builds: conv1d, conv2d, conv3dnew, depthwise_conv2d,
 * sconv2d, deconv2d, deconv3d, avgpool2d, avgpool3dnew, matmul, xw_plus_b, batchnorm, concat, pad, strided_slice and slice that
 * cut off borders, arithmetic of values and with constants, in NCHW and NHWC; groups written as split, conv2d, concat; ops that
 * change nothing, such as a reshape to the same shape. Constants may come through ops that move or compute with constants.
 * Everything else is opaque and stays. A graph that is lowered holds what its outputs and its loss variables need, and all
 * placeholders. Weights that were trainable stay trainable.
 *
 * <p>Sizes that a placeholder declares are taken at their word: SAME padding with strides is resolved by them. Not thread-safe
 * while the graph is being trained.
 */
public final class SameDiffAdapter implements GraphAdapter<SameDiff> {
    private static final int NAMED = 8;

    private final List<String> outputs;

    /** @param outputs names of the variables that must keep their values */
    public SameDiffAdapter(List<String> outputs) {
        this.outputs = List.copyOf(outputs);
    }

    /**
     * {@inheritDoc}
     *
     * @throws InvalidGraphException if no output is asked for, or one that does not exist, or the graph contradicts itself
     */
    @Override
    public LiftedGraph<SameDiff> lift(SameDiff source) {
        if (outputs.isEmpty()) {
            throw new InvalidGraphException("no output is asked for; the graph ends in " + ends(source));
        }
        for (String output : outputs) {
            if (!source.hasVariable(output)) {
                throw new InvalidGraphException(
                        "there is no variable named " + output + "; the graph ends in " + ends(source));
            }
        }
        Set<String> roots = new LinkedHashSet<>(outputs);
        source.getLossVariables().stream().filter(source::hasVariable).forEach(roots::add);
        SameDiffView view = new SameDiffView(source, roots);
        return new LiftedSameDiff(view, new SameDiffLift(view).lift());
    }

    /** The variables that ops write and no op reads. */
    private static String ends(SameDiff graph) {
        List<String> ends = graph.getVariables().values().stream()
                .filter(v -> v.getOutputOfOp() != null)
                .filter(v -> NativeOp.orEmpty(v.getInputsForOp()).isEmpty())
                .map(Variable::getName)
                .toList();
        if (ends.isEmpty()) {
            return "no variable that an op writes";
        }
        return ends.stream().limit(NAMED).collect(Collectors.joining(", "))
                + (ends.size() > NAMED ? " and " + (ends.size() - NAMED) + " more" : "");
    }
}
