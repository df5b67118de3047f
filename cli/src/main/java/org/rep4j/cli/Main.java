package org.rep4j.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line's entry. */
@Command(
        name = "rep4j",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        subcommands = {
            DeployCommand.class,
            ConvertCommand.class,
            InspectCommand.class,
            VerifyCommand.class,
            ZooCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Train wide, deploy plain: folds BatchNorms and parallel branches of a convolutional net into single"
                    + " convolutions that compute the same function, and converts nets from Deeplearning4j to ONNX and"
                    + " SameDiff, and between these.",
            ""
        },
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j deploy model.onnx -o deploy.onnx      fold, check, write",
            "  rep4j deploy trained.zip -o deploy.onnx     the same for a Deeplearning4j net",
            "  rep4j convert model.onnx -o model.fb        between ONNX and SameDiff",
            "  rep4j inspect model.onnx                    what would be folded, what not and why",
            "  rep4j verify model.onnx deploy.onnx         do both compute the same?",
            "  rep4j zoo list                              published nets",
            "",
            "rep4j COMMAND --help tells more. The environment variable REP4J_OPTS holds options for the Java virtual machine,"
                    + " for example -Xmx8g for a model of several GB.",
            "",
            "Exit codes: 0 done, 1 not equivalent, 2 bad input or usage."
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs the command line and ends the process. */
    public static void main(String[] args) {
        System.exit(execute(writer(System.out), writer(System.err), args));
    }

    /** Names of files and ops may have any letters; a terminal shows those of its own encoding. */
    private static PrintWriter writer(PrintStream stream) {
        Charset charset = Charset.forName(System.getProperty("native.encoding", StandardCharsets.UTF_8.name()));
        return new PrintWriter(stream, true, charset);
    }

    /**
     * Runs the command line.
     *
     * @param out for results
     * @param err for one line per failure
     * @return the exit code: 0 done, 1 not equivalent, 2 bad input or usage
     */
    public static int execute(PrintWriter out, PrintWriter err, String... args) {
        CommandLine commandLine = new CommandLine(new Main())
                .registerConverter(Format.class, new Words<>(Format.class))
                .registerConverter(Importer.class, new Words<>(Importer.class))
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler((e, arguments) -> {
                    complain(
                            err,
                            Messages.oneLine(String.valueOf(e.getMessage())) + " ("
                                    + e.getCommandLine().getCommandSpec().qualifiedName() + " --help tells more)");
                    return ExitCode.BAD_INPUT;
                })
                .setExecutionExceptionHandler((e, command, result) -> {
                    complain(err, Messages.of(e));
                    return ExitCode.of(e);
                });
        try {
            return commandLine.execute(args);
        } catch (OutOfMemoryError e) {
            complain(err, Messages.of(e));
            return ExitCode.BAD_INPUT;
        }
    }

    /** Prints the one line that a failure gets. */
    static void complain(PrintWriter err, String message) {
        err.println("rep4j: " + message);
        err.flush();
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a command is missing: deploy, convert, inspect, verify or zoo");
    }
}
