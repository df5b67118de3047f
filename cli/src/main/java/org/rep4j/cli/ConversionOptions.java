package org.rep4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rep4j.convert.SameDiffToOnnx;
import org.rep4j.onnx.OnnxModel;
import picocli.CommandLine.Option;

/** Options of all commands that can change a model's format. */
final class ConversionOptions {
    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            description = {
                "Format of the results, onnx, fb or zip, where they go into a folder. A file's name tells its format by itself."
            })
    private @Nullable Format to;

    @Option(
            names = "--opset",
            paramLabel = "N",
            description = {
                "Version of the operator set for SameDiff graphs and Deeplearning4j nets that become ONNX models, "
                        + SameDiffToOnnx.OLDEST_OPSET + " to " + OnnxModel.NEWEST_OPSET + ". Default: "
                        + SameDiffToOnnx.DEFAULT_OPSET + "."
            })
    private @Nullable Integer opset;

    @Option(
            names = "--importer",
            paramLabel = "NAME",
            description = {
                "Who turns ONNX models into SameDiff graphs: rep4j, or samediff-import-onnx, which runs in a process of its"
                        + " own. Default: rep4j."
            })
    private @Nullable Importer importer;

    @Option(
            names = "--output-names",
            paramLabel = "NAME",
            split = ",",
            description = {
                "Names of the variables that a SameDiff graph is asked for, since its file does not tell them. Default: what"
                        + " its ops compute and none of them reads."
            })
    private List<String> outputNames = new ArrayList<>();

    /** The format of all results, null if it is not given. */
    @Nullable
    Format to() {
        return to;
    }

    /** The outputs of all SameDiff graphs, empty if they are not given. */
    List<String> outputNames() {
        return outputNames;
    }

    /**
     * The conversion that the options ask for.
     *
     * @throws UsageException if an option is out of range or matters for none of the jobs
     */
    Conversion conversion(List<Job> jobs) {
        Conversion standard = Conversion.STANDARD;
        require(
                jobs,
                importer,
                "--importer",
                "ONNX models that become SameDiff graphs",
                j -> j.isFrom(Format.ONNX) && j.converts());
        require(
                jobs,
                opset,
                "--opset",
                "models that become ONNX models",
                j -> j.target() == Format.ONNX && j.converts());
        require(
                jobs,
                outputNames.isEmpty() ? null : outputNames,
                "--output-names",
                "SameDiff graphs",
                j -> j.isFrom(Format.SAME_DIFF));
        if (opset != null && (opset < SameDiffToOnnx.OLDEST_OPSET || opset > OnnxModel.NEWEST_OPSET)) {
            throw new UsageException("--opset is " + opset + ", but must be " + SameDiffToOnnx.OLDEST_OPSET + " to "
                    + OnnxModel.NEWEST_OPSET);
        }
        return new Conversion(
                opset == null ? standard.opset() : opset, importer == null ? standard.importer() : importer);
    }

    private static void require(
            List<Job> jobs, @Nullable Object value, String option, String purpose, Predicate<Job> isMeant) {
        if (value != null && jobs.stream().noneMatch(isMeant)) {
            throw new UsageException(option + " is for " + purpose + ", and there are none here");
        }
    }
}
