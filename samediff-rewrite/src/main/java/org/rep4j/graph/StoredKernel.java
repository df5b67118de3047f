package org.rep4j.graph;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;

/** A kernel as its graph stores it. */
public final class StoredKernel implements KernelSource {
    private final KernelShape shape;
    private final TensorData weights;
    private final KernelLayout layout;
    private final @Nullable TensorData bias;
    private double @Nullable [] bounds;

    /**
     * @param shape sizes in canonical order
     * @param weights the stored weights
     * @param layout the order in which they are stored
     * @param bias one entry per output channel, or null
     * @throws InvalidGraphException if a tensor does not have as many elements as the shape asks for
     */
    public StoredKernel(KernelShape shape, TensorData weights, KernelLayout layout, @Nullable TensorData bias) {
        if (weights.shape().elements() != shape.weights()) {
            throw new InvalidGraphException(
                    "weights of shape " + weights.shape() + " do not fill a kernel of " + shape);
        }
        if (bias != null && bias.shape().elements() != shape.outChannels()) {
            throw new InvalidGraphException(
                    "a bias of shape " + bias.shape() + " does not fit " + shape.outChannels() + " output channels");
        }
        this.shape = shape;
        this.weights = weights;
        this.layout = layout;
        this.bias = bias;
    }

    /** The stored weights. */
    public TensorData weights() {
        return weights;
    }

    /** The order in which the weights are stored. */
    public KernelLayout layout() {
        return layout;
    }

    /** The stored bias. */
    public Optional<TensorData> bias() {
        return Optional.ofNullable(bias);
    }

    @Override
    public KernelShape shape() {
        return shape;
    }

    @Override
    public ElementType type() {
        return weights.type();
    }

    @Override
    public boolean hasBias() {
        return bias != null;
    }

    @Override
    public double[] bounds() {
        if (bounds == null) {
            bounds = read().bounds();
        }
        return bounds;
    }

    @Override
    public ConvKernel read() {
        double[] biases = bias == null ? new double[shape.outChannels()] : bias.read();
        return new ConvKernel(shape, layout.toCanonical(weights.read(), shape), biases);
    }
}
