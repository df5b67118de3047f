package org.rep4j.layers.block;

/**
 * Weight decay of what two convolutions become together, instead of their kernels: RepVGG's custom L2 (Ding et al., 2021, the authors'
 * {@code get_custom_L2}). With {@code t = γ / √(σ² + ε)} of each batch normalization, which has no gradient here, it adds to the loss half of
 * {@code coefficient} times
 * <pre>{@code Σ (t₃·K₃[middle] + t₁·K₁)² / (t₃² + t₁²)  +  Σ K₃[elsewhere]²}</pre>
 *
 * @param coefficient not negative
 * @param dense the convolution of a larger kernel, which has a middle tap
 * @param denseNorm behind it
 * @param pointwise the 1×1 convolution beside it, of as many groups
 * @param pointwiseNorm behind that
 */
public record KernelPenalty(
        double coefficient,
        ConvolutionStep dense,
        BatchNormStep denseNorm,
        ConvolutionStep pointwise,
        BatchNormStep pointwiseNorm) {
    /** Whether it takes the place of the usual regularization of a parameter. */
    public boolean replaces(String parameter) {
        return parameter.equals(dense.weight()) || parameter.equals(pointwise.weight());
    }
}
