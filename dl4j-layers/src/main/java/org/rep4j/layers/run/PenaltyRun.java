package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.KernelPenalty;

/** Computes a {@link KernelPenalty}: what it adds to the loss, and its gradients. */
final class PenaltyRun {
    private final KernelPenalty penalty;
    private final Parameters parameters;
    private final INDArray dense;
    private final INDArray beside;
    private final INDArray middle;
    private final INDArray factor;
    private final INDArray factorBeside;
    private final INDArray together;
    private final INDArray divisor;

    PenaltyRun(KernelPenalty penalty, Parameters parameters) {
        this.penalty = penalty;
        this.parameters = parameters;
        this.dense = parameters.get(penalty.dense().weight(), false);
        this.beside = parameters.get(penalty.pointwise().weight(), false);
        this.middle = middle(dense.dup('c')); // of views of the net's parameters ND4J takes some points for empty
        this.factor = factor(penalty.denseNorm());
        this.factorBeside = factor(penalty.pointwiseNorm());
        this.together =
                middle.mul(factor).addi(beside.reshape('c', middle.shape()).mul(factorBeside));
        INDArray squares = factor.mul(factor).addi(factorBeside.mul(factorBeside));
        this.divisor =
                squares.addi(squares.eq(0).castTo(squares.dataType())); // where both are 0, so is what is divided
    }

    /** The tap in the middle, {@code [in, out]} of each group. */
    private static INDArray middle(INDArray kernel) {
        INDArrayIndex[] region = new INDArrayIndex[kernel.rank()];
        int first = kernel.rank() - 4; // behind the axis of groups, if there is one
        for (int i = 0; i < region.length; i++) {
            region[i] = i == first || i == first + 1 ? NDArrayIndex.point(kernel.size(i) / 2) : NDArrayIndex.all();
        }
        return kernel.get(region);
    }

    /** γ / √(σ² + ε), with the axes to go with the taps of a kernel. */
    private INDArray factor(BatchNormStep norm) {
        INDArray deviation =
                Transforms.sqrt(parameters.get(norm.variance(), false).add(norm.eps()), false);
        INDArray factor = parameters.get(norm.gamma(), false).div(deviation);
        ConvolutionStep step = penalty.dense();
        if (step.isDepthwise()) {
            return factor.reshape('c', step.in(), step.out() / step.in());
        }
        return step.groups() > 1
                ? factor.reshape('c', step.groups(), 1, step.out() / step.groups())
                : factor.reshape('c', 1, step.out());
    }

    /** What is added to the loss. */
    double score() {
        double inTheMiddle = together.mul(together).divi(divisor).sumNumber().doubleValue();
        return penalty.coefficient() / 2 * (inTheMiddle + squares(dense) - squares(middle));
    }

    private static double squares(INDArray array) {
        double norm = array.norm2Number().doubleValue();
        return norm * norm;
    }

    /**
     * Adds the slopes of {@link #score} to the gradients of both kernels.
     *
     * @param times how often: the number by which gradients will be divided
     */
    void addGradients(double times) {
        double coefficient = penalty.coefficient() * times;
        INDArray perTogether = together.div(divisor).muli(coefficient);
        INDArray ofDense = dense.mul(coefficient);
        middle(ofDense).assign(perTogether.mul(factor));
        parameters.gradient(penalty.dense().weight()).addi(ofDense);
        INDArray ofBeside = perTogether.mul(factorBeside).reshape('c', beside.shape());
        parameters.gradient(penalty.pointwise().weight()).addi(ofBeside);
    }
}
