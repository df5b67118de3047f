package org.rep4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rep4j zoo create}. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        description = {
            "Writes a published net: its deploy form unless --form says otherwise, with the weights of a checkpoint or with random"
                    + " ones.",
            ""
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j zoo create repvgg-a0 --weights RepVGG-A0-train.pth -o repvgg-a0.onnx",
            "  rep4j zoo create mobileone-s1 --form train --classes 10 --size 96 -o mobileone.zip",
            "",
            "Exit codes: 0 done, 2 no such net, weights that do not fit, or a wrong command line."
        })
final class ZooCreateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "The net's name: rep4j zoo list prints all.")
    private String name = "";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The file to write; its ending tells the format: .onnx, .fb or .zip.")
    private Path output = Path.of("");

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description =
                    "The authors' checkpoint, of PyTorch or safetensors, of either form. Default: random numbers.")
    private @Nullable Path weights;

    @Option(names = "--form", paramLabel = "FORM", description = "train or deploy. Default: deploy.")
    private String form = ZooCreation.DEPLOY;

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes. Default: 1000.")
    private int classes = 1000;

    @Option(names = "--size", paramLabel = "N", description = "Height and width of the images. Default: as published.")
    private @Nullable Integer size;

    @Option(names = "--verbose", description = "List all tensors that are missing, unexpected or misshapen.")
    private boolean verbose;

    @Override
    public Integer call() {
        ZooCreation creation = new ZooCreation(name, output, weights, form, classes, size);
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.print(creation.run());
        } catch (UsageException e) {
            List<String> all = creation.mismatches();
            if (verbose) {
                all.forEach(out::println);
            }
            throw all.isEmpty() || verbose
                    ? e
                    : new UsageException(e.getMessage() + "; --verbose lists all " + all.size(), e);
        } finally {
            out.flush();
        }
        return ExitCode.OK;
    }
}
