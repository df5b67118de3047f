package org.rep4j.profile;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** What one op costs, given the shapes of the values around it. */
final class NodeCost {
    private final Map<String, Shape> shapes;

    NodeCost(Map<String, Shape> shapes) {
        this.shapes = shapes;
    }

    /**
     * Multiplications with a weight, each with its addition: O · I/groups · taps per output position of a convolution, the
     * same per input position of a transposed one, O · I per row of a linear layer; 0 for other ops. Null if the shape is
     * not known.
     */
    @Nullable
    Long multiplyAdds(Node node) {
        if (!(node instanceof KernelNode op)) {
            return 0L;
        }
        KernelShape kernel = op.kernel().shape();
        boolean transposed = op instanceof TransposedConvolution;
        Long elements = elements(transposed ? op.input() : op.output());
        if (elements == null) {
            return null;
        }
        long positions = elements / (transposed ? kernel.inChannels() : kernel.outChannels());
        return Math.multiplyExact(positions, kernel.weights());
    }

    /**
     * Elements read and written: the inputs, the output, and a kernel's weights and O biases (whether or not the op has
     * them), a BatchNorm's scale and shift. Null if a shape is not known.
     */
    @Nullable
    Long memoryAccess(Node node) {
        long sum = 0;
        if (node instanceof KernelNode op) {
            sum = op.kernel().shape().weights() + op.kernel().shape().outChannels();
        } else if (node instanceof AffineNode op) {
            sum = constants(op);
        }
        for (Value input : node.inputs()) {
            Long elements = elements(input);
            if (elements == null) {
                return null;
            }
            sum = Math.addExact(sum, elements);
        }
        for (Value output : node.outputs()) {
            Long elements = elements(output);
            if (elements == null) {
                return null;
            }
            sum = Math.addExact(sum, elements);
        }
        return sum;
    }

    private static long constants(AffineNode op) {
        return (op instanceof BatchNormalization ? 2L : 1L) * op.channels();
    }

    private @Nullable Long elements(Value value) {
        Shape shape = shapes.getOrDefault(value.name(), value.shape());
        return shape.isFullyKnown() ? (Long) shape.elements() : null;
    }
}
