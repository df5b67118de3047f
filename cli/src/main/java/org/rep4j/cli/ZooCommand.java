package org.rep4j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rep4j zoo}. */
@Command(
        name = "zoo",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        subcommands = {ZooListCommand.class, ZooCreateCommand.class},
        synopsisSubcommandLabel = "COMMAND",
        description = {"Lists published nets, and writes them with their authors' weights.", ""},
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j zoo list",
            "  rep4j zoo create repvgg-a0 --weights RepVGG-A0-train.pth -o repvgg-a0.onnx",
        })
final class ZooCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: list or create");
    }
}
