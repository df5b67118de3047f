package org.rep4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.rep4j.graph.ConvGraph;
import org.rep4j.verify.EquivalenceCheck;
import org.rep4j.verify.EquivalenceResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rep4j verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        description = {
            "Runs two models on the same random inputs and compares all outputs. Inputs and outputs are matched by name; the"
                    + " models may be of different formats; what a SameDiff graph is asked for are then the other model's outputs.",
            ""
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j verify model.onnx deploy.onnx",
            "  rep4j verify model.onnx model.fb",
            "  rep4j verify trained.zip deploy.onnx",
            "  rep4j verify model.onnx deploy.onnx --tolerance 1e-5 --input image=1x3x224x224",
            "",
            "Exit codes: 0 both compute the same, 1 they do not, 2 a model cannot be read or run, or the command line is wrong."
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "A", description = "The reference, .onnx, .fb or .zip.")
    private Path reference = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "The model to compare with it.")
    private Path candidate = Path.of("");

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ToleranceOption toleranceOption = new ToleranceOption();

    @Override
    public Integer call() {
        EquivalenceResult result;
        Model first = Model.load(reference);
        Model second = Model.load(candidate);
        Model a = askedLike(first, second);
        Model b = askedLike(second, first);
        ConvGraph graph = a.lift();
        EquivalenceCheck check =
                toleranceOption.check().withInputShapes(ChannelHints.inputShapes(a, graph, modelOptions.inputs()));
        try (Workspace workspace = Workspace.temporary()) {
            result = Comparison.run(a, graph, b, b.lift(), check, workspace);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(VerificationText.table(result));
        result.outputs().stream()
                .filter(o -> !o.isWithinTolerance())
                .flatMap(o -> o.explanation().stream().map(e -> o.output() + ": " + e))
                .forEach(out::println);
        out.println((result.passed() ? "Equivalent: " : "NOT equivalent: ") + VerificationText.summary(result));
        out.flush();
        return result.passed() ? ExitCode.OK : ExitCode.NOT_EQUIVALENT;
    }

    /** The file of a SameDiff graph does not tell its outputs, those of other formats do. */
    private static Model askedLike(Model model, Model other) {
        return model instanceof SameDiffFile graph && !(other instanceof SameDiffFile) && graph.knows(other.outputs())
                ? graph.asking(other.outputs())
                : model;
    }
}
