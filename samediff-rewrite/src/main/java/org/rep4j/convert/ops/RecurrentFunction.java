package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * A function that a recurrent layer applies to its gates or its cell.
 *
 * @param kind what it is
 * @param alpha its first parameter
 * @param beta its second one
 */
record RecurrentFunction(Kind kind, double alpha, double beta) {
    /** What ONNX calls these functions, in upper case; with the parameters that they have where none are given. */
    private enum Kind {
        SIGMOID(false, 0, false, 0),
        TANH(false, 0, false, 0),
        RELU(false, 0, false, 0),
        SOFTSIGN(false, 0, false, 0),
        SOFTPLUS(false, 0, false, 0),
        AFFINE(true, 1, true, 0),
        LEAKYRELU(true, 0.01, false, 0),
        ELU(true, 1, false, 0),
        HARDSIGMOID(true, 0.2, true, 0.5);

        private final boolean hasAlpha;
        private final double alpha;
        private final boolean hasBeta;
        private final double beta;

        Kind(boolean hasAlpha, double alpha, boolean hasBeta, double beta) {
            this.hasAlpha = hasAlpha;
            this.alpha = alpha;
            this.hasBeta = hasBeta;
            this.beta = beta;
        }

        static Kind of(ImportedOp op, String name) throws NotConvertibleException {
            try {
                return valueOf(name.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw op.unsupported("its function " + name + " is none that SameDiff has");
            }
        }
    }

    /** The functions of an op of these names. Its attributes list the parameters of those that have some. */
    static List<RecurrentFunction> of(ImportedOp op, List<String> names) throws NotConvertibleException {
        double[] alphas = op.node().numbers("activation_alpha").orElse(new double[0]);
        double[] betas = op.node().numbers("activation_beta").orElse(new double[0]);
        List<RecurrentFunction> functions = new ArrayList<>();
        int nextAlpha = 0;
        int nextBeta = 0;
        for (String name : names) {
            Kind kind = Kind.of(op, name);
            double alpha = kind.hasAlpha && nextAlpha < alphas.length ? alphas[nextAlpha++] : kind.alpha;
            double beta = kind.hasBeta && nextBeta < betas.length ? betas[nextBeta++] : kind.beta;
            functions.add(new RecurrentFunction(kind, alpha, beta));
        }
        return functions;
    }

    /** Whether it changes nothing. */
    boolean isIdentity() {
        return kind == Kind.AFFINE && alpha == 1 && beta == 0;
    }

    /** The function of each element. */
    SDVariable of(SameDiff graph, SDVariable x) {
        return switch (kind) {
            case SIGMOID -> graph.nn().sigmoid(x);
            case TANH -> graph.math().tanh(x);
            case RELU -> graph.nn().relu(x, 0);
            case SOFTSIGN -> graph.nn().softsign(x);
            case SOFTPLUS -> graph.nn().softplus(x);
            case AFFINE -> x.mul(alpha).add(beta);
            case LEAKYRELU -> graph.nn().leakyRelu(x, alpha);
            case ELU ->
                negative(
                        graph,
                        x,
                        graph.math().exp(graph.math().min(x, x.mul(0))).sub(1));
            case HARDSIGMOID -> graph.math().clipByValue(x.mul(alpha).add(beta), 0, 1);
        };
    }

    private SDVariable negative(SameDiff graph, SDVariable x, SDVariable whereNegative) {
        return graph.nn().relu(x, 0).add(whereNegative.mul(alpha));
    }
}
