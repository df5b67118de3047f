package org.rep4j.layers.block;

import java.util.List;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.rep4j.layers.block.Parameter.Role;

/**
 * Squeeze and excitation (Hu et al., 2018): the mean of each channel, two linear maps with an activation between them and one behind
 * them, and each channel times what comes out. Not linear, so it stays when a block is deployed.
 *
 * @param name prefix of its parameters
 * @param channels how many there are
 * @param inner how many are between the two maps
 * @param behindActivation whether it comes behind the block's activation, not before
 * @param between the activation between the maps
 * @param gate the activation behind them
 */
public record SqueezeExcite(
        String name, long channels, long inner, boolean behindActivation, IActivation between, IActivation gate) {
    /** The paper's: ReLU between the maps, and a sigmoid behind them. */
    public SqueezeExcite(String name, long channels, long inner, boolean behindActivation) {
        this(name, channels, inner, behindActivation, new ActivationReLU(), new ActivationSigmoid());
    }

    /** Name of the first map's matrix, {@code [channels, inner]}. */
    public String down() {
        return name + "DownW";
    }

    /** Name of the first map's bias. */
    public String downBias() {
        return name + "Downb";
    }

    /** Name of the second map's matrix, {@code [inner, channels]}. */
    public String up() {
        return name + "UpW";
    }

    /** Name of the second map's bias. */
    public String upBias() {
        return name + "Upb";
    }

    /** What it learns. */
    public List<Parameter> parameters() {
        return List.of(
                Parameter.weight(down(), channels, inner),
                Parameter.perChannel(downBias(), Role.BIAS, 0, inner),
                Parameter.weight(up(), inner, channels),
                Parameter.perChannel(upBias(), Role.BIAS, 0, channels));
    }
}
