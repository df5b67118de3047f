package org.rep4j.graph;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelAlgebra;
import org.rep4j.algebra.KernelRows;
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
    private final long trainedWeights;
    private final Supplier<KernelRows> recipe;
    private final @Nullable Absorbed absorbed;

    /** The parts of a kernel that ends in an absorption, kept so that the next absorption joins it. */
    private record Absorbed(KernelSource base, ChannelAffine affine) {}

    private FoldedKernel(
            KernelShape shape,
            ElementType type,
            boolean hasBias,
            double[] bounds,
            List<KernelSource> parts,
            Supplier<KernelRows> recipe,
            @Nullable Absorbed absorbed) {
        this.shape = shape;
        this.type = type;
        this.hasBias = hasBias;
        this.bounds = bounds;
        this.absorbed = absorbed;
        this.trainedWeights =
                parts.stream().mapToLong(KernelSource::trainedWeights).sum();
        int depth = parts.stream().mapToInt(k -> depthOf(k) + 1).max().orElse(0);
        if (depth > DEEPEST) {
            ConvKernel evaluated = recipe.get().read();
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
                List.of(base),
                () -> KernelAlgebra.absorb(base.open(), affine),
                new Absorbed(base, affine));
    }

    /** {@link KernelAlgebra#reverse}: the taps of {@code base} in reverse order. */
    public static FoldedKernel reverse(KernelSource base) {
        return new FoldedKernel(
                base.shape(),
                base.type(),
                base.hasBias(),
                base.bounds(),
                List.of(base),
                () -> KernelAlgebra.reverse(base.open()),
                null);
    }

    /** {@link KernelAlgebra#absorbBefore}: {@code affine} followed by {@code base}. */
    public static FoldedKernel absorbBefore(ChannelAffine affine, KernelSource base) {
        KernelShape shape = base.shape();
        double[] bounds = base.bounds().clone();
        int ins = shape.inChannelsPerGroup();
        for (int o = 0; o < bounds.length; o++) {
            int firstIn = shape.groupOf(o) * ins;
            double largest = 0;
            double shifts = 1; // the bias itself
            for (int i = firstIn; i < firstIn + ins; i++) {
                largest = Math.max(largest, Math.abs(affine.scale()[i]));
                shifts += Math.abs(affine.shift()[i]) * shape.taps();
            }
            bounds[o] *= Math.max(largest, shifts);
        }
        return new FoldedKernel(
                shape,
                base.type(),
                base.hasBias() || Arrays.stream(affine.shift()).anyMatch(t -> t != 0),
                bounds,
                List.of(base),
                () -> KernelAlgebra.absorbBefore(affine, base.open()),
                null);
    }

    /**
     * {@link KernelAlgebra#regroup}: {@code base} in fewer groups.
     *
     * @return {@code base} itself where it has that many
     */
    public static KernelSource regroup(KernelSource base, int groups) {
        if (base.shape().groups() == groups) {
            return base;
        }
        return new FoldedKernel(
                base.shape().regrouped(groups),
                base.type(),
                base.hasBias(),
                base.bounds(),
                List.of(base),
                () -> KernelAlgebra.regroup(base.open(), groups),
                null);
    }

    /** {@link KernelAlgebra#averagePool}, for a graph of {@code type}. */
    public static FoldedKernel averagePool(int channels, List<Integer> window, ElementType type) {
        KernelShape shape = new KernelShape(channels, 1, channels, window);
        double[] bounds = new double[channels];
        Arrays.fill(bounds, 1.0 / shape.taps());
        return new FoldedKernel(
                shape, type, false, bounds, List.of(), () -> KernelAlgebra.averagePool(channels, window), null);
    }

    /** {@link KernelAlgebra#concatenate}: kernels of one input, their output channels one after another. */
    public static KernelSource concatenate(List<KernelSource> parts) {
        List<KernelSource> kernels = List.copyOf(parts);
        if (kernels.size() == 1) {
            return kernels.get(0);
        }
        KernelShape shape = KernelAlgebra.concatenatedShape(
                kernels.stream().map(KernelSource::shape).toList());
        return new FoldedKernel(
                shape,
                kernels.get(0).type(),
                kernels.stream().anyMatch(KernelSource::hasBias),
                kernels.stream().flatMapToDouble(k -> Arrays.stream(k.bounds())).toArray(),
                kernels,
                () -> KernelAlgebra.concatenate(
                        kernels.stream().map(KernelSource::open).toList()),
                null);
    }

    /**
     * {@link KernelAlgebra#compose}: {@code second} on the output of {@code first}, in as many groups as divide those of
     * both.
     *
     * @throws IllegalArgumentException if they do not fit, or the geometries cannot be composed
     */
    public static FoldedKernel compose(
            KernelSource first, ConvGeometry firstGeometry, KernelSource second, ConvGeometry secondGeometry) {
        int groups = BigInteger.valueOf(first.shape().groups())
                .gcd(BigInteger.valueOf(second.shape().groups()))
                .intValue();
        KernelSource one = regroup(first, groups);
        KernelSource two = regroup(second, groups);
        KernelShape shape = KernelAlgebra.composedShape(one.shape(), firstGeometry, two.shape(), secondGeometry);
        return new FoldedKernel(
                shape,
                one.type(),
                one.hasBias() || two.hasBias(),
                composedBounds(one, two),
                List.of(one, two),
                () -> KernelAlgebra.compose(one.open(), firstGeometry, two.open(), secondGeometry),
                null);
    }

    /** No weight or bias is larger than if all products that could add up did, with the largest factors that there are. */
    private static double[] composedBounds(KernelSource first, KernelSource second) {
        double[] bounds = second.bounds().clone();
        int middle = second.shape().inChannelsPerGroup();
        for (int o = 0; o < bounds.length; o++) {
            int firstMiddle = second.shape().groupOf(o) * middle;
            double sum = 0;
            for (int m = firstMiddle; m < firstMiddle + middle; m++) {
                sum += first.bounds()[m];
            }
            bounds[o] *= 1 + sum * second.shape().taps();
        }
        return bounds;
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
                List.of(),
                () -> KernelAlgebra.identity(channels, groups, spatialAxes),
                null);
    }

    /** {@link KernelAlgebra#grow}: {@code base} on the taps of {@code to}. */
    public static FoldedKernel grow(KernelSource base, ConvGeometry from, ConvGeometry to) {
        return new FoldedKernel(
                base.shape().withSpatial(to.kernel()),
                base.type(),
                base.hasBias(),
                base.bounds(),
                List.of(base),
                () -> KernelAlgebra.grow(base.open(), from, to),
                null);
    }

    /** {@link KernelAlgebra#add}: the sum of kernels of one shape. */
    public static FoldedKernel add(List<KernelSource> summands) {
        List<KernelSource> kernels = List.copyOf(summands);
        double[] bounds = new double[kernels.get(0).shape().outChannels()];
        for (KernelSource kernel : kernels) {
            for (int c = 0; c < bounds.length; c++) {
                bounds[c] += kernel.bounds()[c];
            }
        }
        return new FoldedKernel(
                kernels.get(0).shape(),
                kernels.get(0).type(),
                kernels.stream().anyMatch(KernelSource::hasBias),
                bounds,
                kernels,
                () -> KernelAlgebra.add(kernels.stream().map(KernelSource::open).toList()),
                null);
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
    public long trainedWeights() {
        return trainedWeights;
    }

    @Override
    public KernelRows open() {
        return recipe.get();
    }
}
