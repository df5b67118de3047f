package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxType;

/** Products of matrices in ONNX and in SameDiff. */
class LinearConvertTest {
    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "1,0", "1,1"})
    void gemmOfWeightsAndOfWhatIsComputed(int left, int right) {
        long[] a = left == 0 ? new long[] {3, 4} : new long[] {4, 3};
        long[] b = right == 0 ? new long[] {4, 5} : new long[] {5, 4};
        gemm(left, right).feed(a).weights(b).weights(5).converts();
        gemm(left, right)
                .feed(a)
                .weights(b)
                .weights(1, 5)
                .set("alpha", 0.5)
                .set("beta", 2.0)
                .converts();
        gemm(left, right).feed(a).feed(b).converts();
        gemm(left, right).feed(a).feed(b).feed(3, 1).set("alpha", 2.5).converts();
        gemm(left, right).feed(a).weights(b).number(1.5).converts();
        gemm(left, right).weights(a).feed(b).weights(3, 5).set("beta", 0.5).converts();
    }

    private static OpModel gemm(int left, int right) {
        return OpModel.of("Gemm", 13).set("transA", left).set("transB", right);
    }

    @ParameterizedTest
    @EnumSource(
            value = OnnxType.class,
            names = {"DOUBLE", "INT32", "INT64"})
    void otherTypes(OnnxType type) {
        OpModel.of("MatMul", 13).type(type).feed(3, 4).feed(4, 5).converts();
        OpModel.of("MatMul", 13).type(type).feed(2, 3, 4).feed(2, 4, 5).converts();
    }

    @Test
    void vectorsMatricesAndManyOfThem() {
        matMul().feed(4).feed(4).converts();
        matMul().feed(4).feed(4, 5).converts();
        matMul().feed(3, 4).feed(4).converts();
        matMul().feed(2, 3, 4).feed(4).converts();
        matMul().feed(4).feed(2, 4, 5).converts();
        matMul().feed(2, 3, 4).weights(4, 5).converts();
        matMul().feed(2, 2, 3, 4).weights(4, 5).converts();
        matMul().feed(3, 4).feed(2, 4, 5).converts();
        matMul().feed(2, 1, 3, 4).feed(1, 3, 4, 5).converts();
        matMul().feed(2, 3, 4, 5).feed(2, 3, 5, 4).converts();
        matMul().feed(3, 4, 5).feed(2, 1, 5, 4).converts();
        matMul().feed(1, 1, 4).feed(1, 4, 1).converts();
    }

    @Test
    void sizesThatAreNotKnownBeforeTheRun() {
        matMul().feed(-1, 4).weights(4, 5).converts();
        matMul().feed(-1, -1, 4).weights(4, 5).converts();
        matMul().feed(-1, 2, 4).weights(4, 5).converts();
        matMul().feed(-1, -1, 4, -1).feed(-1, 3, -1, 5).converts();
        matMul().feed(-1, 1, 2, 4).feed(3, 4, 5).converts();
    }

    private static OpModel matMul() {
        return OpModel.of("MatMul", 13);
    }

    @Test
    void weightsAreHeldOnceInTheOrderOfTheProduct() {
        SameDiff graph = gemm(0, 1).feed(3, 4).weights(5, 4).weights(5).converts();
        assertThat(graph.ops()).extracting(op -> op.opName()).containsExactly("matmul", "add");
        assertThat(graph.getConstantArrays().size()).isEqualTo(2);
    }

    @Test
    void matricesThatDoNotFitAreRefused() {
        assertThatThrownBy(() ->
                        OnnxToSameDiff.convert(gemm(0, 0).feed(3, 4).feed(3, 4).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (Gemm): its factors");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        matMul().feed(2, 3, 4).feed(3, 4, 5).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (MatMul)");
    }

    @ParameterizedTest
    @CsvSource({"false,false,false", "true,false,false", "false,true,false", "true,true,true"})
    void productsOfSameDiff(boolean left, boolean right, boolean result) {
        SameDiff graph = SameDiff.create();
        SDVariable a = graph.placeHolder("a", DataType.FLOAT, left ? new long[] {4, 3} : new long[] {3, 4});
        SDVariable b = graph.constant("b", Nd4j.rand(DataType.FLOAT, right ? new long[] {5, 4} : new long[] {4, 5}));
        graph.mmul("y", a, b, left, right, result);
        ConvertAssert.assertThatExports(graph, "y");
    }

    @Test
    void layersOfSameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 3, 4);
        SDVariable w = graph.constant("w", Nd4j.rand(DataType.FLOAT, 4, 5).subi(0.5));
        SDVariable b = graph.constant("b", Nd4j.rand(DataType.FLOAT, 5).subi(0.5));
        graph.nn().linear("linear", x, w, b);
        graph.nn().reluLayer("relu", x, w, b);
        ConvertAssert.assertThatExports(graph, "linear", "relu");
    }
}
