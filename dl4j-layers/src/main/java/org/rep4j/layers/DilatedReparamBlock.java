package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.activations.Activation;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;

/**
 * UniRepLKNet's dilated block (Ding et al., 2024, section 3.1): a large depthwise convolution and small ones whose taps lie apart, each
 * with its batch normalization. Which small kernels there are follows from the size of the large one, as in the authors' table.
 */
public final class DilatedReparamBlock extends RepConvolution {
    /** The small kernels beside a large one: size and dilation of each. */
    private static final Map<Integer, List<Taps>> SMALL = Map.of(
            5, taps(3, 1, 3, 2),
            7, taps(5, 1, 3, 2, 3, 3),
            9, taps(5, 1, 5, 2, 3, 3, 3, 4),
            11, taps(5, 1, 5, 2, 3, 3, 3, 4, 3, 5),
            13, taps(5, 1, 7, 2, 3, 3, 3, 4, 3, 5),
            15, taps(5, 1, 7, 2, 3, 3, 3, 5, 3, 7),
            17, taps(5, 1, 9, 2, 3, 4, 3, 5, 3, 7));

    private DilatedReparamBlock() {}

    private DilatedReparamBlock(Builder builder) {
        super(builder);
        validate();
        initializeConstraints(builder);
    }

    @Override
    protected void validate() {
        super.validate();
        if (kernelSize[0] != kernelSize[1] || !SMALL.containsKey(kernelSize[0])) {
            throw invalid("kernelSize", text(kernelSize), "5, 7, 9, 11, 13, 15 or 17");
        }
        if (dilation[0] != 1 || dilation[1] != 1) {
            throw invalid("dilation", text(dilation), "1, since the small kernels have their own");
        }
    }

    @Override
    public Blueprint blueprint() {
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch("large", normalized("large", kernelSize)));
        for (Taps taps : SMALL.getOrDefault(kernelSize[0], List.of())) {
            String name = "k" + taps.kernel + "d" + taps.dilation;
            int[] kernel = {taps.kernel, taps.kernel};
            int[] distance = {taps.dilation, taps.dilation};
            branches.add(Branch.of(name, convolution(name, window(kernel, distance)), normalization(name, nOut)));
        }
        return new Blueprint(branches, null, squeezeExcite(false));
    }

    /** Sizes and dilations in turn. */
    private static List<Taps> taps(int... numbers) {
        List<Taps> result = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            result.add(new Taps(numbers[i], numbers[i + 1]));
        }
        return List.copyOf(result);
    }

    private record Taps(int kernel, int dilation) {}

    /** Builds {@link DilatedReparamBlock}s. */
    public static final class Builder extends RepConvolution.Builder<Builder> {
        /** Starts with a depthwise 13×13 kernel that keeps the size of the image, and no activation. */
        public Builder() {
            kernelSize(13);
            depthwise();
            activation(Activation.IDENTITY);
        }

        @Override
        @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
        public DilatedReparamBlock build() {
            return new DilatedReparamBlock(this);
        }
    }
}
