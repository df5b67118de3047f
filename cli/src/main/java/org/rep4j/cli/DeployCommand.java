package org.rep4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rep4j deploy}. */
@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        description = {
            "Writes the deploy form of models: BatchNorms, scales, biases and paddings are folded into the convolutions beside"
                    + " them, parallel branches and convolutions in a row become one. Where the output has another format, the"
                    + " deploy form is converted. The result is run beside the original on random inputs, and is written only"
                    + " if both compute the same.",
            ""
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j deploy model.onnx -o deploy.onnx",
            "  rep4j deploy model.onnx -o deploy.fb",
            "  rep4j deploy trained.zip -o deploy.zip",
            "  rep4j deploy trained.zip -o deploy.onnx",
            "  rep4j deploy model.onnx -o deploy.onnx --input image=1x3x320x320 --report deploy.html",
            "  rep4j deploy a.onnx b.onnx net.fb -o deployed/",
            "  rep4j deploy models/ -o deployed/ --to fb",
            "",
            "Exit codes:",
            "  0  every model is deployed",
            "  1  a deploy form was not equivalent, or a rule broke it, and it was not written",
            "  2  a model could not be read, run or converted, or the command line is wrong",
            "With several models each is on its own: a bad one does not stop the others, and the largest code counts."
        })
final class DeployCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FileOptions fileOptions = new FileOptions();

    @Mixin
    private ConversionOptions conversionOptions = new ConversionOptions();

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private ToleranceOption toleranceOption = new ToleranceOption();

    @Mixin
    private PassOptions passOptions = new PassOptions();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = {
                "Write a report: what became of each op and why, and the figures. The ending tells the format: json for"
                        + " programs; html for a page that draws both graphs of one model."
            })
    private @Nullable Path report;

    @Override
    public Integer call() {
        List<Job> jobs = fileOptions.jobs(Plan.ofDeployment(conversionOptions.to()), report);
        JobOptions options = new JobOptions(
                passOptions.pass(),
                conversionOptions.conversion(jobs),
                toleranceOption.check(),
                modelOptions.inputs(),
                conversionOptions.outputNames(),
                fileOptions.verify(),
                report != null && ReportFile.isHtml(report) ? report : null);
        List<JobOutcome> outcomes = JobRun.of(jobs, options, ResultText::ofDeployment, spec.commandLine());
        if (report != null && !ReportFile.isHtml(report)) {
            JsonReport.write(outcomes, report);
        }
        return JobRun.exitCode(outcomes);
    }
}
