package org.rep4j.verify;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Compares an output of the reference with that of the candidate. */
final class TensorComparison {
    private TensorComparison() {}

    /**
     * The difference in one sample.
     *
     * @param candidate null if the candidate has no such output
     * @param scale differences are relative to the largest element of the reference, or to this if it is larger
     * @param tolerance for floating-point outputs; empty for the type's default
     */
    static OutputDifference compare(
            String output, Tensor reference, @Nullable Tensor candidate, double scale, OptionalDouble tolerance) {
        TensorType type = reference.type();
        double allowed = type.isFloatingPoint() ? tolerance.orElse(type.defaultTolerance()) : 0;
        if (candidate == null) {
            return new OutputDifference(output, type, 0, 0, allowed, "only one of the models has it");
        }
        if (type != candidate.type()) {
            return new OutputDifference(
                    output, type, 0, 0, allowed, "its elements are " + type + " and " + candidate.type());
        }
        if (!reference.shape().equals(candidate.shape())) {
            return new OutputDifference(
                    output, type, 0, 0, allowed, "its shapes are " + reference.shape() + " and " + candidate.shape());
        }
        return type.isFloatingPoint()
                ? compareReals(output, reference, candidate, scale, allowed)
                : compareIntegers(output, reference, candidate);
    }

    private static OutputDifference compareReals(
            String output, Tensor reference, Tensor candidate, double scale, double tolerance) {
        double[] a = reference.reals();
        double[] b = candidate.reals();
        double largest = scale;
        double difference = 0;
        String mismatch = null;
        for (int i = 0; i < a.length; i++) {
            if (Double.isFinite(a[i]) && Double.isFinite(b[i])) {
                largest = Math.max(largest, Math.abs(a[i]));
                difference = Math.max(difference, Math.abs(a[i] - b[i]));
            } else if (Double.compare(a[i], b[i]) != 0) { // equal infinities and NaN with NaN are the same
                mismatch = "its element " + i + " is " + a[i] + " in one model, " + b[i] + " in the other";
            }
        }
        double relative = difference == 0 ? 0 : difference / largest; // infinite where the reference is all zeros
        return new OutputDifference(output, reference.type(), difference, relative, tolerance, mismatch);
    }

    private static OutputDifference compareIntegers(String output, Tensor reference, Tensor candidate) {
        long[] a = reference.integers();
        long[] b = candidate.integers();
        double largest = 0;
        double difference = 0;
        int different = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i]));
            difference = Math.max(difference, Math.abs((double) a[i] - (double) b[i]));
            different += a[i] == b[i] ? 0 : 1;
        }
        double relative = difference == 0 ? 0 : difference / largest;
        String mismatch = different == 0 ? null : different + " of its " + a.length + " integers differ";
        return new OutputDifference(output, reference.type(), difference, relative, 0, mismatch);
    }
}
