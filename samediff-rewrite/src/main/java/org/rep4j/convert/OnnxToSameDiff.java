package org.rep4j.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.UnsupportedOpsException.UnsupportedOp;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxGraph;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxNode;

/**
 * Writes ONNX models as SameDiff graphs that compute the same. Placeholders are called like the model's inputs, the variables that
 * hold its outputs like these; weights are constants ({@link SameDiff#convertConstantsToVariables} makes them trainable). Layouts stay
 * as they are: images are [batch, channels, height, width]. Sizes that the model leaves open stay open.
 *
 * <pre>{@code
 * SameDiff graph = OnnxToSameDiff.convert(Path.of("model.onnx"));
 * INDArray y = graph.outputSingle(Map.of("x", image), "y");
 * }</pre>
 */
public final class OnnxToSameDiff {
    private OnnxToSameDiff() {}

    /**
     * Reads a model and converts it.
     *
     * @throws org.rep4j.graph.UnreadableModelException if the file is no model
     * @throws org.rep4j.graph.InvalidGraphException if the model contradicts itself
     * @throws UnsupportedOpsException if SameDiff cannot express some of its ops
     */
    public static SameDiff convert(Path file) {
        return convert(OnnxModel.load(file));
    }

    /**
     * Converts a model.
     *
     * @throws org.rep4j.graph.InvalidGraphException if the model contradicts itself
     * @throws UnsupportedOpsException if SameDiff cannot express some of its ops
     */
    public static SameDiff convert(OnnxModel model) {
        OnnxGraph source = OnnxGraph.of(model);
        requireKnown(source);
        GraphImport target = new GraphImport(source);
        source.inputs().forEach(target::input);
        List<UnsupportedOp> unsupported = new ArrayList<>();
        for (OnnxNode node : source.nodes()) {
            try {
                write(node, target);
            } catch (NotConvertibleException e) {
                unsupported.add(new UnsupportedOp(node.type(), node.name(), e.reason()));
                node.outputs().forEach(target::pretend);
            } catch (RuntimeException e) {
                throw unsupported.isEmpty()
                        ? e
                        : new UnsupportedOpsException(unsupported); // what is missing came first
            }
        }
        if (!unsupported.isEmpty()) {
            throw new UnsupportedOpsException(unsupported);
        }
        return target.finish();
    }

    /** What no use of an op can make up for is told before anything else is looked at. */
    private static void requireKnown(OnnxGraph source) {
        List<UnsupportedOp> unknown = source.nodes().stream()
                .filter(node -> node.hasSubgraphs() || !Mappings.IMPORTERS.containsKey(node.type()))
                .map(node -> new UnsupportedOp(node.type(), node.name(), ""))
                .toList();
        if (!unknown.isEmpty()) {
            throw new UnsupportedOpsException(unknown);
        }
    }

    private static void write(OnnxNode node, GraphImport target) throws NotConvertibleException {
        OpMapping.Importer importer = Mappings.IMPORTERS.get(node.type());
        if (importer == null) {
            throw new IllegalStateException("no mapping for " + node.label());
        }
        requireHoldable(node, target);
        List<SDVariable> results = importer.write(new ImportedOp(node, target));
        target.settle(node, results);
    }

    /** A few numbers in a file can ask for any amount of memory: what ND4J cannot number the elements of is refused. */
    private static void requireHoldable(OnnxNode node, GraphImport target) {
        for (String output : node.outputs()) {
            List<Long> dims = output.isEmpty() ? null : target.shape(output).dims();
            if (dims == null || dims.stream().anyMatch(d -> d <= 0)) {
                continue;
            }
            double elements = dims.stream().mapToDouble(d -> d).reduce(1, (a, b) -> a * b);
            if (elements > Integer.MAX_VALUE) {
                throw new InvalidGraphException(
                        node.label() + " writes a tensor of shape " + dims + ", which is too large to be held");
            }
        }
    }
}
