package org.rep4j.layers.deploy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;

/**
 * Turns a trained net into its deploy form: one with the same outputs, in which each block is one convolution.
 *
 * <pre>{@code
 * ComputationGraph deploy = GraphDeployer.deploy(trained);
 * }</pre>
 *
 * <p>The argument is never changed.
 */
public final class GraphDeployer {
    private GraphDeployer() {}

    /** The deploy form of a net. */
    public static ComputationGraph deploy(ComputationGraph net) {
        return apply(net).graph();
    }

    /** The deploy form of a net, as a computation graph. */
    public static ComputationGraph deploy(MultiLayerNetwork net) {
        return deploy(net.toComputationGraph());
    }

    /**
     * The deploy form of a net that will only see images of known sizes: also strided blocks and layers with {@code ConvolutionMode.Same}
     * fold, whose padding follows from the size.
     *
     * @param inputs in the order of the net's inputs
     * @throws IllegalArgumentException if there are not as many types as inputs
     */
    public static ComputationGraph deploy(ComputationGraph net, InputType... inputs) {
        return apply(net, inputs).graph();
    }

    /** The deploy form of a net with a report of what was folded, and why what was not stays. */
    public static RepResult<ComputationGraph> apply(ComputationGraph net) {
        return RepPass.standard().apply(net, new ComputationGraphAdapter());
    }

    /**
     * The same for a net that will only see images of known sizes.
     *
     * @param inputs in the order of the net's inputs
     * @throws IllegalArgumentException if there are not as many types as inputs
     */
    public static RepResult<ComputationGraph> apply(ComputationGraph net, InputType... inputs) {
        return RepPass.standard().apply(net, new ComputationGraphAdapter().withInputTypes(inputs));
    }

    /** The same for a net of layers in a row. */
    public static RepResult<ComputationGraph> apply(MultiLayerNetwork net) {
        return apply(net.toComputationGraph());
    }

    /**
     * What is worth knowing about a deployed net, a line each: which of its vertices are layers of Rep4J, without which it does not load, and
     * which convolutions with groups were written as several layers. None if it is plain.
     */
    public static List<String> remarks(ComputationGraph deployed) {
        return new Remarks(deployed.getConfiguration()).lines();
    }

    /**
     * Writes the deploy form of a net, without the state of an updater.
     *
     * @param file replaced when the new one is complete
     * @throws UncheckedIOException if it cannot be written
     */
    public static void deploy(ComputationGraph net, Path file) {
        NetFiles.save(deploy(net), file);
    }
}
