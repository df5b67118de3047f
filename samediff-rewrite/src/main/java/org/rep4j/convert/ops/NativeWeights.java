package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NotConvertibleException;

/** Weights and biases of SameDiff's convolutions as ONNX wants them. */
final class NativeWeights {
    private NativeWeights() {}

    /**
     * Where in weights of an order are the output channels, the input channels and the taps.
     *
     * @param order 0 YXIO, 1 OIYX, 2 OYXI
     * @param rank number of spatial axes
     */
    static int[] outInTaps(ExportedOp op, int order, int rank) throws NotConvertibleException {
        return switch (order) {
            case 0 -> axes(rank + 1, rank, 0, rank);
            case 1 -> axes(0, 1, 2, rank);
            case 2 -> axes(0, rank + 1, 1, rank);
            default -> throw op.unsupported("its weights have the unknown order " + order);
        };
    }

    /** Two axes, then {@code rank} more from {@code taps} on. */
    static int[] axes(int first, int second, int taps, int rank) {
        return IntStream.concat(IntStream.of(first, second), IntStream.range(taps, taps + rank))
                .toArray();
    }

    /** The sizes of weights; negative where unknown. */
    static long[] sizes(ExportedOp op, int input) throws NotConvertibleException {
        Optional<INDArray> constant = op.constant(input);
        if (constant.isPresent()) {
            return constant.get().shape();
        }
        List<Long> dims = op.shape(op.in(input)).dims();
        if (dims == null) {
            throw op.unsupported("the shape of its weights is not known");
        }
        return dims.stream().mapToLong(d -> d).toArray();
    }

    /** An input of a convolution with its axes in another order, that of all groups one after the other along the first axis. */
    static String joined(ExportedOp op, int input, int... order) throws NotConvertibleException {
        if (op.groups() == 1) {
            return op.permuted(input, order);
        }
        List<INDArray> constants = new ArrayList<>();
        for (int g = 0; g < op.groups(); g++) {
            op.group(g).constant(input).ifPresent(array -> constants.add(array.permute(order)));
        }
        if (constants.size() == op.groups()) {
            return op.initializer(input, Nd4j.concat(0, constants.toArray(INDArray[]::new)));
        }
        String[] parts = new String[op.groups()];
        for (int g = 0; g < parts.length; g++) {
            parts[g] = op.group(g).permuted(input, order);
        }
        return op.node("Concat").reads(parts).integer("axis", 0).value();
    }

    /** The bias, if there is one, as an input of a node. */
    static String[] bias(ExportedOp op, int input) throws NotConvertibleException {
        if (op.count() <= input) {
            return new String[0];
        }
        return new String[] {op.groups() == 1 ? op.in(input) : joined(op, input, 0)};
    }
}
