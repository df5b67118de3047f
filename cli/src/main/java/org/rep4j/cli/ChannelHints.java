package org.rep4j.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;

/** Finds sizes of a model's inputs that the model does not state but that it asks for: by its kernels, or its format has hints. */
final class ChannelHints {
    private ChannelHints() {}

    /**
     * Input shapes as far as they are decided.
     *
     * @param model the model
     * @param graph its lifted form
     * @param given shapes that the user decided on, by input name
     */
    static Map<String, Shape> inputShapes(Model model, ConvGraph graph, Map<String, Shape> given) {
        Map<String, Shape> shapes = new HashMap<>(model.demandedInputs());
        shapes.putAll(given);
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
