package org.rep4j.samediff;

import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelRows;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.ElementType;

/**
 * Stores one node's kernels in a SameDiff graph.
 *
 * @param surgery the graph
 * @param name what the node writes; parameters are named after it
 * @param type the number format
 * @param biased whether there are biases
 * @param trainable whether training may change what is stored
 */
record ParameterStore(SameDiffSurgery surgery, String name, ElementType type, boolean biased, boolean trainable) {

    /**
     * The inputs of an op with these parameters. The weights are stored with the taps first: libnd4j trains only that order.
     *
     * @param input what the op computes with
     * @param order {@link KernelLayout#KIO} or {@link KernelLayout#KOI}
     */
    SDVariable[] inputs(SDVariable input, KernelRows kernel, KernelLayout order) {
        KernelShape shape = kernel.shape();
        INDArray weights = NdArrayData.zeros(type, dims(shape, order));
        double[] biases = NdArrayData.bytes(weights, type).put(kernel, order);
        SDVariable stored = surgery.parameter(name + "_weights", weights, trainable);
        if (!biased) {
            return new SDVariable[] {input, stored};
        }
        INDArray bias = NdArrayData.array(biases, type, shape.outChannels());
        return new SDVariable[] {input, stored, surgery.parameter(name + "_bias", bias, trainable)};
    }

    private static long[] dims(KernelShape shape, KernelLayout order) {
        int out = shape.outChannels();
        LongStream channels = shape.groups() > 1
                ? LongStream.of(shape.groups(), out / shape.groups()) // depthwise: channels, multiplier
                : order == KernelLayout.KOI
                        ? LongStream.of(out, shape.inChannels())
                        : LongStream.of(shape.inChannels(), out);
        return LongStream.concat(shape.spatial().stream().mapToLong(k -> k), channels)
                .toArray();
    }
}
