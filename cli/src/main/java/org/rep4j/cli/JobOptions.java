package org.rep4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.Shape;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.EquivalenceCheck;

/**
 * What the user decided on for all models.
 *
 * @param rules the pass, null if nothing is to be folded
 * @param conversion for results of another format
 * @param check with the user's tolerance
 * @param inputShapes by input name
 * @param outputNames of SameDiff graphs, empty where the files tell
 * @param verify whether to verify
 * @param page where the picture goes, null for none
 */
record JobOptions(
        @Nullable RepPass rules,
        Conversion conversion,
        EquivalenceCheck check,
        Map<String, Shape> inputShapes,
        List<String> outputNames,
        boolean verify,
        @Nullable Path page) {

    /** Copies the map and the list. */
    JobOptions {
        inputShapes = Map.copyOf(inputShapes);
        outputNames = List.copyOf(outputNames);
    }

    /** The pass, if there is one. */
    Optional<RepPass> pass() {
        return Optional.ofNullable(rules);
    }
}
