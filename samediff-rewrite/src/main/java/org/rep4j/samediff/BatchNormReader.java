package org.rep4j.samediff;

import java.util.Arrays;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/**
 * Reads batchnorm, which always uses the statistics that it is given: inputs x, mean, variance, then γ and β where the first two
 * integer arguments say so; the third is the axis.
 */
final class BatchNormReader implements OpReader {
    private static final double DEFAULT_EPSILON = 1e-5;

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        if (op.integers() > 3) {
            throw new NotLiftableException("it normalizes along " + (op.integers() - 2) + " axes");
        }
        boolean scales = op.integer(0, 0) != 0;
        boolean shifts = op.integer(1, 0) != 0;
        Value input = context.computed(op, 0);
        int channels = Math.toIntExact(context.array(op, 1, "means").length());
        double[] gamma = scales ? context.vector(op, 3, "scales", channels) : ones(channels);
        double[] beta = shifts ? context.vector(op, scales ? 4 : 3, "shifts", channels) : new double[channels];
        BatchNormStatistics statistics = new BatchNormStatistics(
                gamma,
                beta,
                context.vector(op, 1, "means", channels),
                context.vector(op, 2, "variances", channels),
                op.number(0, DEFAULT_EPSILON));
        return new BatchNormalization(
                context.info(op), input, context.output(op.output(), input.shape()), statistics, op.integer(2, -1));
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
