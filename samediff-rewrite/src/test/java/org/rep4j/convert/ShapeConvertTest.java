package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops that give tensors another shape, whatever is known of the one that they have. */
class ShapeConvertTest {
    private static Tensor integers(long... values) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(values.length), values);
    }

    @Test
    void reshapesCopyInferAndState() {
        OpModel.of("Reshape", 13).feed(2, 3, 4).vector(0, -1).converts();
        OpModel.of("Reshape", 13).feed(2, 3, 4).vector(4, 0, 2).converts();
        OpModel.of("Reshape", 8).feed(-1, 3, 4).vector(0, -1).converts();
        OpModel.of("Reshape", 13).feed(-1, 3, 4).vector(0, 0, 2, 2).converts();
        OpModel.of("Reshape", 13)
                .feed(-1, 4, -1, -1)
                .vector(0, 2, -1, 0)
                .converts(random("x", TensorType.FLOAT32, 2, 4, 5, 3));
        OpModel.of("Reshape", 13).feed(-1, -1, -1).vector(0, 0, -1, 1).converts();
        OpModel.of("Reshape", 13).feed(1, 1).vector().converts();
    }

    @Test
    void sizesOfZeroAreCopiedOrMeant() {
        OpModel.of("Reshape", 14)
                .feed(0, 3, 4)
                .vector(3, 4, 0)
                .set("allowzero", 1)
                .converts();
        OpModel.of("Reshape", 14).feed(0, 3).vector(0, 3, 1).converts();
    }

    @ParameterizedTest
    @CsvSource({"0,6", "0,-1", "2,0", "-1,2"})
    void computedShapes(long first, long second) {
        OpModel.of("Reshape", 13)
                .feed(2, 6)
                .type(OnnxType.INT64)
                .feed(2)
                .type(OnnxType.FLOAT)
                .converts(random("x", TensorType.FLOAT32, 2, 6), integers(first, second));
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("Reshape", 13).feed(2, 3).vector(4, 2).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(OpModel.of("Transpose", 13)
                        .feed(2, 3)
                        .list("perm", 0, 0)
                        .build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("Squeeze", 13).feed(2, 3).vector(1).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op");
    }

    @ParameterizedTest
    @ValueSource(ints = {-3, -1, 0, 1, 2, 4})
    void flattening(int axis) {
        OpModel.of("Flatten", 13).feed(2, 3, 4, 5).set("axis", axis).converts();
        OpModel.of("Flatten", 9)
                .feed(-1, 3, -1, 2)
                .set("axis", Math.max(axis, 0))
                .converts();
    }

    @Test
    void squeezesAndUnsqueezes() {
        OpModel.of("Squeeze", 11).feed(1, 3, 1).list("axes", 0, -1).converts();
        OpModel.of("Squeeze", 13).feed(1, -1, 1).vector(2).converts();
        OpModel.of("Squeeze", 13).feed(1, 3, 1).converts(random("x", TensorType.FLOAT32, 1, 3, 1));
        OpModel.of("Unsqueeze", 11).feed(3, -1).list("axes", 0, 3).converts();
        OpModel.of("Unsqueeze", 13).feed(3, 2).vector(-1, 1).converts();
        OpModel.of("Unsqueeze", 13).feed().vector(0).converts();
    }

    @Test
    void computedAxes() {
        Tensor x = random("x", TensorType.FLOAT32, 1, 3, 1);
        OpModel squeeze =
                OpModel.of("Squeeze", 13).feed(1, 3, 1).type(OnnxType.INT64).feed(2);
        squeeze.type(OnnxType.FLOAT).converts(x, integers(-1, 0));
        OpModel unsqueeze =
                OpModel.of("Unsqueeze", 13).feed(1, 3, 1).type(OnnxType.INT64).feed(2);
        unsqueeze.type(OnnxType.FLOAT).converts(x, integers(1, -1));
    }

    @Test
    void transposes() {
        OpModel.of("Transpose", 13).feed(2, 3, 4).converts();
        OpModel.of("Transpose", 13)
                .feed(-1, 3, 1, 2, 2)
                .list("perm", 4, 2, 0, 3, 1)
                .converts();
        OpModel.of("Transpose", 13).type(OnnxType.BOOL).feed(2, 3).converts();
        OpModel.of("Transpose", 13).type(OnnxType.INT64).feed(2, 3).converts();
    }

    @Test
    void dropoutsOfInferenceAreNothing() {
        SameDiff graph = OpModel.of("Dropout", 13).feed(2, 3).converts();
        assertThat(graph.getOps().values())
                .extracting(op -> op.getOp().opName())
                .containsOnly("identity");
        OpModel.of("Dropout", 7).feed(2, 3).set("ratio", 0.3).converts();
        assertThatThrownBy(() -> OnnxToSameDiff.convert(OpModel.of("Dropout", 13)
                        .feed(2, 3)
                        .number(0.5)
                        .type(OnnxType.UINT8)
                        .number(1)
                        .type(OnnxType.FLOAT)
                        .build()))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("training");
    }

    @Test
    void oneElementGetsAllAxes() {
        Tensor one = ConvertAssert.random("x", TensorType.FLOAT32, 1);
        OpModel.of("Unsqueeze", 11).feed(-1).list("axes", 0, 1).converts(one);
        OpModel.of("Unsqueeze", 11).feed(1, 1).list("axes", 0, 3).converts();
    }
}
