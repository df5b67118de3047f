package org.rep4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options of all commands that write models. */
final class FileOptions {
    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description =
                    "ONNX models (.onnx), SameDiff graphs (.fb) and Deeplearning4j nets (.zip), or a folder of them.")
    private List<Path> models = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUT",
            description = {
                "File for the result; its ending, .onnx, .fb or .zip, tells the format. For several models, or a folder of them, a"
                        + " folder: the files keep their names."
            })
    private Path output = Path.of("");

    @Option(names = "--no-verify", description = "Write the result without running it.")
    private boolean noVerify;

    /**
     * A job for each model.
     *
     * @param report where the report goes, null if there is to be none
     * @throws UsageException if files or formats do not fit together
     */
    List<Job> jobs(Plan plan, @Nullable Path report) {
        return plan.jobs(models, output, report);
    }

    /** Whether results are verified. */
    boolean verify() {
        return !noVerify;
    }
}
