package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.rewrite.RewriteReport;
import org.rep4j.verify.ModelRunner;

/** A model in memory, of any format. */
sealed interface Model permits OnnxFile, SameDiffFile, NetFile {

    /**
     * Reads a file; its ending tells the format.
     *
     * @throws UnreadableModelException if there is no such model
     */
    static Model load(Path file) {
        if (Files.isDirectory(file)) {
            throw new UnreadableModelException(file + " is a folder, not a model");
        }
        if (!Files.exists(file)) {
            throw new UnreadableModelException(file + ": no such file");
        }
        Format format = Format.of(file)
                .orElseThrow(() ->
                        new UnreadableModelException(file + " is no model: its name must end in " + Format.endings()));
        return switch (format) {
            case ONNX -> OnnxFile.read(file);
            case SAME_DIFF -> SameDiffFile.read(file);
            case NET -> NetFile.read(file);
        };
    }

    /** The format and its version, for people. */
    String format();

    /** Names of what the model computes for its caller. */
    List<String> outputs();

    /**
     * The model that is asked for these outputs, if its format leaves that to the caller, or else this model.
     *
     * @param outputs none for those that the file tells
     * @throws UsageException if the model does not compute them
     */
    Model asking(List<String> outputs);

    /**
     * The model as it is to be folded, if the result is to have another format: by default as it is.
     *
     * @throws org.rep4j.convert.UnsupportedOpsException if this form cannot express the model
     */
    default Model folded(Format target) {
        return this;
    }

    /** Shapes of inputs that the model does not state, but that are the only ones that it takes; by default none. */
    default Map<String, Shape> demandedInputs() {
        return Map.of();
    }

    /** What whoever loads the model's file needs besides what runs its format, in half a sentence; by default nothing. */
    default Optional<String> needs() {
        return Optional.empty();
    }

    /**
     * A lifted form of this model in which the activations of outputs are ops of their own, if there is one; by default the lifted
     * form itself.
     */
    default ConvGraph withActivations(ConvGraph lifted) {
        return lifted;
    }

    /** The files beside the model's own from which it was read. */
    Set<Path> companions();

    /** Size in bytes of {@code file}, from which the model was read, and of its companions. */
    default long fileSize(Path file) {
        try {
            long size = Files.size(file);
            for (Path companion : companions()) {
                size += Files.size(companion);
            }
            return size;
        } catch (IOException e) {
            throw new UnreadableModelException(file + " cannot be read", e);
        }
    }

    /** The model as the algebra sees it. */
    ConvGraph lift();

    /** Number of ops by type. */
    Map<String, Long> operators();

    /** The model after {@code pass}; this one stays as it is. */
    Deployed deploy(RepPass pass);

    /** The model as a pass without rules leaves it. */
    default Deployed unchanged() {
        return new Deployed(this, RepPass.of(List.of()).apply(lift()));
    }

    /**
     * Writes the model, with whatever files belong to it beside.
     *
     * @throws org.rep4j.graph.UnwritableModelException if it is larger than the format allows
     */
    void save(Path file);

    /**
     * The model as the file it was read from, ready to run.
     *
     * @throws IllegalStateException if it was not read from a file
     */
    ModelRunner open();

    /**
     * The model with more of its values as outputs, ready to run.
     *
     * @param values names of values that it computes
     * @param scratch a folder for files that are needed until the runner is closed
     */
    ModelRunner openWith(Collection<String> values, Path scratch);

    /**
     * What a pass made of a model.
     *
     * @param model the deploy form
     * @param result what the pass has to say
     */
    record Deployed(Model model, RepResult<?> result) {
        /** What was done and what not. */
        RewriteReport report() {
            return result.report();
        }

        /** The train form as the rules saw it. */
        ConvGraph before() {
            return result.before();
        }

        /** The deploy form as the rules left it. */
        ConvGraph after() {
            return result.after();
        }

        /** What became of each op of the train form. */
        List<OpFate> fates() {
            return result.fates();
        }
    }
}
