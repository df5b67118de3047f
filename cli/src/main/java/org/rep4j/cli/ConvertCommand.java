package org.rep4j.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rep4j convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        description = {
            "Converts ONNX models to SameDiff graphs, SameDiff graphs to ONNX models, and Deeplearning4j nets to either. Inputs and"
                    + " outputs keep their names,"
                    + " images stay NCHW. The result is run beside the original on random inputs, and is written only if both"
                    + " compute the same.",
            ""
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j convert model.onnx -o model.fb",
            "  rep4j convert model.fb -o model.onnx --opset 13",
            "  rep4j convert trained.zip -o model.onnx",
            "  rep4j convert models/ -o converted/ --to fb",
            "",
            "Exit codes:",
            "  0  every model is converted",
            "  1  a converted model was not equivalent, and it was not written",
            "  2  a model could not be read, run or converted, or the command line is wrong",
            "With several models each is on its own: a bad one does not stop the others, and the largest code counts."
        })
final class ConvertCommand implements Callable<Integer> {
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

    @Override
    public Integer call() {
        List<Job> jobs = fileOptions.jobs(Plan.ofConversion(conversionOptions.to()), null);
        JobOptions options = new JobOptions(
                null,
                conversionOptions.conversion(jobs),
                toleranceOption.check(),
                modelOptions.inputs(),
                conversionOptions.outputNames(),
                fileOptions.verify(),
                null);
        return JobRun.exitCode(JobRun.of(jobs, options, ResultText::ofConversion, spec.commandLine()));
    }
}
