package org.rep4j.samediff;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;

/** Copies of SameDiff graphs. */
final class SameDiffCopy {
    private SameDiffCopy() {}

    /** A copy that trains on where the original stands. */
    static SameDiff exact(SameDiff source) {
        return withOutputs(source, source.dup());
    }

    /** A copy that does not take over the state of the updater: it belongs to weights that may go. */
    static SameDiff untrained(SameDiff source) {
        try {
            return withOutputs(source, SameDiff.fromFlatBuffers(source.asFlatBuffers(false)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What SameDiff itself does not copy. */
    private static SameDiff withOutputs(SameDiff source, SameDiff copy) {
        List<String> outputs = source.outputs();
        if (outputs != null) {
            copy.setOutputs(outputs.stream().filter(copy::hasVariable).toList());
        }
        return copy;
    }
}
