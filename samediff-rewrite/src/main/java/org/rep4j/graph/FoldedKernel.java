package org.rep4j.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelShape;

/**
 * A kernel that follows from others by {@link KernelAlgebra}. Only the recipe is kept; {@link #read()} runs it. Chains of
 * scales and shifts collapse into one as they are built, and a recipe that nests deeper than {@value #DEEPEST} is evaluated
 * once and kept, so that reading never recurses without bound.
 */
public final class FoldedKernel implements KernelSource {
    private static final int DEEPEST = 64;

    private final KernelShape shape;
    private final ElementType type;
    private final boolean hasBias;
    private final double[] bounds;
    private final int depth;
    private final Supplier<ConvKernel> recipe;
    private final @Nullable Absorbed absorbed;

    /** The parts of a kernel that ends in an absorption, kept so that the next absorption joins it. */
    private record Absorbed(KernelSource base, ChannelAffine affine) {}

    private FoldedKernel(
            KernelShape shape,
            ElementType type,
            boolean hasBias,
            double[] bounds,
            int depth,
            Supplier<ConvKernel> recipe,
            @Nullable Absorbed absorbed) {
        this.shape = shape;
        this.type = type;
        this.hasBias = hasBias;
        this.bounds = bounds;
        this.absorbed = absorbed;
        if (depth > DEEPEST) {
            ConvKernel evaluated = recipe.get();
            this.depth = 0;
            this.recipe = () -> evaluated;
        } else {
            this.depth = depth;
            this.recipe = recipe;
        }
    }

    /** {@link KernelAlgebra#absorb}: {@code base} followed by {@code affine}. */
    public static FoldedKernel absorb(KernelSource base, ChannelAffine affine) {
        if (base instanceof FoldedKernel folded && folded.absorbed != null) {
            return absorb(folded.absorbed.base(), folded.absorbed.affine().andThen(affine));
        }
        double[] bounds = base.bounds().clone();
        for (int c = 0; c < bounds.length; c++) {
            bounds[c] = bounds[c] * Math.abs(affine.scale()[c]) + Math.abs(affine.shift()[c]);
        }
        boolean hasBias = base.hasBias() || Arrays.stream(affine.shift()).anyMatch(t -> t != 0);
        return new FoldedKernel(
                base.shape(),
                base.type(),
                hasBias,
                bounds,
                depthOf(base) + 1,
                () -> KernelAlgebra.absorb(base.read(), affine),
                new Absorbed(base, affine));
    }

    /** {@link KernelAlgebra#identity}, for a graph of {@code type}. */
    public static FoldedKernel identity(int channels, int groups, int spatialAxes, ElementType type) {
        double[] bounds = new double[channels];
        Arrays.fill(bounds, 1);
        return new FoldedKernel(
                KernelAlgebra.identityShape(channels, groups, spatialAxes),
                type,
                false,
                bounds,
                0,
                () -> KernelAlgebra.identity(channels, groups, spatialAxes),
                null);
    }

    /** {@link KernelAlgebra#grow}: {@code base} on the taps of {@code to}. */
    public static FoldedKernel grow(KernelSource base, ConvGeometry from, ConvGeometry to) {
        KernelShape shape =
                base.shape().withSpatial(to.axes().stream().map(a -> a.kernel()).toList());
        return new FoldedKernel(
                shape,
                base.type(),
                base.hasBias(),
                base.bounds(),
                depthOf(base) + 1,
                () -> KernelAlgebra.grow(base.read(), from, to),
                null);
    }

    /** {@link KernelAlgebra#add}: the sum of kernels of one shape. */
    public static FoldedKernel add(List<KernelSource> summands) {
        List<KernelSource> kernels = List.copyOf(summands);
        double[] bounds = new double[kernels.get(0).shape().outChannels()];
        int depth = 0;
        for (KernelSource kernel : kernels) {
            depth = Math.max(depth, depthOf(kernel));
            for (int c = 0; c < bounds.length; c++) {
                bounds[c] += kernel.bounds()[c];
            }
        }
        return new FoldedKernel(
                kernels.get(0).shape(),
                kernels.get(0).type(),
                kernels.stream().anyMatch(KernelSource::hasBias),
                bounds,
                depth + 1,
                () -> addAll(kernels),
                null);
    }

    /** Pairwise, so that no more than two kernels are held at once however many there are. */
    private static ConvKernel addAll(List<KernelSource> kernels) {
        ConvKernel sum = kernels.get(0).read();
        for (KernelSource kernel : kernels.subList(1, kernels.size())) {
            List<ConvKernel> pair = new ArrayList<>(2);
            pair.add(sum);
            pair.add(kernel.read());
            sum = KernelAlgebra.add(pair);
        }
        return sum;
    }

    /** The bounds of a kernel at hand: the largest absolute weight or bias of each output channel. */
    static double[] boundsOf(ConvKernel kernel) {
        double[] bounds = new double[kernel.shape().outChannels()];
        int row = kernel.weights().length / bounds.length;
        for (int o = 0; o < bounds.length; o++) {
            double bound = Math.abs(kernel.bias()[o]);
            for (int i = o * row; i < (o + 1) * row; i++) {
                bound = Math.max(bound, Math.abs(kernel.weights()[i]));
            }
            bounds[o] = bound;
        }
        return bounds;
    }

    private static int depthOf(KernelSource kernel) {
        return kernel instanceof FoldedKernel folded ? folded.depth : 0;
    }

    @Override
    public KernelShape shape() {
        return shape;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public boolean hasBias() {
        return hasBias;
    }

    @Override
    public double[] bounds() {
        return bounds;
    }

    @Override
    public ConvKernel read() {
        return recipe.get();
    }
}
