package org.rep4j.layers.run;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Parameter.Role;

/**
 * Deeplearning4j's gradient normalizations, for the gradients of a block only: among what it updates are running averages, of which
 * its own would scale and clip the updates, too.
 *
 * @param kind which one
 * @param threshold of those that clip
 * @param divisor what the updater will divide by: thresholds are for the mean over the batch
 */
record GradientLimit(GradientNormalization kind, double threshold, double divisor) {
    private static final double NO_LENGTH = 1e-5;

    static GradientLimit of(RepBlock block, double divisor) {
        GradientNormalization kind = block.getGradientNormalization();
        return new GradientLimit(
                kind == null ? GradientNormalization.None : kind, block.getGradientNormalizationThreshold(), divisor);
    }

    /** Changes the gradients in place. */
    void apply(Blueprint blueprint, Map<String, INDArray> views) {
        List<INDArray> gradients = blueprint.parameters().stream()
                .filter(p -> p.role() != Role.STATISTIC)
                .map(p -> views.get(p.name()))
                .toList();
        switch (kind) {
            case None -> {}
            case RenormalizeL2PerLayer -> renormalize(gradients);
            case RenormalizeL2PerParamType -> gradients.forEach(g -> renormalize(List.of(g)));
            case ClipElementWiseAbsoluteValue -> gradients.forEach(this::clip);
            case ClipL2PerLayer -> shorten(gradients);
            case ClipL2PerParamType -> gradients.forEach(g -> shorten(List.of(g)));
        }
    }

    /** The length of the mean gradient. */
    private double length(List<INDArray> gradients) {
        double squares = gradients.stream()
                .mapToDouble(g -> g.norm2Number().doubleValue())
                .map(norm -> norm * norm)
                .sum();
        return Math.sqrt(squares) / divisor;
    }

    private void renormalize(List<INDArray> gradients) {
        double length = length(gradients);
        scale(gradients, 1 / (length == 0 ? NO_LENGTH : length));
    }

    private static void scale(List<INDArray> gradients, double factor) {
        gradients.forEach(g -> g.muli(factor));
    }

    private void shorten(List<INDArray> gradients) {
        double length = length(gradients);
        if (length > threshold) {
            scale(gradients, threshold / length);
        }
    }

    private void clip(INDArray gradient) {
        double largest = threshold * divisor;
        BooleanIndexing.replaceWhere(gradient, largest, Conditions.greaterThan(largest));
        BooleanIndexing.replaceWhere(gradient, -largest, Conditions.lessThan(-largest));
    }
}
