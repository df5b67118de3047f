package org.rep4j.onnx;

import java.util.List;
import java.util.stream.IntStream;
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
        ConvGeometry geometry = geometry(attributes, GraphIndex.describe(node), input.shape());
        if (isTrivial(geometry)) {
            return StructureOps.identity(node, info, context);
        }
        if (attributes.integer("ceil_mode", 0) != 0 && !endsAtTheEdge(geometry, input.shape())) {
            throw new OpReader.Unfoldable("its last window may reach beyond the edge (ceil_mode)");
        }
        return new AveragePool(
                info,
                input,
                OutputShapes.define(node, context).get(0),
                geometry,
                attributes.integer("count_include_pad", 0) != 0,
                Layout.CHANNELS_FIRST);
    }

    static Node maxPool(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        Value input = context.input(node, 0);
        boolean trivial =
                isTrivial(geometry(context.call(node).attributes(), GraphIndex.describe(node), input.shape()));
        if (!trivial || LiftContext.namedOutputs(node) > 1) {
            throw new OpReader.Unfoldable("");
        }
        return StructureOps.identity(node, info, context);
    }

    static ConvGeometry geometry(Attributes attributes, String label, Shape input) {
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

    private static boolean endsAtTheEdge(ConvGeometry geometry, Shape input) {
        long[] sizes = Layout.CHANNELS_FIRST.spatialSizes(input, geometry.rank());
        return IntStream.range(0, sizes.length)
                .allMatch(i -> endsAtTheEdge(geometry.axes().get(i), sizes[i], geometry));
    }

    /**
     * Whether rounding the output size up is the same as rounding it down.
     *
     * @param size of the input, negative if unknown
     */
    static boolean endsAtTheEdge(ConvAxis axis, long size, ConvGeometry geometry) {
        return geometry.isResolved()
                && (axis.stride() == 1 || (size >= 0 && (size + axis.slack() - 1) % axis.stride() == 0));
    }
}
