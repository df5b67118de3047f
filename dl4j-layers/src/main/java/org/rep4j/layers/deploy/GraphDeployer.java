package org.rep4j.layers.deploy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
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

    /** The deploy form of a net with a report of what was folded, and why what was not stays. */
    public static RepResult<ComputationGraph> apply(ComputationGraph net) {
        return RepPass.standard().apply(net, new ComputationGraphAdapter());
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
