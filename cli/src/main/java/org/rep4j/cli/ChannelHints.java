package org.rep4j.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Finds sizes of a model's inputs that the model does not state but that its kernels ask for. */
final class ChannelHints {
    private ChannelHints() {}

    /**
     * Input shapes as far as they are decided.
     *
     * @param given shapes that the user decided on, by input name
     */
    static Map<String, Shape> inputShapes(ConvGraph graph, Map<String, Shape> given) {
        Map<String, Shape> shapes = new HashMap<>(given);
        for (Value input : graph.inputs()) {
            withChannels(input, graph).ifPresent(shape -> shapes.putIfAbsent(input.name(), shape));
        }
        return shapes;
    }

    private static Optional<Shape> withChannels(Value input, ConvGraph graph) {
        if (input.shape().rank() < 0) {
            return Optional.empty();
        }
        return graph.consumers(input).stream()
                .filter(KernelNode.class::isInstance)
                .map(KernelNode.class::cast)
                .findFirst()
                .map(op -> input.shape()
                        .withDim(op.channelAxis(), op.kernel().shape().inChannels()));
    }
}
