package org.rep4j.zoo;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How a parameter's elements lie, in comparison with PyTorch's tensor. */
enum Arrangement {
    /** The same elements in the same order, perhaps with other axes of length 1. */
    SAME {
        @Override
        INDArray toParameter(INDArray tensor, long... shape) {
            return tensor.reshape('c', shape);
        }

        @Override
        INDArray toTensor(INDArray parameter, long... shape) {
            return parameter.dup('c').reshape('c', shape);
        }
    },
    /** {@code [out, in, height, width]} becomes {@code [height, width, in, out]}. */
    TAPS_FIRST {
        @Override
        INDArray toParameter(INDArray tensor, long... shape) {
            return tensor.permute(2, 3, 1, 0);
        }

        @Override
        INDArray toTensor(INDArray parameter, long... shape) {
            return parameter.permute(3, 2, 0, 1);
        }
    },
    /** {@code [out, in / groups, height, width]} becomes {@code [groups, height, width, in / groups, out / groups]}. */
    GROUPS {
        @Override
        INDArray toParameter(INDArray tensor, long... shape) {
            return tensor.reshape('c', shape[0], shape[4], shape[3], shape[1], shape[2])
                    .permute(0, 3, 4, 2, 1);
        }

        @Override
        INDArray toTensor(INDArray parameter, long... shape) {
            return parameter.permute(0, 4, 3, 1, 2).dup('c').reshape('c', shape);
        }
    },
    /** {@code [channels · multiplier, 1, height, width]} becomes {@code [height, width, channels, multiplier]}. */
    DEPTHWISE {
        @Override
        INDArray toParameter(INDArray tensor, long... shape) {
            return tensor.reshape('c', shape[2], shape[3], shape[0], shape[1]).permute(2, 3, 0, 1);
        }

        @Override
        INDArray toTensor(INDArray parameter, long... shape) {
            return parameter.permute(2, 3, 0, 1).dup('c').reshape('c', shape);
        }
    },
    /** A linear map, {@code [out, in]}, perhaps with axes of length 1 behind; becomes {@code [in, out]}. */
    TRANSPOSED {
        @Override
        INDArray toParameter(INDArray tensor, long... shape) {
            return tensor.reshape('c', shape[1], shape[0]).permute(1, 0);
        }

        @Override
        INDArray toTensor(INDArray parameter, long... shape) {
            return parameter.permute(1, 0).dup('c').reshape('c', shape);
        }
    };

    /** @param shape of the parameter */
    abstract INDArray toParameter(INDArray tensor, long... shape);

    /** @param shape of the tensor */
    abstract INDArray toTensor(INDArray parameter, long... shape);

    /** The tensor's shape, of a parameter's. */
    long[] tensorShape(long... p) {
        return switch (this) {
            case SAME -> p.clone();
            case TAPS_FIRST -> new long[] {p[3], p[2], p[0], p[1]};
            case GROUPS -> new long[] {p[0] * p[4], p[3], p[1], p[2]};
            case DEPTHWISE -> new long[] {p[2] * p[3], 1, p[0], p[1]};
            case TRANSPOSED -> Arrays.stream(new long[] {p[1], p[0]}).toArray();
        };
    }
}
