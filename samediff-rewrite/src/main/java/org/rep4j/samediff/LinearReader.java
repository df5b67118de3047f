package org.rep4j.samediff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.Value;

/**
 * Reads matmul of a computed matrix with a constant one, and xw_plus_b. The integer arguments of matmul say which of left side,
 * right side and result are transposed: a constant left side is read where the result is transposed.
 */
final class LinearReader implements OpReader {

    /**
     * What a layer multiplies.
     *
     * @param input the computed matrix
     * @param shape sizes of the weights
     * @param weights as they are stored
     * @param layout the order in which they are stored
     */
    record Product(Value input, KernelShape shape, NdArrayData weights, KernelLayout layout) {
        /** What the layer writes. */
        Shape outputShape() {
            return input.shape().withDim(-1, shape.outChannels());
        }

        /** The layer's kernel. */
        StoredKernel kernel(@Nullable TensorData bias) {
            return new StoredKernel(shape, weights, layout, bias);
        }
    }

    @Override
    public Node read(NativeOp op, LiftContext context) throws NotLiftableException {
        Product product = product(op, context);
        TensorData bias = op.kind().equals("matmul") ? null : context.data(op, 2, "biases");
        return new Linear(
                context.info(op),
                product.input(),
                context.output(op.output(), product.outputShape()),
                product.kernel(bias));
    }

    /** The factors, whatever is added to their product. */
    static Product product(NativeOp op, LiftContext context) throws NotLiftableException {
        boolean product = op.kind().equals("matmul");
        if (product && (op.inputs().size() != 2 || op.number(0, 1) != 1)) {
            throw new NotLiftableException("it does more than to multiply two matrices");
        }
        boolean weightsFirst =
                product && context.constants().isConstant(op.inputs().get(0));
        Value input = context.computed(op, weightsFirst ? 1 : 0);
        if (input.shape().rank() != 2) {
            throw new NotLiftableException(
                    input.shape().rank() < 0 ? "the rank of its input is not known" : "its input is not a matrix");
        }
        boolean inputTurned = op.integer(weightsFirst ? 1 : 0, 0) != 0;
        boolean resultTurned = op.integer(2, 0) != 0;
        if (inputTurned != weightsFirst || resultTurned != weightsFirst) {
            throw new NotLiftableException("it transposes its input or its result");
        }
        int index = weightsFirst ? 0 : 1;
        boolean outFirst = (op.integer(index, 0) != 0) != weightsFirst;
        INDArray weights = context.array(op, index, "weights");
        if (weights.rank() != 2) {
            throw new NotLiftableException("its weights have rank " + weights.rank() + ", not 2");
        }
        KernelShape shape = new KernelShape(
                (int) weights.size(outFirst ? 0 : 1), (int) weights.size(outFirst ? 1 : 0), 1, List.of());
        return new Product(
                input, shape, context.data(op, index, "weights"), outFirst ? KernelLayout.OIK : KernelLayout.KIO);
    }
}
