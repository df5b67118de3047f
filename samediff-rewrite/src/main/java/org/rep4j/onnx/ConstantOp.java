package org.rep4j.onnx;

/** Computes what one op of ONNX makes of constants. */
@FunctionalInterface
interface ConstantOp {
    /**
     * The output.
     *
     * @throws OpReader.Unfoldable if an input is not constant, or this use of the op is not understood
     */
    ConstantTensor apply(OpCall call) throws OpReader.Unfoldable;
}
