package org.rep4j.samediff;

import java.util.Arrays;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Constants of given shapes that come straight from storage, or through ops that the lift has to see through. */
final class RandomConstants {
    private final Net net;
    private final Random random;

    RandomConstants(Net net, Random random) {
        this.net = net;
        this.random = random;
    }

    /** Numbers between −1 and 1, small ones in large arrays so that activations stay of order 1. */
    SDVariable array(long... shape) {
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        double largest = shape.length < 4 || elements < 8 ? 1 : 0.5;
        int last = shape.length - 1;
        return switch (random.nextInt(9)) {
            case 0 -> {
                long[] turned = new long[shape.length];
                long[] order = new long[shape.length];
                Arrays.setAll(turned, i -> shape[last - i]);
                Arrays.setAll(order, i -> last - i);
                SDVariable stored = net.parameter(net.array(-largest, largest, turned));
                yield random.nextBoolean()
                        ? stored.permute(
                                Arrays.stream(order).mapToInt(i -> (int) i).toArray())
                        : net.sd.transpose(stored);
            }
            case 1 -> net.sd.reshape(net.parameter(net.array(-largest, largest, elements)), shape);
            case 2 -> net.sd.identity(net.parameter(net.array(-1, 1, shape)).mul(largest));
            case 3 -> net.sd.concat(0, net.parameter(net.array(-largest, largest, shape)));
            case 4 -> net.sd.squeeze(net.sd.expandDims(net.parameter(net.array(-largest, largest, shape)), 0), 0);
            case 5 -> {
                long[] longer = shape.clone();
                longer[last] += 2;
                long[] begin = new long[shape.length];
                long[] end = longer.clone();
                long[] steps = new long[shape.length];
                Arrays.fill(steps, 1);
                begin[last] = 1;
                end[last] = -1;
                yield net.sd.stridedSlice(net.parameter(net.array(-largest, largest, longer)), begin, end, steps);
            }
            case 6 -> {
                INDArray array = net.array(-largest, largest, shape);
                yield net.sd.constant(array).castTo(array.dataType());
            }
            default -> net.parameter(net.array(-largest, largest, shape));
        };
    }

    /** Variances. */
    SDVariable positive(long channels) {
        SDVariable root = net.parameter(net.array(0.6, 1.6, channels));
        return switch (random.nextInt(3)) {
            case 0 -> net.sd.math.square(root);
            case 1 -> net.sd.math.reciprocal(root);
            default -> root.mul(net.sd.constant(Nd4j.scalar(root.dataType(), 1.5)));
        };
    }
}
