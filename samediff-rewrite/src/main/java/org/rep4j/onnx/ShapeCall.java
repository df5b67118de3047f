package org.rep4j.onnx;

import java.util.List;
import java.util.Optional;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.onnx.OpReader.Unfoldable;

/** One op, with what is known before the model runs of the shapes and integers that it reads. */
final class ShapeCall extends OpCall {
    private final LiftContext context;

    ShapeCall(NodeProto node, LiftContext context) {
        super(node, context.constants());
        this.context = context;
    }

    long opset() {
        return context.opset();
    }

    /** Number of outputs, unnamed ones included. */
    int outputs() {
        return node().getOutputCount();
    }

    String label() {
        return GraphIndex.describe(node());
    }

    Value value(int input) {
        return context.value(node().getInput(input));
    }

    /** The shape of an input, nothing of it known if it is left out; unknown sizes may be named as {@link ShapeInference} says. */
    Shape shape(int input) {
        return has(input) ? context.shape(node().getInput(input)) : Shape.unknown();
    }

    /** The shape of an input that must be there. */
    Shape required(int input) throws Contradiction {
        if (!has(input)) {
            throw new Contradiction("its input " + input + " is missing");
        }
        return shape(input);
    }

    /**
     * The sizes of an input, negative where unknown.
     *
     * @throws Unfoldable if not even their number is known
     */
    List<Long> sizesOf(int input) throws Unfoldable {
        return Dims.of(required(input));
    }

    /** The integers of an input, as far as they are known; empty if not even their number is, or they are no integers. */
    Optional<SizeVector> vector(int input) throws Unfoldable {
        if (!has(input)) {
            return Optional.empty();
        }
        ConstantTensor constant = constant(input).orElse(null);
        if (constant == null) {
            return context.vector(node().getInput(input));
        }
        int rank = constant.shape().rank();
        return constant.isNumeric()
                        && !constant.type().isFloatingPoint()
                        && rank <= 1
                        && constant.shape().elements() <= SizeVectors.LONGEST
                ? Optional.of(new SizeVector(constant.dataType(), rank == 0, Size.listOf(constant.readIntegers())))
                : Optional.empty();
    }

    /** The sizes of the first input's axes, as far as they are certain. */
    List<Size> certainSizes() throws Unfoldable {
        boolean doubtful = context.isDoubtful(node().getInput(0));
        return sizesOf(0).stream()
                .map(d -> doubtful && d >= 0 ? Size.UNKNOWN : Size.ofDim(d))
                .toList();
    }

    @Override
    boolean isKnown(int input) throws Unfoldable {
        return super.isKnown(input) || vector(input).filter(SizeVector::isKnown).isPresent();
    }

    /** Integers that are constant, or follow from sizes that are known. */
    @Override
    long[] integers(int input) throws Unfoldable {
        Optional<SizeVector> known =
                constant(input).isPresent() ? Optional.empty() : vector(input).filter(SizeVector::isKnown);
        return known.isPresent() ? known.get().numbers() : super.integers(input);
    }
}
