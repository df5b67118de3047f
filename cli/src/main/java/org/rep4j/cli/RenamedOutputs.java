package org.rep4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.graph.Shape;
import org.rep4j.verify.InputSpec;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.Tensor;

/**
 * A model whose inner values have the names that another model has for them.
 *
 * @param model that computes them
 * @param kept names of the outputs that stay
 * @param names what further outputs are called, by their new names
 */
record RenamedOutputs(ModelRunner model, Set<String> kept, Map<String, String> names) implements ModelRunner {

    /** The model with these names; {@code model} itself if all keep theirs. */
    static ModelRunner of(ModelRunner model, List<String> kept, Map<String, String> names) {
        return names.entrySet().stream().allMatch(e -> e.getKey().equals(e.getValue()))
                ? model
                : new RenamedOutputs(model, Set.copyOf(kept), names);
    }

    @Override
    public List<InputSpec> inputs() {
        return model.inputs();
    }

    @Override
    public List<String> outputs() {
        Map<String, String> all = new LinkedHashMap<>();
        model.outputs().forEach(name -> all.put(name, name));
        return List.copyOf(renamed(all).keySet());
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> feeds) {
        return renamed(model.run(feeds));
    }

    @Override
    public Map<String, Shape> outputShapes(Map<String, Tensor> feeds) {
        return renamed(model.outputShapes(feeds));
    }

    private <T> Map<String, T> renamed(Map<String, T> values) {
        Map<String, T> result = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (kept.contains(name)) {
                result.put(name, value);
            }
        });
        names.forEach((name, own) -> {
            T value = values.get(own);
            if (value != null) {
                result.putIfAbsent(name, value);
            }
        });
        return result;
    }

    @Override
    public void close() {
        model.close();
    }
}
