package org.rep4j.cli;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Value;
import org.rep4j.onnx.OnnxAdapter;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.OnnxRuntimeRunner;

/**
 * An ONNX model.
 *
 * @param model the model
 * @param file where it was read from, null if it was made
 */
record OnnxFile(OnnxModel model, @Nullable Path file) implements Model {
    static OnnxFile read(Path file) {
        return new OnnxFile(OnnxModel.load(file), file);
    }

    @Override
    public String format() {
        return "ONNX, opset " + model.opset();
    }

    @Override
    public List<String> outputs() {
        return model.outputs().stream().map(Value::name).toList();
    }

    /** This model: a file of this format tells its outputs. */
    @Override
    public Model asking(List<String> outputs) {
        return this;
    }

    /** The model in a file: its own, or one in {@code scratch}. */
    Path inFile(Path scratch) {
        if (file != null) {
            return file;
        }
        Path made = scratch.resolve("made" + Format.ONNX.ending());
        save(made);
        return made;
    }

    @Override
    public Set<Path> companions() {
        return model.externalFiles();
    }

    @Override
    public ConvGraph lift() {
        return new OnnxAdapter().lift(model).graph();
    }

    @Override
    public Map<String, Long> operators() {
        return model.operators();
    }

    @Override
    public Deployed deploy(RepPass pass) {
        RepResult<OnnxModel> result = pass.apply(model);
        return new Deployed(new OnnxFile(result.graph(), null), result);
    }

    @Override
    public void save(Path target) {
        model.save(target);
    }

    @Override
    public ModelRunner open() {
        if (file == null) {
            throw new IllegalStateException("the model is not in a file yet");
        }
        return OnnxRuntimeRunner.open(file);
    }

    @Override
    public ModelRunner openWith(Collection<String> values, Path scratch) {
        Path copy = scratch.resolve("observed" + Format.ONNX.ending());
        model.withOutputs(values).save(copy);
        return OnnxRuntimeRunner.open(copy);
    }
}
