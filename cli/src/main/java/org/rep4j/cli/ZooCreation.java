package org.rep4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.layers.deploy.SameDiffExporter;
import org.rep4j.rewrite.RepPass;
import org.rep4j.zoo.Form;
import org.rep4j.zoo.NetCosts;
import org.rep4j.zoo.PublishedNet;
import org.rep4j.zoo.WeightsMismatchException;
import org.rep4j.zoo.Zoo;

/** Writes a published net to a file. */
final class ZooCreation {
    /** What the command line calls the deploy form. */
    static final String DEPLOY = "deploy";

    private static final String TRAIN = "train";
    private static final int STEPS = 3;

    private final String name;
    private final Path output;
    private final @Nullable Path weights;
    private final Form form;
    private final Format format;
    private final PublishedNet plan;
    private List<String> mismatches = List.of();

    /** @throws UsageException if there is no such net, form or format, or a number is out of range */
    ZooCreation(String name, Path output, @Nullable Path weights, String form, int classes, @Nullable Integer size) {
        this.name = name;
        this.output = output;
        this.weights = weights;
        this.form = form(form);
        this.format = Format.of(output)
                .orElseThrow(() -> new UsageException("the output " + output + " must end in .onnx, .fb or .zip"));
        Zoo.Entry entry = Zoo.find(name.toLowerCase(Locale.ROOT)).orElseThrow(() -> unknown(name));
        int pixels = size == null ? entry.size() : size;
        if (pixels < 32 || pixels > 4096) {
            throw new UsageException("--size is " + pixels + ", but must be 32 to 4096");
        }
        if (classes < 1 || classes > 1_000_000) {
            throw new UsageException("--classes is " + classes + ", but must be 1 to 1000000");
        }
        this.plan = entry.builder()
                .get()
                .numClasses(classes)
                .inputShape(3, pixels, pixels)
                .build();
    }

    private static Form form(String word) {
        return switch (word) {
            case DEPLOY -> Form.DEPLOY;
            case TRAIN -> Form.TRAIN;
            default -> throw new UsageException("--form is " + word + ", but must be train or deploy");
        };
    }

    private static UsageException unknown(String name) {
        String family = name.toLowerCase(Locale.ROOT).split("-", 2)[0];
        String near = Zoo.all().stream()
                .map(Zoo.Entry::name)
                .filter(other -> other.startsWith(family))
                .collect(Collectors.joining(", "));
        return new UsageException("there is no net " + name
                + (near.isEmpty() ? ": rep4j zoo list prints all" : "; of this family there are " + near));
    }

    /** What is missing, unexpected or misshapen in the weights, a line each; known when {@link #run} has failed. */
    List<String> mismatches() {
        return mismatches;
    }

    /**
     * Writes the file.
     *
     * @return what is to be told
     * @throws UsageException if the weights do not fit, or the file cannot be written
     */
    String run() {
        Path folder = Optional.ofNullable(output.toAbsolutePath().getParent()).orElse(output);
        if (!Files.isDirectory(folder)) {
            throw new UsageException("there is no folder " + folder + " for the output");
        }
        try (Progress progress = Progress.onTerminal(STEPS);
                Workspace workspace = Workspace.in(folder)) {
            progress.step(output, weights == null ? "drawing weights of" : "loading weights of");
            ComputationGraph net = net();
            progress.step(output, "converting");
            Model model = model(net);
            progress.step(output, "writing");
            model.save(workspace.file(output.getFileName().toString()));
            workspace.publish(output, weights == null ? Set.of() : Set.of(weights));
            return summary();
        }
    }

    private ComputationGraph net() {
        if (weights == null) {
            return plan.init(form);
        }
        try {
            ComputationGraph net = plan.load(weights);
            if (form == Form.TRAIN && plan.formOf(net) == Form.DEPLOY) {
                throw new UsageException(weights + " holds the deploy form, of which no train form can be made");
            }
            return net;
        } catch (WeightsMismatchException e) {
            mismatches = e.mismatches();
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    /** In the format of the file; other formats than Deeplearning4j's keep the groups of convolutions. */
    private Model model(ComputationGraph net) {
        boolean folds = form == Form.DEPLOY && plan.formOf(net) == Form.TRAIN;
        if (format == Format.NET) {
            return new NetFile(folds ? plan.deploy(net).graph() : net);
        }
        List<String> outputs = plan.conf(form).getNetworkOutputs();
        SameDiff graph = SameDiffExporter.export(net);
        SameDiffFile file = new SameDiffFile(
                form == Form.DEPLOY
                        ? RepPass.standard()
                                .apply(graph, outputs.toArray(String[]::new))
                                .graph()
                        : graph,
                outputs);
        return format == Format.SAME_DIFF ? file : Conversion.STANDARD.convert(file, format, Path.of(""));
    }

    private String summary() {
        NetCosts costs = plan.costs(form);
        int[][] shape = plan.metaData().getInputShape();
        try {
            return String.join(
                    "\n",
                    name + " -> " + output,
                    "Form           " + form.name().toLowerCase(Locale.ROOT),
                    "Weights        " + (weights == null ? "random" : weights),
                    "Parameters     " + Numbers.count(costs.parameters()),
                    "Multiply-adds  " + Numbers.count(costs.multiplyAdds()) + " for an image of " + shape[0][0] + "x"
                            + shape[0][1] + "x" + shape[0][2],
                    "File size      " + Numbers.bytes(Files.size(output)),
                    "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
