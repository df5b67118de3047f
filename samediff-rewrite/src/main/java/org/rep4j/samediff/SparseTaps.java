package org.rep4j.samediff;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;

/**
 * Convolutions of floats whose taps lie apart. libnd4j hands oneDNN, which takes these over, pads that do not fit there, and throws.
 * Two other forms compute the same: the taps with zeros between them; and, at stride 1, a transposed convolution with the
 * taps in reverse order, which computes no more than it must.
 */
public final class SparseTaps {
    private static final int MOST_TAPS = 1 << 16;

    private SparseTaps() {}

    /** Whether a convolution op with these axes would throw. */
    public static boolean areRefused(DataType type, List<ConvAxis> axes) {
        return type == DataType.FLOAT && axes.stream().anyMatch(a -> a.dilation() > 1);
    }

    /** Whether {@link #dense} makes a kernel that can be stored: files may say that taps are a million elements apart. */
    public static boolean canBeDense(List<ConvAxis> axes) {
        return axes.stream().mapToDouble(a -> a.span() + 1).reduce(1, (a, b) -> a * b) <= MOST_TAPS;
    }

    /**
     * The same taps with zeros between them.
     *
     * @param axes which {@link #canBeDense}
     */
    public static List<ConvAxis> dense(List<ConvAxis> axes) {
        return axes.stream()
                .map(a -> new ConvAxis(a.span() + 1, a.stride(), 1, a.padBegin(), a.padEnd()))
                .toList();
    }

    /**
     * A kernel with zeros between its taps, as {@link #dense(List)} says where they lie.
     *
     * @param first the first of the kernel's axes that counts taps; the others follow it
     * @param axes of the kernel as it is
     * @return {@code kernel} itself if there is nothing between its taps
     */
    public static INDArray dense(INDArray kernel, int first, List<ConvAxis> axes) {
        if (axes.stream().allMatch(a -> a.dilation() == 1)) {
            return kernel;
        }
        long[] dims = kernel.shape().clone();
        INDArrayIndex[] taps = new INDArrayIndex[dims.length];
        Arrays.fill(taps, NDArrayIndex.all());
        for (int i = 0; i < axes.size(); i++) {
            dims[first + i] = axes.get(i).span() + 1L;
            taps[first + i] = NDArrayIndex.interval(0, axes.get(i).dilation(), dims[first + i]);
        }
        INDArray result = Nd4j.create(kernel.dataType(), dims);
        result.get(taps).assign(kernel);
        return result;
    }

    /** Whether {@link #transposed} can be written: SameDiff's ops cut off as much at both ends, and add nothing there. */
    public static boolean canBeTransposed(List<ConvAxis> axes) {
        return axes.stream().allMatch(a -> a.padBegin() == a.padEnd() && a.padBegin() <= a.span());
    }

    /**
     * The transposed convolution that computes, with the taps in reverse order, what a convolution of these axes would at stride
     * 1.
     *
     * @param axes which {@link #canBeTransposed}
     */
    public static List<ConvAxis> transposed(List<ConvAxis> axes) {
        return axes.stream()
                .map(a -> new ConvAxis(a.kernel(), 1, a.dilation(), a.span() - a.padBegin(), a.span() - a.padBegin()))
                .toList();
    }
}
