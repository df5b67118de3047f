package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.Filter;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.ShiftStep;
import org.rep4j.layers.block.Window;

/**
 * ECBSR's block for super-resolution (Zhang et al., 2021, section 3.2): a 3×3 convolution; a wider 1×1 and a 3×3 convolution; and a 1×1
 * convolution before each of three filters that find edges, with a learned factor and bias per channel. There is no batch normalization.
 *
 * <p>What is between two steps is padded with the bias of the first, so that the two are one convolution at the borders, too. The paper has PReLU
 * behind the block, which Deeplearning4j has as a layer of its own: {@code PReLULayer}.
 */
public final class EdgeOrientedBlock extends RepConvolution {
    private static final double DEVIATION = 1e-3;

    private double depthMultiplier = 2;
    private boolean identity;

    private EdgeOrientedBlock() {}

    private EdgeOrientedBlock(Builder builder) {
        super(builder);
        this.depthMultiplier = builder.depthMultiplier;
        this.identity = builder.identity;
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (kernelSize[0] != 3 || kernelSize[1] != 3) {
            throw invalid("kernelSize", text(kernelSize), "3×3, the size of its filters");
        }
        validateTruncate();
        if (!(depthMultiplier > 0) || inner() < 1 || inner() % groups != 0) {
            throw invalid(
                    "depthMultiplier",
                    depthMultiplier,
                    "such that " + nOut + " times it is a positive multiple of groups = " + groups);
        }
    }

    private long inner() {
        return (long) (nOut * depthMultiplier);
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(Branch.of("dense", biased("dense", inputs(), nOut, window(kernelSize))));
        branches.add(Branch.of(
                "chain", bordered("chainPointwise", inner()), biased("chainDense", inner(), nOut, windowsWithin())));
        branches.add(edges("sobelX", Filter.SOBEL_COLUMNS));
        branches.add(edges("sobelY", Filter.SOBEL_ROWS));
        branches.add(edges("laplacian", Filter.LAPLACIAN));
        if (identity && keepsShape()) {
            branches.add(Branch.of("identity"));
        }
        return new Blueprint(branches, null, squeezeExcite(false));
    }

    private Branch edges(String name, Filter filter) {
        return Branch.of(
                name,
                bordered(name, nOut),
                new FilterStep(filter, nOut, windowsWithin()),
                new ScaleStep(name + "Scale", nOut, 0, DEVIATION),
                new ShiftStep(name + "Shift", nOut, DEVIATION));
    }

    private ConvolutionStep biased(String name, long in, long out, Window window) {
        return new ConvolutionStep(name, in, out, groups, window, 0);
    }

    /** A 1×1 convolution of the image and its padding, of which it makes its bias. */
    private ConvolutionStep bordered(String name, long out) {
        int[] pads = paddings();
        ConvAxis rows = new ConvAxis(1, 1, 1, pads[0], pads[0]);
        ConvAxis columns = new ConvAxis(1, 1, 1, pads[1], pads[1]);
        return biased(name, inputs(), out, new Window(List.of(rows, columns), false));
    }

    /** The windows on an image that has its padding already. */
    private Window windowsWithin() {
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            axes.add(new ConvAxis(kernelSize[i], stride[i], dilation[i], 0, 0));
        }
        return new Window(axes, false);
    }

    /** Builds {@link EdgeOrientedBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        private double depthMultiplier = 2;
        private boolean identity;

        /** Starts with a 3×3 kernel that keeps the size of the image, twice as many channels within, and no activation. */
        public Builder() {
            activation(Activation.IDENTITY);
        }

        /** Channels between the 1×1 and the 3×3 convolution that are one behind the other, as a multiple of the outputs; 2 if nothing is said. */
        public Builder depthMultiplier(double factor) {
            this.depthMultiplier = factor;
            return this;
        }

        /** Whether the input is added where it has the shape of the output; if nothing is said not. */
        public Builder identity(boolean has) {
            this.identity = has;
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public EdgeOrientedBlock build() {
            return new EdgeOrientedBlock(this);
        }
    }
}
