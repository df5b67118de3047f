package org.rep4j.layers.deploy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.rep4j.graph.InvalidGraphException;

/**
 * Looks through a net's configuration before Deeplearning4j sees it, whose Jackson makes objects of whatever classes the text names, as
 * long as they have the right super class. Names may only be of classes that belong into a configuration.
 */
final class ConfigurationCheck {
    private static final String CLASS = "@class";

    /** Where distributions, and only they, have their class. */
    private static final String TYPE = "type";

    private static final List<String> PACKAGES = List.of(
            "org.deeplearning4j.nn.conf.",
            "org.deeplearning4j.nn.modelimport.keras.preprocessors.",
            "org.deeplearning4j.nn.weights.",
            "org.deeplearning4j.preprocessors.",
            "org.nd4j.linalg.activations.impl.",
            "org.nd4j.linalg.learning.config.",
            "org.nd4j.linalg.learning.regularization.",
            "org.nd4j.linalg.lossfunctions.impl.",
            "org.nd4j.linalg.schedule.",
            "org.rep4j.layers.");

    /** How configurations before 1.0.0-beta have arrays, with strides that nobody checks. */
    private static final String OLD_ARRAY = "dataBuffer";

    /** The least that windows of convolutions and pools can have; native code divides by them, and counts with them in 32 bits. */
    private static final Map<String, Integer> WINDOWS =
            Map.of("kernelSize", 1, "stride", 1, "dilation", 1, "padding", 0);

    private static final int FURTHEST = 1 << 16;
    private static final int DEEPEST = 100;
    private static final int LONGEST_NUMBER = 40;

    private final JsonParser parser;
    private final Set<String> fields = new HashSet<>();
    private int depth;

    private ConfigurationCheck(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Checks a configuration.
     *
     * @return the names of its outermost fields
     * @throws InvalidGraphException if it is no JSON, or names a class that does not belong there
     */
    static Set<String> check(String json) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            Set<String> fields = new ConfigurationCheck(parser).run();
            checkNumbers(new ObjectMapper().readTree(json));
            return fields;
        } catch (IOException e) {
            throw new InvalidGraphException("the configuration is no JSON", e);
        }
    }

    private Set<String> run() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidGraphException("the configuration is no JSON object");
        }
        depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new InvalidGraphException("the configuration is no JSON");
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            check(token);
        }
        return fields;
    }

    private void check(JsonToken token) throws IOException {
        if (depth > DEEPEST) {
            throw new InvalidGraphException("the configuration is nested more than " + DEEPEST + " levels deep");
        }
        if (token == JsonToken.FIELD_NAME && depth == 1) {
            fields.add(parser.currentName());
        } else if (token.isNumeric() && parser.getTextLength() > LONGEST_NUMBER) {
            throw new InvalidGraphException(parser.currentName() + " in the configuration is no number of a net");
        } else if (token.isScalarValue() && parser.currentName() != null) {
            checkClass(parser.currentName(), parser.getText());
        } else if (token == JsonToken.FIELD_NAME && parser.currentName().equals(OLD_ARRAY)) {
            throw new InvalidGraphException("the configuration has an array in a form before 1.0.0-beta");
        }
    }

    private static void checkClass(String field, String value) {
        boolean isClass = field.equals(CLASS) || field.equals(TYPE) && value.indexOf('.') >= 0;
        if (!isClass) {
            return;
        }
        if (PACKAGES.stream().noneMatch(value::startsWith)) {
            throw new InvalidGraphException("it asks for the class " + value
                    + ", which is none of Deeplearning4j or Rep4J that nets are made of");
        }
        try {
            Class.forName(value, false, ConfigurationCheck.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new InvalidGraphException("it asks for the class " + value + ", which is not there", e);
        }
    }

    private static void checkNumbers(JsonNode node) {
        checkArray(node);
        WINDOWS.forEach((field, least) -> {
            JsonNode window = node.path(field);
            checkWindow(node, field, least, window);
            window.forEach(axis -> checkWindow(node, field, least, axis));
        });
        node.forEach(ConfigurationCheck::checkNumbers);
    }

    private static void checkWindow(JsonNode owner, String field, int least, JsonNode number) {
        if (number.isNumber() && !(number.asDouble() >= least && number.asDouble() <= FURTHEST)) {
            String name = owner.path(CLASS).asText();
            throw new InvalidGraphException(name.substring(name.lastIndexOf('.') + 1) + "." + field + " is "
                    + number.asText() + ", but must be " + least + " to " + FURTHEST);
        }
    }

    /** Arrays, which losses and boxes have, declare a shape beside their numbers. */
    private static void checkArray(JsonNode node) {
        if (node.has("dataType") && node.has("shape") && node.has("data")) {
            long size = 1;
            for (JsonNode length : node.get("shape")) {
                size = Math.multiplyExact(size, length.asLong());
            }
            if (size != node.get("data").size()) {
                throw new InvalidGraphException("the configuration has an array of "
                        + node.get("data").size() + " numbers whose shape is one of " + size);
            }
        }
    }
}
