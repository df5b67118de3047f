package org.rep4j.samediff;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.samediff.ConstantOps.Evaluator;

/** Arithmetic with constants, in double precision whatever the graph's type. */
final class ConstantArithmetic {
    static final Map<String, Evaluator> ALL = Map.ofEntries(
            unary("sqrt", a -> Transforms.sqrt(a, true)),
            unary("rsqrt", a -> Transforms.sqrt(a, true).rdivi(1)),
            unary("square", a -> a.mul(a)),
            unary("neg", INDArray::neg),
            unary("Reciprocal", a -> a.rdiv(1)),
            binary("add", INDArray::add),
            binary("subtract", INDArray::sub),
            binary("reversesubtract", (a, b) -> b.sub(a)),
            binary("multiply", INDArray::mul),
            binary("divide", INDArray::div),
            binary("realdiv", INDArray::div),
            binary("reversedivide", (a, b) -> b.div(a)),
            entry("Pow", Evaluator.of(2, (op, in, i) -> arithmetic(in[0], in[1], ConstantArithmetic::power))),
            scalar("add_scalar", INDArray::add),
            scalar("sub_scalar", INDArray::sub),
            scalar("rsub_scalar", (a, b) -> b.sub(a)),
            scalar("mul_scalar", INDArray::mul),
            scalar("div_scalar", INDArray::div),
            scalar("rdiv_scalar", (a, b) -> b.div(a)),
            scalar("pow", ConstantArithmetic::power));

    private ConstantArithmetic() {}

    private static Map.Entry<String, Evaluator> unary(String kind, UnaryOperator<INDArray> function) {
        return entry(
                kind,
                Evaluator.of(
                        1,
                        (op, inputs, index) -> isReal(inputs[0])
                                ? Optional.of(function.apply(inDouble(inputs[0])))
                                : Optional.empty()));
    }

    private static Map.Entry<String, Evaluator> binary(String kind, BinaryOperator<INDArray> function) {
        return entry(kind, Evaluator.of(2, (op, inputs, index) -> arithmetic(inputs[0], inputs[1], function)));
    }

    private static Map.Entry<String, Evaluator> scalar(String kind, BinaryOperator<INDArray> function) {
        return entry(
                kind,
                Evaluator.of(
                        1,
                        (op, inputs, index) -> op.function() instanceof ScalarOp scalar && scalar.scalar() != null
                                ? arithmetic(inputs[0], scalar.scalar(), function)
                                : Optional.empty()));
    }

    private static Optional<INDArray> arithmetic(INDArray a, INDArray b, BinaryOperator<INDArray> function) {
        return isReal(a) && isReal(b) && broadcasts(a.shape(), b.shape())
                ? Optional.of(function.apply(inDouble(a), inDouble(b)))
                : Optional.empty();
    }

    private static INDArray power(INDArray base, INDArray exponent) {
        return exponent.length() == 1
                ? Transforms.pow(base, exponent.getDouble(0), true)
                : Transforms.pow(base, exponent, true);
    }

    private static boolean isReal(INDArray array) {
        return array.dataType().isFPType();
    }

    /** Arithmetic never writes to what the graph owns: a copy even where the type is right. */
    private static INDArray inDouble(INDArray array) {
        return array.dataType() == DataType.DOUBLE ? array.dup() : array.castTo(DataType.DOUBLE);
    }

    /** Whether the shapes broadcast to one that an array can have. */
    private static boolean broadcasts(long[] a, long[] b) {
        long elements = 1;
        for (int i = 1; i <= Math.max(a.length, b.length); i++) {
            long left = i > a.length ? 1 : a[a.length - i];
            long right = i > b.length ? 1 : b[b.length - i];
            if (left != right && left != 1 && right != 1) {
                return false;
            }
            elements = Math.max(left, right) * elements;
            if (elements > Integer.MAX_VALUE) {
                return false;
            }
        }
        return true;
    }
}
