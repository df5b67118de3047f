package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.rep4j.convert.OnnxToSameDiff;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.importer.IsolatedImporter;

/** Who reads ONNX models for SameDiff. */
enum Importer {
    REP4J("rep4j") {
        @Override
        SameDiffFile convert(OnnxFile onnx, Path scratch) {
            return new SameDiffFile(OnnxToSameDiff.convert(onnx.model()), onnx.outputs());
        }
    },

    /** DL4J's own importer, in a process of its own. */
    SAMEDIFF_IMPORT_ONNX("samediff-import-onnx") {
        @Override
        SameDiffFile convert(OnnxFile onnx, Path scratch) {
            Path graph = scratch.resolve("imported" + Format.SAME_DIFF.ending());
            isolated().importModel(onnx.inFile(scratch), graph);
            SameDiffFile imported = SameDiffFile.read(graph).asking(onnx.outputs());
            try {
                imported.lift();
            } catch (InvalidGraphException e) {
                throw new InvalidGraphException("what " + this + " made contradicts itself: " + e.getMessage(), e);
            }
            return imported;
        }
    };

    /** Set by the launcher: the folder {@code importer/target}. */
    private static final String BUILD = "rep4j.importer";

    private final String word;

    Importer(String word) {
        this.word = word;
    }

    /**
     * The model as a SameDiff graph.
     *
     * @param scratch a folder for temporary files
     * @throws org.rep4j.convert.UnsupportedOpsException if SameDiff cannot express some of the ops
     * @throws org.rep4j.importer.ImportFailedException if an importer that is not Rep4J's own fails
     */
    abstract SameDiffFile convert(OnnxFile onnx, Path scratch);

    private static IsolatedImporter isolated() {
        String build = System.getProperty(BUILD, "");
        try {
            return IsolatedImporter.builtIn(Path.of(build));
        } catch (IOException e) {
            throw new UsageException(
                    SAMEDIFF_IMPORT_ONNX + " has not been built: the launcher rep4j does that, or mvn compile and -D"
                            + BUILD + "=importer/target",
                    e);
        }
    }

    /** What the command line calls it. */
    @Override
    public String toString() {
        return word;
    }
}
