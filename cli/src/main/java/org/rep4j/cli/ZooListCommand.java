package org.rep4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rep4j zoo list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Prints the published nets: learned parameters of train form and deploy form, multiply-adds of the deploy form for one"
                    + " image, top-1 accuracy on ImageNet in percent as published, and the size of the images for which that holds.",
            ""
        },
        optionListHeading = "%nOptions:%n")
final class ZooListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print the same as JSON, and nothing else.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? ZooTable.json() : ZooTable.text());
        out.flush();
        return ExitCode.OK;
    }
}
