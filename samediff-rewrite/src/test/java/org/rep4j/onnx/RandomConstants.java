package org.rep4j.onnx;

import static org.rep4j.testing.OnnxBuilder.floats;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** Random constants of a model, in all the forms that exporters give them: behind Identity, Transpose, Reshape, casts, arithmetic. */
final class RandomConstants {
    private static final int UNSQUEEZE_TAKES_INPUTS = 13;

    private final Random random;
    private final OnnxBuilder net;
    private final int opset;
    private int named;

    RandomConstants(Random random, OnnxBuilder net, int opset) {
        this.random = random;
        this.net = net;
        this.opset = opset;
    }

    private String name() {
        return "constant" + named++;
    }

    /** Weights whose sum over {@code fanIn} independent inputs of variance 1 has a variance of about 1. */
    String weights(int fanIn, int... dims) {
        return disguised(scaled(Tensor.random(random, dims), 1 / Math.sqrt(fanIn)));
    }

    private static Tensor scaled(Tensor tensor, double factor) {
        return new Tensor(
                tensor.dims(), Arrays.stream(tensor.data()).map(v -> v * factor).toArray());
    }

    /** Factors of both signs, none near 0. */
    Tensor factors(int... dims) {
        Tensor tensor = Tensor.zeros(dims);
        Arrays.setAll(tensor.data(), i -> (random.nextInt(3) == 0 ? -1 : 1) * (0.5 + random.nextDouble()));
        return tensor;
    }

    Tensor shifts(int... dims) {
        return scaled(Tensor.random(random, dims), 0.5);
    }

    Tensor variances(int... dims) {
        Tensor tensor = Tensor.zeros(dims);
        Arrays.setAll(tensor.data(), i -> 0.5 + 2 * random.nextDouble());
        return tensor;
    }

    /** An initializer. */
    String plain(Tensor tensor) {
        String name = name();
        net.initializer(floats(name, tensor));
        return name;
    }

    /** Integers as an initializer or a Constant node. */
    String list(long... values) {
        String name = name();
        if (random.nextBoolean()) {
            net.initializer(integers(name, values));
        } else {
            net.node("Constant", name, List.of(), name, tensor("value", integers("", values)));
        }
        return name;
    }

    /** The tensor, in any form. */
    String disguised(Tensor tensor) {
        String name = name();
        switch (random.nextInt(9)) {
            case 0 -> net.node("Identity", name, List.of(plain(tensor)), name);
            case 1 -> net.node("Constant", name, List.of(), name, tensor("value", floats("", tensor)));
            case 2 -> transposed(tensor, name);
            case 3 -> {
                Tensor flat = new Tensor(new int[] {tensor.data().length}, tensor.data());
                net.node("Reshape", name, List.of(plain(flat), list(tensor.longDims())), name);
            }
            case 4 -> {
                Tensor halves = scaled(tensor, 0.5);
                net.node("Add", name, List.of(plain(halves), plain(halves)), name);
            }
            case 5 -> net.node("Div", name, List.of(plain(scaled(tensor, 4)), plain(number(4))), name);
            case 6 -> net.node("Neg", name, List.of(disguised(scaled(tensor, -1))), name);
            case 7 -> {
                String wide = name();
                net.node("Cast", wide, List.of(plain(tensor)), wide, integer("to", DataType.DOUBLE.getNumber()));
                net.node("Cast", name, List.of(wide), name, integer("to", DataType.FLOAT.getNumber()));
            }
            default -> net.initializer(floats(name, tensor));
        }
        return name;
    }

    private static Tensor number(double value) {
        return new Tensor(new int[] {}, new double[] {value});
    }

    private void transposed(Tensor tensor, String name) {
        int rank = tensor.dims().length;
        int[] reverse = new int[rank];
        Arrays.setAll(reverse, i -> rank - 1 - i);
        String stored = plain(rank == 0 ? tensor : tensor.transposed(reverse));
        net.node(
                "Transpose",
                name,
                List.of(stored),
                name,
                ints("perm", Arrays.stream(reverse).asLongStream().toArray()));
    }

    /** One constant per channel, to be broadcast along axis 1 of a value of rank {@code rank}; a single one at times. */
    String perChannel(Tensor vector, int rank) {
        int channels = vector.data().length;
        int[] dims = new int[rank - 1];
        Arrays.fill(dims, 1);
        dims[0] = channels;
        switch (random.nextInt(4)) {
            case 0 -> {
                int[] full = new int[rank];
                Arrays.fill(full, 1);
                full[1] = channels;
                return disguised(new Tensor(full, vector.data()));
            }
            case 1 -> {
                return unsqueezed(vector, rank);
            }
            default -> {
                return disguised(new Tensor(dims, vector.data()));
            }
        }
    }

    private String unsqueezed(Tensor vector, int rank) {
        String name = name();
        long[] axes = new long[rank - 2];
        Arrays.setAll(axes, i -> i + 1);
        if (axes.length == 0) {
            return disguised(vector);
        }
        if (opset < UNSQUEEZE_TAKES_INPUTS) {
            net.node("Unsqueeze", name, List.of(disguised(vector)), name, ints("axes", axes));
        } else {
            net.node("Unsqueeze", name, List.of(disguised(vector), list(axes)), name);
        }
        return name;
    }
}
