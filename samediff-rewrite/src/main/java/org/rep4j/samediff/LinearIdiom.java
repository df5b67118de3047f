package org.rep4j.samediff;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Linear;
import org.rep4j.samediff.LinearReader.Product;

/**
 * A fully connected layer with a bias:
 *
 * <pre>
 * x → matmul with weights → add biases → y
 * </pre>
 *
 * nobody else reading what is in between.
 *
 * @param ops the multiplication, the addition
 * @param product what is multiplied
 * @param bias what is added
 */
record LinearIdiom(List<NativeOp> ops, Product product, NdArrayData bias) implements Idiom {

    /** Copies the list. */
    LinearIdiom {
        ops = List.copyOf(ops);
    }

    /**
     * The layer that begins with {@code matmul}.
     *
     * @param matmul an op whose inputs have been lifted
     */
    static Optional<LinearIdiom> match(NativeOp matmul, LiftContext context) {
        if (!matmul.kind().equals("matmul")
                || matmul.ordered()
                || matmul.outputs().size() != 1) {
            return Optional.empty();
        }
        return context.view()
                .onlyReader(matmul.output())
                .filter(reader -> AffineIdiom.isPlain(reader, "add", context))
                .flatMap(add -> match(matmul, add, context));
    }

    private static Optional<LinearIdiom> match(NativeOp matmul, NativeOp add, LiftContext context) {
        String name = AffineIdiom.constant(add, context);
        try {
            Product product = LinearReader.product(matmul, context);
            return context.constants()
                    .array(name)
                    .filter(biases -> isRow(biases, product.shape().outChannels()))
                    .map(biases -> new LinearIdiom(
                            List.of(matmul, add), product, new NdArrayData(biases, context.type(name))));
        } catch (NotLiftableException | IllegalArgumentException | InvalidGraphException e) {
            return Optional.empty(); // the reader of the multiplication alone will come here again, and keep the reason
        }
    }

    private static boolean isRow(INDArray array, int length) {
        return (array.rank() == 1 || array.rank() == 2) && array.length() == length && array.size(-1) == length;
    }

    @Override
    public Linear node(LiftContext context) {
        NativeOp add = root();
        boolean trainable = ops.stream().anyMatch(context::isTrainable);
        return new Linear(
                context.info(add, new NativeGroup(ops, false, trainable)),
                product.input(),
                context.output(add.output(), product.outputShape()),
                product.kernel(bias));
    }
}
