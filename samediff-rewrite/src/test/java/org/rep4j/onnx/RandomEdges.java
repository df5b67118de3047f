package org.rep4j.onnx;

import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.number;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.onnx.RandomOps.Activation;
import org.rep4j.testing.Tensor;

/** Ops of random models that add or cut off elements at the borders, or do nothing at all. */
final class RandomEdges {
    /** The opset that came with ScatterND. */
    private static final int SCATTER_ND = 11;

    private final Random random;
    private final RandomOps ops;

    RandomEdges(Random random, RandomOps ops) {
        this.random = random;
        this.ops = ops;
    }

    /** An op that changes nothing. */
    Activation nothing(Activation x) {
        long[] sizes = Arrays.stream(x.dims()).asLongStream().toArray();
        return switch (random.nextInt(9)) {
            case 0 -> ops.op("Dropout", x);
            case 1 -> ops.op("Reshape", List.of(x.name(), ops.constants().list(0, 0, sizes[2], -1)), x);
            case 2 -> ops.op("Transpose", x, ints("perm", 0, 1, 2, 3));
            case 3 -> ops.op("Cast", x, integer("to", DataType.FLOAT.getNumber()));
            case 4 -> sliced(x, 2, 0, Long.MAX_VALUE);
            case 5 -> pad(x, 0, 0, 0, 0);
            case 6 -> random.nextBoolean() ? ops.op("Sum", x) : ops.op("Concat", x, integer("axis", 1));
            case 7 -> ops.op("AveragePool", x, ints("kernel_shape", 1, 1));
            default -> ops.op("Identity", x);
        };
    }

    Activation sliced(Activation x, int axis, long start, long end) {
        int size = x.dims()[axis];
        int kept = (int) (Math.min(end < 0 ? end + size : end, size) - start);
        Activation like = x.sized("", axis, kept);
        if (ops.opset() < 10) {
            return ops.op(
                    "Slice", List.of(x.name()), like, ints("starts", start), ints("ends", end), ints("axes", axis));
        }
        return ops.op(
                "Slice",
                List.of(
                        x.name(),
                        ops.constants().list(start),
                        ops.constants().list(end),
                        ops.constants().list(axis)),
                like);
    }

    Activation cropped(Activation x) {
        Activation y = x;
        for (int axis = 2; axis < 4; axis++) {
            int size = y.dims()[axis];
            if (size > 3) {
                int start = random.nextInt(2);
                y = sliced(
                        y,
                        axis,
                        start,
                        random.nextBoolean() ? -1 : random.nextBoolean() ? size - 1 : Integer.MAX_VALUE);
            }
        }
        return y;
    }

    Activation pad(Activation x, double fill, int top, int left, int bottomRight) {
        Activation like =
                x.sized("", 2, x.dims()[2] + top + bottomRight).sized("", 3, x.dims()[3] + left + bottomRight);
        long[] pads = {0, 0, top, left, 0, 0, bottomRight, bottomRight};
        if (ops.opset() < 11) {
            return ops.op("Pad", List.of(x.name()), like, ints("pads", pads), number("value", fill));
        }
        String value = ops.constants().plain(new Tensor(new int[] {}, new double[] {fill}));
        return ops.op("Pad", List.of(x.name(), ops.constants().list(pads), value), like);
    }

    /** A padding of either side, with 0 or something else, or with one constant per channel. */
    Activation padded(Activation x) {
        if (ops.opset() >= SCATTER_ND && random.nextInt(3) == 0) {
            return bordered(x);
        }
        double fill = random.nextInt(3) == 0 ? 0.5 : 0;
        return pad(x, fill, random.nextInt(2), random.nextInt(2), random.nextInt(2));
    }

    /** A padding whose border is overwritten with one constant per channel; one of the constants is another now and then. */
    Activation bordered(Activation x) {
        Activation pad = pad(x, 0, 1, 1, 1);
        double[] fill = ops.constants().shifts(x.channels()).data();
        List<Long> indices = new ArrayList<>();
        List<Double> updates = new ArrayList<>();
        Tensor.forEachIndex(pad.dims(), i -> {
            boolean inside = i[2] > 0 && i[2] < pad.dims()[2] - 1 && i[3] > 0 && i[3] < pad.dims()[3] - 1;
            if (!inside) {
                Arrays.stream(i).forEach(index -> indices.add((long) index));
                updates.add(fill[i[1]]);
            }
        });
        if (random.nextInt(4) == 0) {
            updates.set(random.nextInt(updates.size()), 1.0);
        }
        int count = updates.size();
        String flat = ops.constants().list(indices.stream().mapToLong(i -> i).toArray());
        String where = ops.name("indices");
        ops.net().node("Reshape", where, List.of(flat, ops.constants().list(count, 4)), where);
        String what = ops.constants()
                .plain(new Tensor(
                        new int[] {count}, updates.stream().mapToDouble(u -> u).toArray()));
        return ops.op("ScatterND", List.of(pad.name(), where, what), pad);
    }
}
