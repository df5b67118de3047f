package org.rep4j.layers.deploy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;

/** Heights and widths of the images that vertices put out, as far as the types of a net's inputs tell them: nets do not keep these. */
final class ImageSizes {
    private final Map<String, InputType> types = new HashMap<>();

    /** @param inputs none if they are not known */
    ImageSizes(ComputationGraphConfiguration configuration, List<InputType> inputs) {
        List<String> names = configuration.getNetworkInputs();
        if (inputs.isEmpty()) {
            return;
        }
        if (inputs.size() != names.size()) {
            throw new IllegalArgumentException("the net has " + names.size() + " inputs, not " + inputs.size());
        }
        types.putAll(configuration.clone().getLayerActivationTypes(true, false, inputs.toArray(InputType[]::new)));
        IntStream.range(0, names.size()).forEach(i -> types.put(names.get(i), inputs.get(i)));
    }

    /** What a vertex or input puts out, if these are images and their size is known. */
    Optional<InputTypeConvolutional> type(String vertex) {
        return types.get(vertex) instanceof InputTypeConvolutional image ? Optional.of(image) : Optional.empty();
    }

    /** Height and width, −1 where they are not known. */
    long[] of(String vertex) {
        return type(vertex)
                .map(image -> new long[] {image.getHeight(), image.getWidth()})
                .orElseGet(() -> new long[] {-1, -1});
    }
}
