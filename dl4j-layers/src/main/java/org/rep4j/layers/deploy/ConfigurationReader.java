package org.rep4j.layers.deploy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.rep4j.graph.InvalidGraphException;

/** Reads configurations of nets, those of a MultiLayerNetwork as that of the computation graph which is the same net. */
final class ConfigurationReader {
    private ConfigurationReader() {}

    /**
     * Reads a configuration.
     *
     * @param json of Deeplearning4j 1.0.0-beta or newer
     * @throws InvalidGraphException if it is none
     */
    static ComputationGraphConfiguration read(byte[] json) {
        String text = text(json);
        Set<String> fields = ConfigurationCheck.check(text);
        if (fields.contains("vertices")) {
            return read(text, ComputationGraphConfiguration.class);
        }
        if (fields.contains("confs")) {
            return graph(read(text, MultiLayerConfiguration.class));
        }
        throw new InvalidGraphException("the configuration has neither vertices nor layers");
    }

    private static String text(byte[] json) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidGraphException("the configuration is no text in UTF-8", e);
        }
    }

    /** Not by the configurations' own {@code fromJson}, which would try older formats, too. */
    private static <T> T read(String json, Class<T> type) {
        try {
            return NeuralNetConfiguration.mapper().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new InvalidGraphException("the configuration does not fit: " + reason(e), e);
        } catch (IOException e) {
            throw new InvalidGraphException("the configuration cannot be read", e);
        }
    }

    /** Jackson's first line, and the class and the field that it was about. */
    private static String reason(JsonProcessingException trouble) {
        String line =
                String.valueOf(trouble.getOriginalMessage()).lines().findFirst().orElse("");
        List<JsonMappingException.Reference> path =
                trouble instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
        for (int i = path.size() - 1; i >= 0; i--) {
            JsonMappingException.Reference place = path.get(i);
            if (place.getFieldName() != null && place.getFrom() != null) {
                Class<?> owner = place.getFrom() instanceof Class<?> c
                        ? c
                        : place.getFrom().getClass();
                return owner.getSimpleName() + "." + place.getFieldName() + ": " + line;
            }
        }
        return line;
    }

    /** As Deeplearning4j's toComputationGraph does it, which would initialize both nets and their updaters. */
    private static ComputationGraphConfiguration graph(MultiLayerConfiguration layers) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .dataType(layers.getDataType())
                .graphBuilder()
                .addInputs("in")
                .validateOutputLayerConfig(false);
        String last = "in";
        List<NeuralNetConfiguration> confs = layers.getConfs();
        for (int i = 0; i < confs.size(); i++) {
            String name = String.valueOf(i);
            builder.addLayer(name, confs.get(i).getLayer(), layers.getInputPreProcess(i), last);
            last = name;
        }
        return builder.setOutputs(last).build();
    }

    /**
     * How many parameters a net of this configuration has.
     *
     * @throws InvalidGraphException if that is no number of parameters
     */
    static long parameters(ComputationGraphConfiguration configuration) {
        long sum = 0;
        for (GraphVertex vertex : configuration.getVertices().values()) {
            long count = vertex.numParams(true);
            if (count < 0 || sum + count < 0) {
                throw new InvalidGraphException("the configuration asks for more parameters than can be counted");
            }
            sum += count;
        }
        return sum;
    }
}
