package org.rep4j.layers.deploy;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Writes trained nets as SameDiff graphs that compute the same outputs: as they are trained, with all branches of their blocks, so that
 * {@code RepPass} has something to fold.
 *
 * <pre>{@code
 * SameDiff graph = SameDiffExporter.export(trained);
 * SameDiffToOnnx.convert(graph, trained.getConfiguration().getNetworkOutputs()).save(Path.of("net.onnx"));
 * }</pre>
 *
 * <p>Placeholders are called like the inputs of the net, variables like its vertices; values within a vertex have its name and a slash
 * in front of their own. Weights are constants, copies of the net's. What only matters in training (dropout, noise, losses) is left
 * out, and so are masks.
 *
 * <p>Covered are the blocks of {@code org.rep4j.layers}; convolutions in one to three dimensions, in two also depthwise and separable ones, transposed ones
 * in two and three; pools, borders and upsampling in one to three; batch normalizations, dense layers, activations, rectifiers with slopes that
 * were learned, output and loss layers, space to depth, local response normalization; the vertices ElementWise, Merge, Scale, Shift,
 * L2Normalize, Reshape, Subset and Preprocessor; and the preprocessors between images and vectors.
 */
public final class SameDiffExporter {
    private SameDiffExporter() {}

    /**
     * Exports a net. Sizes of images are left open, where nothing in the net depends on them.
     *
     * @throws NotExportableException if some of its vertices cannot be expressed; it lists them all
     * @throws IllegalArgumentException if no layer that reads an input tells how many axes that has
     */
    public static SameDiff export(ComputationGraph net) {
        return new NetExport(net).write(List.of());
    }

    /**
     * Exports a net.
     *
     * @param inputs what the net reads, in the order of its inputs; only the size of the batch is left open
     * @throws NotExportableException if some of its vertices cannot be expressed; it lists them all
     * @throws IllegalArgumentException if there are not as many types as inputs
     */
    public static SameDiff export(ComputationGraph net, InputType... inputs) {
        int count = net.getConfiguration().getNetworkInputs().size();
        if (inputs.length != count) {
            throw new IllegalArgumentException("the net has " + count + " inputs, not " + inputs.length);
        }
        return new NetExport(net).write(List.of(inputs));
    }

    /**
     * Exports a net as {@link #export(ComputationGraph)} does; its input is called "in", each layer by its number, counted from 0.
     *
     * @throws NotExportableException if some of its layers cannot be expressed; it lists them all
     */
    public static SameDiff export(MultiLayerNetwork net) {
        return export(net.toComputationGraph());
    }
}
