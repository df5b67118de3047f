package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.KernelSource;

/** The weights and the bias of a kernel as initializers. */
final class KernelTensors {
    private final KernelSource kernel;
    private final KernelLayout layout;
    /** Known once the weights are computed, so that nothing is folded twice. */
    private double @Nullable [] bias;

    private KernelTensors(KernelSource kernel, KernelLayout layout) {
        this.kernel = kernel;
        this.layout = layout;
    }

    /**
     * The weights, then the bias if it has a name.
     *
     * @param layout the order of the weights
     */
    static List<NewTensor> of(KernelSource kernel, KernelLayout layout, String weightsName, @Nullable String biasName) {
        KernelShape shape = kernel.shape();
        KernelTensors content = new KernelTensors(kernel, layout);
        List<NewTensor> tensors = new ArrayList<>();
        tensors.add(new NewTensor(weightsName, dims(shape, layout), kernel.type(), content::weights));
        if (biasName != null) {
            List<Long> dims = List.of((long) shape.outChannels());
            tensors.add(new NewTensor(biasName, dims, kernel.type(), content::bias));
        }
        return tensors;
    }

    private void weights(ElementBytes elements) {
        bias = elements.put(kernel.open(), layout);
    }

    private double[] bias() {
        double[] known = bias;
        if (known != null) {
            return known;
        }
        double[] biases = new double[kernel.shape().outChannels()];
        kernel.open().forEach((out, weights, value) -> biases[out] = value);
        return biases;
    }

    private static List<Long> dims(KernelShape shape, KernelLayout layout) {
        long out = shape.outChannels();
        long in = shape.inChannelsPerGroup();
        List<Long> dims = new ArrayList<>(
                switch (layout) {
                    case OIK -> List.of(out, in);
                    case IOK -> List.of((long) shape.inChannels(), out / shape.groups());
                    case KIO -> List.of(in, out);
                    case KOI, OKI -> throw new IllegalStateException("ONNX has no weights in the order " + layout);
                });
        shape.spatial().forEach(k -> dims.add((long) k));
        return dims;
    }
}
