package org.rep4j.cli;

import java.nio.file.Path;
import org.rep4j.convert.SameDiffToOnnx;

/**
 * How models get another format.
 *
 * @param opset version of the operator set in which ONNX models are written
 * @param importer who reads ONNX models for SameDiff
 */
record Conversion(int opset, Importer importer) {
    /** The conversion where the user says nothing. */
    static final Conversion STANDARD = new Conversion(SameDiffToOnnx.DEFAULT_OPSET, Importer.REP4J);

    /**
     * The model in another format.
     *
     * @param model not changed, and not to be changed until the result is saved
     * @param scratch a folder for temporary files
     * @return {@code model} itself, if it has the format
     * @throws org.rep4j.convert.UnsupportedOpsException if the format cannot express the model
     * @throws org.rep4j.importer.ImportFailedException if an importer that is not Rep4J's own fails
     */
    Model convert(Model model, Format target, Path scratch) {
        if (model instanceof OnnxFile onnx && target == Format.SAME_DIFF) {
            return importer.convert(onnx, scratch);
        }
        if (model instanceof SameDiffFile sameDiff && target == Format.ONNX) {
            return new OnnxFile(SameDiffToOnnx.convert(sameDiff.graph(), sameDiff.outputs(), opset), null);
        }
        return model;
    }
}
