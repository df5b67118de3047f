package org.rep4j.convert.ops;

import java.util.Arrays;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;

/** How weights are brought from ONNX's form into SameDiff's, written once for those that are constant and those that are computed. */
@FunctionalInterface
interface WeightForm {
    /** The new form of {@code inputs}. */
    SDVariable of(Bench bench, SDVariable... inputs);

    /** The new form of inputs of an op: computed at once where they are constant, so that the graph holds them once, else by its ops. */
    static SDVariable of(ImportedOp op, WeightForm form, int... inputs) {
        if (!Arrays.stream(inputs).allMatch(op::isConstant)) {
            Bench bench = new Bench(op.graph(), op::constant);
            return form.of(bench, Arrays.stream(inputs).mapToObj(op::in).toArray(SDVariable[]::new));
        }
        SameDiff scratch = SameDiff.create();
        Bench bench = new Bench(scratch, scratch::constant);
        SDVariable[] constants = Arrays.stream(inputs)
                .mapToObj(i -> scratch.constant(op.constant(i).orElseThrow()))
                .toArray(SDVariable[]::new);
        return op.constant(form.of(bench, constants).eval().dup('c'));
    }

    /**
     * Where weights are worked on.
     *
     * @param graph holds them
     * @param constants adds a constant to it
     */
    record Bench(SameDiff graph, Function<INDArray, SDVariable> constants) {
        /** A vector of 64-bit integers. */
        SDVariable vector(long... values) {
            return constants.apply(Nd4j.createFromArray(values));
        }

        /** Element {@code index} of the first axis, which goes. */
        SDVariable element(SDVariable array, long index) {
            return graph.gather(array, constants.apply(Nd4j.scalar(index)), 0);
        }

        /** Elements of the first axis, in this order. */
        SDVariable elements(SDVariable array, long... order) {
            return graph.gather(array, vector(order), 0);
        }

        /** Zeros in front of and behind the elements: two amounts for each axis. */
        SDVariable grown(SDVariable array, long... amounts) {
            SDVariable borders = constants.apply(Nd4j.createFromArray(amounts).reshape(amounts.length / 2, 2));
            return graph.nn().pad(array, borders, 0);
        }
    }
}
