package org.rep4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import picocli.CommandLine.Option;

/** Options of all commands that run a model. */
final class ModelOptions {
    @Option(
            names = "--input",
            paramLabel = "NAME=SHAPE",
            converter = {TextItself.class, ShapeText.class},
            description = {
                "Shape of an input whose dimensions are free, such as image=1x3x224x224; ? leaves a dimension free, as in"
                        + " image=?x3x224x224. May be repeated. By default batches of 1, 2 and 3 and common image sizes are"
                        + " tried."
            })
    private Map<String, Shape> inputs = new LinkedHashMap<>();

    Map<String, Shape> inputs() {
        return inputs;
    }

    /**
     * Sees to it that the model has the inputs whose shapes were given.
     *
     * @throws UsageException if it has not
     */
    void requireInputs(ConvGraph model) {
        List<String> names = model.inputs().stream().map(Value::name).toList();
        for (String name : inputs.keySet()) {
            if (!names.contains(name)) {
                throw new UsageException(
                        "the model has no input " + name + "; its inputs are " + String.join(", ", names));
            }
        }
    }

    /** Names are taken as they are. */
    static final class TextItself implements picocli.CommandLine.ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return value;
        }
    }
}
