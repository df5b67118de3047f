package org.rep4j.convert;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The ops that the converters promise. Tests with others are out of scope. */
final class BackendScope {
    private static final String OPS = """
            Conv ConvTranspose BatchNormalization InstanceNormalization LayerNormalization GroupNormalization LRN LpNormalization
            Relu LeakyRelu PRelu Elu Selu Celu Gelu Sigmoid HardSigmoid HardSwish Mish Softplus Softsign Tanh Erf Clip Min Max
            Softmax LogSoftmax Add Sub Mul Div Pow Mod Sqrt Exp Log Neg Abs Sign Reciprocal Floor Ceil Round
            Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh
            MaxPool AveragePool GlobalAveragePool GlobalMaxPool Gemm MatMul Einsum
            Flatten Reshape Transpose Squeeze Unsqueeze Concat Split Slice Gather GatherElements GatherND ScatterND
            Pad Resize Upsample DepthToSpace SpaceToDepth
            ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare
            ArgMax ArgMin TopK NonMaxSuppression CumSum OneHot Shape Size Expand Tile Cast Constant ConstantOfShape Identity Dropout
            Where Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not Range LSTM GRU QuantizeLinear DequantizeLinear
            """;

    private static final Set<String> PROMISED =
            Arrays.stream(OPS.strip().split("\\s+")).collect(Collectors.toUnmodifiableSet());

    private BackendScope() {}

    /** Whether the converters promise this op of ONNX's default domain, or have it without a promise. */
    static boolean promises(String op) {
        return PROMISED.contains(op) || Mappings.onnxOps().contains(op);
    }
}
