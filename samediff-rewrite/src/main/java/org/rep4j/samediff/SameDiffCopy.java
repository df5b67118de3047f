package org.rep4j.samediff;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;

/** Copies of SameDiff graphs. ND4J makes them by way of its file format, so they cannot be larger than a file. */
final class SameDiffCopy {
    /** The function that SameDiff makes of a graph when it is trained, and makes anew when it is missing. */
    private static final String GRADIENTS = "grad";

    private SameDiffCopy() {}

    /** A copy that trains on where the original stands. */
    static SameDiff exact(SameDiff source) {
        WrittenSize.of(source, true).require();
        SameDiff copy = repaired(source, source.dup());
        OpNames.untangle(copy);
        return copy;
    }

    /** A copy that does not take over the state of the updater: it belongs to weights that may go. */
    static SameDiff untrained(SameDiff source) {
        WrittenSize.of(source, false).require();
        try {
            return repaired(source, SameDiff.fromFlatBuffers(source.asFlatBuffers(false)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What SameDiff itself does not copy: the list of outputs; functions that ops invoke; and which variables an op writes, if a variable that it does not
     * write has the op's name.
     */
    private static SameDiff repaired(SameDiff source, SameDiff copy) {
        for (SameDiffOp op : source.getOps().values()) {
            SameDiffOp copied = Objects.requireNonNull(copy.getOps().get(op.getName()), op.getName());
            List<String> written = NativeOp.orEmpty(op.getOutputsOfOp());
            if (!written.equals(copied.getOutputsOfOp())) {
                copied.setOutputsOfOp(new ArrayList<>(written));
            }
        }
        for (Variable variable : source.getVariables().values()) {
            Variable copied = Objects.requireNonNull(copy.getVariables().get(variable.getName()), variable.getName());
            copied.setOutputOfOp(variable.getOutputOfOp());
        }
        for (String function : source.definedFunctionNames()) {
            if (!function.equals(GRADIENTS)) {
                copy.putSubFunction(function, source.getFunction(function).dup());
            }
        }
        List<String> outputs = source.outputs();
        if (outputs != null) {
            copy.setOutputs(outputs.stream().filter(copy::hasVariable).toList());
        }
        return ArraysOnce.in(copy);
    }
}
