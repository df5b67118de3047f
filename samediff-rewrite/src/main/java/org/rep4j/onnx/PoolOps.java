package org.rep4j.onnx;

import java.util.Arrays;
import java.util.List;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** AveragePool, and pools whose window is a single element. */
final class PoolOps {
    private PoolOps() {}

    static Node averagePool(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        Attributes attributes = context.call(node).attributes();
        Value input = context.input(node, 0);
        ConvGeometry geometry = geometry(node, attributes, input.shape());
        if (isTrivial(geometry)) {
            return StructureOps.identity(node, info, context);
        }
        if (attributes.integer("ceil_mode", 0) != 0 && !endsAtTheEdge(geometry, input.shape())) {
            throw new OpReader.Unfoldable("its last window may reach beyond the edge (ceil_mode)");
        }
        Shape shape = Layout.CHANNELS_FIRST.outputShape(
                input.shape(), geometry, input.shape().dim(1));
        return new AveragePool(
                info,
                input,
                context.define(node.getOutput(0), shape, input.type()),
                geometry,
                attributes.integer("count_include_pad", 0) != 0,
                Layout.CHANNELS_FIRST);
    }

    static Node maxPool(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        Value input = context.input(node, 0);
        boolean trivial = isTrivial(geometry(node, context.call(node).attributes(), input.shape()));
        if (!trivial || LiftContext.namedOutputs(node) > 1) {
            throw new OpReader.Unfoldable("");
        }
        return StructureOps.identity(node, info, context);
    }

    /**
     * The shape that a MaxPool or AveragePool writes, for an input of shape {@code input}. Sizes of the image are unknown where it
     * matters that they are rounded up.
     */
    static Shape outputShape(NodeProto node, Attributes attributes, Shape input) {
        ConvGeometry geometry = geometry(node, attributes, input);
        Shape shape = Layout.CHANNELS_FIRST.outputShape(input, geometry, input.dim(1));
        if (attributes.integer("ceil_mode", 0) == 0 || endsAtTheEdge(geometry, input)) {
            return shape;
        }
        long[] unknown = new long[geometry.rank()];
        Arrays.fill(unknown, Shape.UNKNOWN_DIM);
        return Layout.CHANNELS_FIRST.withSpatialSizes(shape, unknown);
    }

    private static ConvGeometry geometry(NodeProto node, Attributes attributes, Shape input) {
        String label = GraphIndex.describe(node);
        List<Long> kernel = attributes
                .integers("kernel_shape")
                .orElseThrow(() -> new InvalidGraphException(label + " has no kernel_shape"));
        return Geometries.read(
                attributes, label, kernel.stream().map(Math::toIntExact).toList(), input);
    }

    /** Whether each window is one element, the one at its own place. */
    private static boolean isTrivial(ConvGeometry geometry) {
        return geometry.isPointwise()
                && geometry.isResolved()
                && geometry.axes().stream().allMatch(a -> a.stride() == 1 && a.padBegin() == 0 && a.padEnd() == 0);
    }

    /** Whether rounding the output size up is the same as rounding it down. */
    private static boolean endsAtTheEdge(ConvGeometry geometry, Shape input) {
        long[] sizes = Layout.CHANNELS_FIRST.spatialSizes(input, geometry.rank());
        for (int i = 0; i < sizes.length; i++) {
            ConvAxis axis = geometry.axes().get(i);
            boolean exact = axis.stride() == 1 || (sizes[i] >= 0 && (sizes[i] + axis.slack() - 1) % axis.stride() == 0);
            if (!exact || !geometry.isResolved()) {
                return false;
            }
        }
        return true;
    }
}
