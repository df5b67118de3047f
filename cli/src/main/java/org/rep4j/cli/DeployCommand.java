package org.rep4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rep4j deploy}. */
@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        description = {
            "Writes the deploy form of models: BatchNorms, scales, biases and paddings are folded into the convolutions beside"
                    + " them, parallel branches and convolutions in a row become one. The result is run beside the original on"
                    + " random inputs, and is written only if both compute the same.",
            ""
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j deploy model.onnx -o deploy.onnx",
            "  rep4j deploy model.onnx -o deploy.onnx --input image=1x3x320x320 --report deploy.html",
            "  rep4j deploy a.onnx b.onnx net.fb -o deployed/",
            "  rep4j deploy models/ -o deployed/",
            "",
            "Exit codes:",
            "  0  every model is deployed",
            "  1  a deploy form was not equivalent, or a rule broke it, and it was not written",
            "  2  a model could not be read or run, or the command line is wrong",
            "With several models each is on its own: a bad one does not stop the others, and the largest code counts."
        })
final class DeployCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description = "ONNX models (.onnx) and SameDiff graphs (.fb), or a folder of them.")
    private List<Path> models = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = {
                "File for the deploy form; it has the format of the model. For several models, or a folder of them, a folder:"
                        + " the files keep their names."
            })
    private Path output = Path.of("");

    @Mixin
    private ModelOptions modelOptions;

    @Mixin
    private ToleranceOption toleranceOption;

    @Mixin
    private PassOptions passOptions;

    @Option(names = "--no-verify", description = "Write the result without running it.")
    private boolean noVerify;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = {
                "Write a report: what became of each op and why, and the figures. The ending tells the format: json for"
                        + " programs; html for a page that draws both graphs of one model."
            })
    private @Nullable Path report;

    DeployCommand() {
        modelOptions = new ModelOptions();
        toleranceOption = new ToleranceOption();
        passOptions = new PassOptions();
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<DeployJob> jobs = DeployPlan.jobs(models, output, report);
        List<DeployOutcome> outcomes = new ArrayList<>();
        for (DeployJob job : jobs) {
            DeployOutcome outcome = deploy(job);
            outcome.print(out, err);
            outcomes.add(outcome);
        }
        if (report != null && !ReportFile.isHtml(report)) {
            JsonReport.write(outcomes, report);
        }
        return outcomes.stream().mapToInt(DeployOutcome::exitCode).max().orElse(ExitCode.OK);
    }

    private DeployOutcome deploy(DeployJob job) {
        try (Progress progress = Progress.onTerminal(Deployer.STEPS)) {
            DeployOptions options = new DeployOptions(
                    passOptions.pass(),
                    toleranceOption.check(),
                    modelOptions.inputs(),
                    !noVerify,
                    report != null && ReportFile.isHtml(report) ? report : null);
            Deployer deployer = new Deployer(options, progress);
            return DeployOutcome.of(job, deployer);
        }
    }
}
