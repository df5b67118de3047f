package org.rep4j.onnx;

import java.util.List;
import java.util.Optional;
import onnx.Onnx.NodeProto;
import org.rep4j.onnx.OpReader.Unfoldable;

/** One op, with its attributes and what is constant among its inputs. */
class OpCall {
    private final NodeProto node;
    private final Attributes attributes;
    private final Constants constants;

    OpCall(NodeProto node, Constants constants) {
        this.node = node;
        this.constants = constants;
        this.attributes = new Attributes(node, GraphIndex.describe(node));
    }

    NodeProto node() {
        return node;
    }

    Attributes attributes() {
        return attributes;
    }

    boolean has(int input) {
        return LiftContext.has(node, input);
    }

    int inputs() {
        return node.getInputCount();
    }

    /** The content of an input, if it is there and constant. */
    Optional<ConstantTensor> constant(int input) {
        return has(input) ? constants.get(node.getInput(input)) : Optional.empty();
    }

    /** Whether the integers of an input are known before the model runs. */
    boolean isKnown(int input) throws Unfoldable {
        return constant(input).isPresent();
    }

    /** The content of an input that must be there and constant. */
    ConstantTensor operand(int input) throws Unfoldable {
        return constant(input).orElseThrow(() -> new Unfoldable(""));
    }

    /** An {@link #operand} whose elements are numbers. */
    ConstantTensor numeric(int input) throws Unfoldable {
        ConstantTensor operand = operand(input);
        if (!operand.isNumeric()) {
            throw new Unfoldable("");
        }
        return operand;
    }

    /** The sizes of an {@link #operand}. */
    List<Long> dims(int input) throws Unfoldable {
        List<Long> dims = operand(input).shape().dims();
        if (dims == null) {
            throw new Unfoldable("");
        }
        return dims;
    }

    /** The elements of an {@link #operand} of integers, which are few, like sizes and axes. */
    long[] integers(int input) throws Unfoldable {
        ConstantTensor operand = operand(input);
        if (!operand.isInteger()) {
            throw new Unfoldable("");
        }
        return operand.readIntegers();
    }

    /** The attribute {@code name}, a tensor, if it is there. */
    Optional<ConstantTensor> tensor(String name) {
        return attributes.tensor(name).map(constants::stored);
    }

    /**
     * Integers that old opsets have as the attribute {@code name} and new ones as an input; empty where both are left out.
     *
     * @throws Unfoldable if the input is not constant
     */
    Optional<long[]> integers(String name, int input) throws Unfoldable {
        Optional<List<Long>> list = attributes.integers(name);
        if (list.isPresent()) {
            return list.map(Strided::array);
        }
        return has(input) ? Optional.of(integers(input)) : Optional.empty();
    }
}
