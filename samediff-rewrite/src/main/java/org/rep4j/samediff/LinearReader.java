package org.rep4j.samediff;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.Value;

/** Reads matmul of a computed matrix with a constant one, and xw_plus_b. */
final class LinearReader implements OpReader {

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        boolean product = op.kind().equals("matmul");
        Value input = context.computed(op, 0);
        if (input.shape().rank() != 2) {
            throw new NotLiftableException(
                    input.shape().rank() < 0 ? "the rank of its input is not known" : "its input is not a matrix");
        }
        if (op.integer(0, 0) != 0 || op.integer(2, 0) != 0) {
            throw new NotLiftableException("it transposes its input or its result");
        }
        if (product && (op.inputs().size() != 2 || op.number(0, 1) != 1)) {
            throw new NotLiftableException("it does more than to multiply two matrices");
        }
        boolean transposed = op.integer(1, 0) != 0;
        INDArray weights = context.array(op, 1, "weights");
        if (weights.rank() != 2) {
            throw new NotLiftableException("its weights have rank " + weights.rank() + ", not 2");
        }
        KernelShape shape = new KernelShape(
                (int) weights.size(transposed ? 0 : 1), (int) weights.size(transposed ? 1 : 0), 1, List.of());
        TensorData bias = product ? null : context.data(op, 2, "biases");
        return new Linear(
                context.info(op),
                input,
                context.output(op.output(), input.shape().withDim(-1, shape.outChannels())),
                new StoredKernel(
                        shape, context.data(op, 1, "weights"), transposed ? KernelLayout.OIK : KernelLayout.KIO, bias));
    }
}
