package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;

/** Kernels of separate ops, read as one: stacked along their output channels. */
final class StackedKernels {
    private StackedKernels() {}

    /**
     * The groups' kernels as one.
     *
     * @param shape of the whole
     * @param groups in order
     */
    static StoredKernel of(KernelShape shape, List<KernelSource> groups) {
        List<Long> dims = new ArrayList<>(List.of((long) shape.outChannels(), (long) shape.inChannelsPerGroup()));
        shape.spatial().forEach(k -> dims.add((long) k));
        TensorData weights = new Stack(groups, new Shape(dims), ConvKernel::weights);
        TensorData bias = groups.stream().anyMatch(KernelSource::hasBias)
                ? new Stack(groups, Shape.of(shape.outChannels()), ConvKernel::bias)
                : null;
        return new StoredKernel(shape, weights, KernelLayout.OIK, bias);
    }

    private record Stack(List<KernelSource> groups, Shape shape, Function<ConvKernel, double[]> part)
            implements TensorData {

        @Override
        public ElementType type() {
            return groups.get(0).type();
        }

        @Override
        public double[] read() {
            double[] all = new double[Math.toIntExact(shape.elements())];
            int at = 0;
            for (KernelSource group : groups) {
                double[] elements = part.apply(group.read());
                System.arraycopy(elements, 0, all, at, elements.length);
                at += elements.length;
            }
            return all;
        }
    }
}
