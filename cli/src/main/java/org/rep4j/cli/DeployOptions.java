package org.rep4j.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.Shape;
import org.rep4j.rewrite.RepPass;
import org.rep4j.verify.EquivalenceCheck;

/**
 * What the user decided on for all models.
 *
 * @param pass the rules
 * @param check with the user's tolerance
 * @param inputShapes by input name
 * @param verify whether to verify
 * @param page where the picture goes, null for none
 */
record DeployOptions(
        RepPass pass,
        EquivalenceCheck check,
        Map<String, Shape> inputShapes,
        boolean verify,
        @Nullable Path page) {

    /** Copies the map. */
    DeployOptions {
        inputShapes = Map.copyOf(inputShapes);
    }
}
