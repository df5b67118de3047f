package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Quantized numbers in SameDiff, and written back, are those of ONNX Runtime, bit by bit. */
class QuantizationConvertTest {
    private static OnnxNode.Builder node(String type) {
        return OnnxNode.of(type).name("op");
    }

    private static void floats(OnnxModelBuilder model, String name, double[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        tensor(model, name, OnnxType.FLOAT, bytes.flip(), dims);
    }

    private static void bytes(OnnxModelBuilder model, String name, OnnxType type, int[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            if (type.bytes() == Integer.BYTES) {
                bytes.putInt(value);
            } else {
                bytes.put((byte) value);
            }
        }
        tensor(model, name, type, bytes.flip(), dims);
    }

    private static void tensor(OnnxModelBuilder model, String name, OnnxType type, ByteBuffer bytes, long... dims) {
        List<Long> sizes = LongStream.of(dims).boxed().toList();
        model.tensor(name, new OnnxTensor(type, sizes, () -> bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN)));
    }

    /** Halves, of which the even neighbour is taken, and numbers beyond what eight bits hold. */
    private static Tensor reals() {
        double[] values = {
            0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.75, -0.75, 300, -300, 127.5, 128.5, -128.5, 1e9, -1e9, 0, 3, 255.5
        };
        return Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 3, 3), values);
    }

    @ParameterizedTest
    @CsvSource({"UINT8, 10", "UINT8, 13", "UINT8, 19", "UINT8, 21", "INT8, 10", "INT8, 13", "INT8, 21"})
    void quantizesAll(OnnxType type, int opset) {
        OnnxModelBuilder model = new OnnxModelBuilder("q", opset);
        model.input("x", OnnxType.FLOAT, Shape.of(-1, 3, -1));
        floats(model, "scale", new double[] {1});
        bytes(model, "zero", type, new int[] {7});
        model.node(
                node("QuantizeLinear").reads("x", "scale", "zero").writes("y").build());
        model.output("y", type, Shape.unknown());
        ConvertAssert.assertThatConverts(model.build(), Map.of("x", reals()));
    }

    @ParameterizedTest
    @CsvSource({"UINT8, 0", "UINT8, 1", "INT8, -1", "INT8, -2"})
    void quantizesAndBackAlongAnAxis(OnnxType type, long axis) {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("x", OnnxType.FLOAT, Shape.of(-1, 3, 3));
        int count = axis == 0 ? 2 : 3;
        floats(model, "scale", new double[] {0.5, 2, 3}, 3);
        floats(model, "scale2", new double[] {0.5, 2}, 2);
        bytes(model, "zero", type, new int[] {7, 0, 100}, 3);
        bytes(model, "zero2", type, new int[] {7, 100}, 2);
        String suffix = count == 2 ? "2" : "";
        model.node(node("QuantizeLinear")
                .reads("x", "scale" + suffix, "zero" + suffix)
                .integer("axis", axis)
                .writes("q")
                .build());
        model.node(OnnxNode.of("DequantizeLinear")
                .reads("q", "scale" + suffix, "zero" + suffix)
                .integer("axis", axis)
                .writes("y")
                .build());
        model.output("y", OnnxType.FLOAT, Shape.unknown());
        model.output("q", type, Shape.unknown());
        ConvertAssert.assertThatConverts(model.build(), Map.of("x", reals()));
    }

    @Test
    void quantizesToUnsignedBytesWhereNothingIsSaid() {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("x", OnnxType.FLOAT, Shape.of(2, 3, 3));
        model.input("scale", OnnxType.FLOAT, Shape.of());
        model.node(node("QuantizeLinear").reads("x", "scale").writes("y").build());
        model.output("y", OnnxType.UINT8, Shape.unknown());
        Tensor scale = Tensor.ofReals(TensorType.FLOAT32, Shape.of(), new double[] {0.7});
        ConvertAssert.assertThatConverts(model.build(), Map.of("x", reals(), "scale", scale));
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "INT8", "INT32"})
    void dequantizesWhatIsFedAndWhatIsConstant(OnnxType type) {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("x", type, Shape.of(2, 3));
        floats(model, "scale", new double[] {0.3});
        bytes(model, "w", type, new int[] {1, 2, 3, 127, -128, 0}, 2, 3);
        model.node(node("DequantizeLinear").reads("x", "scale").writes("a").build());
        model.node(
                OnnxNode.of("DequantizeLinear").reads("w", "scale").writes("b").build());
        model.node(OnnxNode.of("Add").reads("a", "b").writes("y").build());
        model.output("y", OnnxType.FLOAT, Shape.unknown());
        ConvertAssert.assertThatConverts(model.build());
    }

    private static OnnxModel dynamic() {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("x", OnnxType.FLOAT, Shape.of(-1, 3));
        model.node(node("DynamicQuantizeLinear")
                .reads("x")
                .writes("y", "scale", "zero")
                .build());
        model.output("y", OnnxType.UINT8, Shape.unknown());
        model.output("scale", OnnxType.FLOAT, Shape.unknown());
        model.output("zero", OnnxType.UINT8, Shape.unknown());
        return model.build();
    }

    @ParameterizedTest
    @CsvSource({"-1, 2, 0.5", "1, 2, 3", "-1, -2, -3", "0, 0, 0"})
    void findsScaleAndZeroPoint(double a, double b, double c) {
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(1, 3), new double[] {a, b, c});
        ConvertAssert.assertThatConverts(dynamic(), Map.of("x", x));
    }

    @Test
    void multipliesIntegers() {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("a", OnnxType.UINT8, Shape.of(2, 4, 3));
        model.input("b", OnnxType.UINT8, Shape.of(3, 2));
        bytes(model, "zeroA", OnnxType.UINT8, new int[] {12});
        bytes(model, "zeroB", OnnxType.UINT8, new int[] {3});
        model.node(node("MatMulInteger")
                .reads("a", "b", "zeroA", "zeroB")
                .writes("y")
                .build());
        model.node(OnnxNode.of("MatMulInteger").reads("a", "b").writes("z").build());
        model.output("y", OnnxType.INT32, Shape.unknown());
        model.output("z", OnnxType.INT32, Shape.unknown());
        ConvertAssert.assertThatConverts(model.build());
    }

    @Test
    void multipliesQuantizedNumbers() {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("a", OnnxType.UINT8, Shape.of(2, 4, 3));
        model.input("b", OnnxType.UINT8, Shape.of(2, 3, 2));
        floats(model, "scaleA", new double[] {0.4});
        floats(model, "scaleB", new double[] {0.3});
        floats(model, "scaleY", new double[] {0.5});
        bytes(model, "zeroA", OnnxType.UINT8, new int[] {5});
        bytes(model, "zeroB", OnnxType.UINT8, new int[] {3});
        bytes(model, "zeroY", OnnxType.UINT8, new int[] {118});
        model.node(node("QLinearMatMul")
                .reads("a", "scaleA", "zeroA", "b", "scaleB", "zeroB", "scaleY", "zeroY")
                .writes("y")
                .build());
        model.output("y", OnnxType.UINT8, Shape.unknown());
        ConvertAssert.assertThatConverts(model.build());
    }

    @Test
    void scalesOfBlocksCannotBeConverted() {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 21);
        model.input("x", OnnxType.FLOAT, Shape.of(4, 3));
        floats(model, "scale", new double[] {1, 1, 1, 1, 1, 1}, 2, 3);
        model.node(node("QuantizeLinear")
                .reads("x", "scale")
                .integer("block_size", 2)
                .integer("axis", 0)
                .writes("y")
                .build());
        model.output("y", OnnxType.UINT8, Shape.unknown());
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model.build()))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("its scales are those of blocks");
    }

    @Test
    void scalesThatDoNotFitAreTold() {
        OnnxModelBuilder model = new OnnxModelBuilder("q", 13);
        model.input("x", OnnxType.FLOAT, Shape.of(4, 3));
        floats(model, "scale", new double[] {1, 1}, 2);
        model.node(node("QuantizeLinear").reads("x", "scale").writes("y").build());
        model.output("y", OnnxType.UINT8, Shape.unknown());
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model.build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (QuantizeLinear)");
    }
}
