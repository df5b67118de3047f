package org.rep4j.layers.deploy;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Writes batch normalizations with their running averages. */
final class BatchNormExport {
    private final ExportScope scope;

    BatchNormExport(ExportScope scope) {
        this.scope = scope;
    }

    /**
     * The op.
     *
     * @param axis the channels'
     */
    SDVariable write(
            SDVariable input, int axis, double eps, INDArray gamma, INDArray beta, INDArray mean, INDArray variance) {
        return scope.named(
                "normalized",
                new BatchNorm(
                                scope.graph(),
                                input,
                                scope.perChannel("mean", mean),
                                scope.perChannel("variance", variance),
                                scope.perChannel("gamma", gamma),
                                scope.perChannel("beta", beta),
                                eps,
                                new int[] {axis})
                        .outputVariable());
    }

    /** Deeplearning4j's layer. Its activation is ignored, as there. */
    Signal write(BatchNormalization layer, VertexParameters parameters, Signal input) {
        input.require(2, 4);
        int axis = input.rank() == 4 && layer.getCnn2DFormat() == CNN2DFormat.NHWC ? 3 : 1;
        INDArray mean = parameters.get("mean");
        // Deeplearning4j applies locked ones only if neither is the default
        boolean applied = layer.getGamma() != 1 && layer.getBeta() != 0;
        INDArray gamma = layer.isLockGammaBeta() ? all(applied ? layer.getGamma() : 1, mean) : parameters.get("gamma");
        INDArray beta = layer.isLockGammaBeta() ? all(applied ? layer.getBeta() : 0, mean) : parameters.get("beta");
        return input.like(
                write(input.variable(), axis, layer.getEps(), gamma, beta, mean, variance(layer, parameters)));
    }

    private static INDArray all(double value, INDArray like) {
        return Nd4j.valueArrayOf(like.shape(), value, like.dataType());
    }

    private static INDArray variance(BatchNormalization layer, VertexParameters parameters) {
        if (!layer.isUseLogStd()) {
            return parameters.get("var");
        }
        INDArray exponents = parameters.get("log10stdev");
        return Transforms.pow(all(10, exponents), exponents.mul(2), false);
    }
}
