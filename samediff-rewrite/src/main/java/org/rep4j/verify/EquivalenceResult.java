package org.rep4j.verify;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.graph.Shape;

/**
 * What an {@link EquivalenceCheck} found.
 *
 * @param outputs one entry per output of the reference, in its order
 * @param samples the input shapes of each run, by input name
 */
public record EquivalenceResult(List<OutputDifference> outputs, List<Map<String, Shape>> samples) {

    /** Copies the lists. */
    public EquivalenceResult {
        outputs = List.copyOf(outputs);
        samples = List.copyOf(samples);
    }

    /** Whether all outputs are within their tolerances. */
    public boolean passed() {
        return outputs.stream().allMatch(OutputDifference::isWithinTolerance);
    }

    /** The largest absolute difference of all outputs. */
    public double maxAbsoluteDifference() {
        return outputs.stream().mapToDouble(OutputDifference::maxAbsolute).max().orElse(0);
    }

    /** The largest relative difference of all outputs. */
    public double maxRelativeDifference() {
        return outputs.stream().mapToDouble(OutputDifference::maxRelative).max().orElse(0);
    }

    /** The first output that is not within its tolerance. */
    public Optional<OutputDifference> firstFailure() {
        return outputs.stream().filter(o -> !o.isWithinTolerance()).findFirst();
    }
}
