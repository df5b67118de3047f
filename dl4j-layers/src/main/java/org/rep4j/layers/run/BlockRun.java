package org.rep4j.layers.run;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.SqueezeExcite;

/** Runs a block once: its branches, their sum, and what is behind that; after a pass in training the way back, too. */
final class BlockRun implements AutoCloseable {
    private final StepRun branches;
    private final @Nullable StepRun normalization;
    private final @Nullable SqueezeExciteRun before;
    private final @Nullable SqueezeExciteRun behind;
    private final IActivation activation;
    private final Kept kept;
    private INDArray sum;

    @SuppressWarnings("NullAway.Init") // there is a sum before anything goes backwards
    BlockRun(Blueprint blueprint, CNN2DFormat format, IActivation activation, Parameters parameters, Kept kept) {
        Layout layout = Layout.of(format);
        this.branches = blueprint.online() == null
                ? new SumRun(blueprint.branches(), layout, parameters, kept)
                : new OnlineRun(blueprint.branches(), blueprint.online(), layout, parameters, kept);
        this.normalization = blueprint.normalization() == null
                ? null
                : new BatchNormRun(blueprint.normalization(), layout, parameters, kept);
        SqueezeExcite excite = blueprint.squeezeExcite();
        SqueezeExciteRun run = excite == null ? null : new SqueezeExciteRun(excite, layout, parameters, kept);
        this.before = excite != null && !excite.behindActivation() ? run : null;
        this.behind = excite != null && excite.behindActivation() ? run : null;
        this.activation = activation;
        this.kept = kept;
    }

    INDArray forward(INDArray image, boolean training) {
        INDArray x = training ? kept.hold(image) : image;
        INDArray result = branches.forward(x, training);
        if (normalization != null) {
            result = normalization.forward(result, training);
        }
        if (before != null) {
            result = before.forward(result, training);
        }
        INDArray activated = result == x ? x.dup('c') : result;
        if (training) {
            sum = kept.copy(activated); // activations work in place
        }
        activated = activation.getActivation(activated, training);
        return behind == null ? activated : behind.forward(activated, training);
    }

    /** Whether this is a pass of {@code input}. */
    boolean isOf(INDArray input) {
        return kept.isOf(input);
    }

    /** Writes all gradients of the parameters for the last forward pass in training; that of the input is the result. */
    INDArray backward(INDArray gradient) {
        INDArray ofResult = behind == null ? gradient.dup('c') : behind.backward(gradient);
        INDArray delta = activation.backprop(sum, ofResult).getFirst();
        if (before != null) {
            delta = before.backward(delta);
        }
        if (normalization != null) {
            delta = normalization.backward(delta);
        }
        INDArray result = branches.backward(delta);
        return result == delta ? delta.dup('c') : result;
    }

    /** Frees what is kept for the way back. */
    @Override
    public void close() {
        kept.close();
    }
}
