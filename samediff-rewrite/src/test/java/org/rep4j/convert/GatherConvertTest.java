package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.convert.ConvertAssert.random;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops that read and write elements by index; negative indices count from the end. */
class GatherConvertTest {
    private static final Tensor X = random("x", TensorType.FLOAT32, 3, 4, 2);

    private static Tensor integers(long[] dims, long... values) {
        return Tensor.ofIntegers(TensorType.INT64, Shape.of(dims), values);
    }

    private static long[] dims(long... dims) {
        return dims;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void gathersWithConstantIndices(int axis) {
        OpModel.of("Gather", 13)
                .feed(3, 4, 2)
                .vector(1, -2, 0)
                .set("axis", axis == 1 ? 1 : 0)
                .converts();
        OpModel.of("Gather", 13)
                .feed(3, 4, 2)
                .integers(dims(2, 2), 1, 0, -1, 1)
                .set("axis", axis)
                .converts();
        OpModel.of("Gather", 13)
                .feed(3, 4, 2)
                .integers(dims(), -2)
                .set("axis", axis)
                .converts();
        OpModel.of("Gather", 13)
                .feed(-1, -1, -1)
                .integers(dims(), -1)
                .set("axis", axis)
                .converts(X);
        OpModel.of("Gather", 13)
                .type(OnnxType.BOOL)
                .feed(3, 2)
                .vector(1, 0)
                .set("axis", axis)
                .converts();
    }

    @Test
    void indicesOfSeveralAxesIntoAVector() {
        OpModel.of("Gather", 13).feed(4).integers(dims(2, 2), 3, 0, -1, 1).converts();
        OpModel.of("Gather", 13).feed(4).integers(dims(1, 2), 3, 0).converts();
        OpModel.of("Gather", 13).feed(4).integers(dims(), 3).converts();
        OpModel computed =
                OpModel.of("Gather", 13).feed(-1).type(OnnxType.INT64).feed(-1, -1);
        computed.type(OnnxType.FLOAT).converts(random("v", TensorType.FLOAT32, 4), integers(dims(2, 2), 3, -4, 0, 1));
    }

    @Test
    void gathersWithComputedIndices() {
        OpModel of = OpModel.of("Gather", 13).weights(5, 3).type(OnnxType.INT64).feed(-1, 2);
        of.type(OnnxType.FLOAT).converts(integers(dims(2, 2), 4, 0, -1, 1));
    }

    @Test
    void indicesBeyondTheEndAreRefusedBeforeNativeCodeSeesThem() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        OpModel.of("Gather", 13).feed(3, 4).vector(3).build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("3");
        assertThatThrownBy(() -> OnnxToSameDiff.convert(OpModel.of("GatherND", 13)
                        .feed(3, 4)
                        .integers(dims(1, 2), 1, -5)
                        .build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("-5");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-1"})
    void gathersElements(int axis) {
        long[] indices = {0, -1, 1, 0, 1, 1, -2, 0, 1, 0, 0, 1};
        OpModel.of("GatherElements", 13)
                .feed(3, 4, 2)
                .integers(dims(2, 3, 2), indices)
                .set("axis", axis)
                .converts();
        OpModel.of("GatherElements", 13)
                .feed(-1, 4, -1)
                .integers(dims(2, 3, 2), indices)
                .set("axis", axis)
                .converts(X);
        OpModel computed = OpModel.of("GatherElements", 13)
                .feed(3, 4, 2)
                .type(OnnxType.INT64)
                .feed(-1, 3, 2);
        computed.type(OnnxType.FLOAT).set("axis", axis).converts(X, integers(dims(2, 3, 2), indices));
    }

    @Test
    void gathersTuples() {
        OpModel.of("GatherND", 13).feed(3, 4, 2).integers(dims(2, 1), 1, -1).converts();
        OpModel.of("GatherND", 13)
                .feed(3, 4, 2)
                .integers(dims(2, 2), 1, -1, 0, 3)
                .converts();
        OpModel.of("GatherND", 13)
                .feed(3, 4, 2)
                .integers(dims(2, 2, 3), 1, -1, 0, 0, 3, 1, 2, 2, 0, 0, 0, 0)
                .converts();
        OpModel.of("GatherND", 13)
                .feed(3, 4, 2)
                .integers(dims(3, 2, 1), 1, -1, 0, 3, 1, 1)
                .set("batch_dims", 1)
                .converts();
        OpModel.of("GatherND", 13)
                .feed(-1, 4, -1)
                .integers(dims(2, 3), 1, -1, 0, 0, 3, 1)
                .converts(X);
        OpModel computed =
                OpModel.of("GatherND", 13).feed(3, 4, 2).type(OnnxType.INT64).feed(3, 2, 2);
        long[] indices = {1, -1, 0, 1, 2, 0, 3, 1, -4, 0, 1, 1};
        computed.type(OnnxType.FLOAT).set("batch_dims", 1).converts(X, integers(dims(3, 2, 2), indices));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "add", "mul", "max", "min"})
    void scattersTuples(String reduction) {
        OpModel rows = OpModel.of("ScatterND", 18)
                .feed(3, 4, 2)
                .integers(dims(2, 1), 2, -3)
                .feed(2, 4, 2);
        assertThatScatters(rows.set("reduction", reduction), reduction);
        OpModel elements = OpModel.of("ScatterND", 18)
                .feed(3, 4, 2)
                .integers(dims(2, 3), 2, -1, 0, 1, 1, -1)
                .feed(2);
        assertThatScatters(elements.set("reduction", reduction), reduction);
        OpModel pairs = OpModel.of("ScatterND", 18)
                .feed(-1, 4, 2)
                .integers(dims(1, 2, 2), 2, -1, 0, 1)
                .feed(1, 2, 2);
        assertThatScatters(pairs.set("reduction", reduction), reduction);
    }

    /** The way back to the default operator set, which keeps neither the largest nor the smallest, is no way for these. */
    private static void assertThatScatters(OpModel op, String reduction) {
        if (!reduction.startsWith("m") || reduction.equals("mul")) {
            op.converts();
            return;
        }
        OnnxModel model = op.build();
        Map<String, Tensor> feeds = ConvertAssert.randomFeeds(model);
        Map<String, Tensor> expected = ConvertAssert.runtime(model, feeds);
        SameDiff graph = OnnxToSameDiff.convert(model);
        List<String> outputs = List.of("y0");
        ConvertAssert.assertSame("in SameDiff", ConvertAssert.sameDiff(graph, outputs, feeds), expected);
        OnnxModel back = SameDiffToOnnx.convert(graph, outputs, 18);
        ConvertAssert.assertSame("written back", ConvertAssert.runtime(back, feeds), expected);
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, outputs)).hasMessageContaining("opset 18");
    }

    @ParameterizedTest
    @EnumSource(
            value = OnnxType.class,
            names = {"FLOAT", "INT64", "BOOL"})
    void scattersOfEachType(OnnxType type) {
        OpModel.of("ScatterND", 13)
                .type(type)
                .feed(4, 2)
                .integers(dims(2, 1), 3, -4)
                .feed(2, 2)
                .converts();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "add", "mul", "max", "min"})
    void scattersElements(String reduction) {
        OpModel model = OpModel.of("ScatterElements", 18)
                .feed(3, 4)
                .integers(dims(2, 3), 0, 3, -2, 1, 0, 2)
                .feed(2, 3);
        assertThatScatters(model.set("axis", 1).set("reduction", reduction), reduction);
    }

    @Test
    void addsWhatGoesToTheSamePlace() {
        OpModel.of("ScatterND", 18)
                .feed(3, 2)
                .integers(dims(3, 1), 1, 1, -2)
                .feed(3, 2)
                .set("reduction", "add")
                .converts();
    }

    /** Threads that write to the same place at the same time must not lose anything. */
    @ParameterizedTest
    @CsvSource({"ScatterND,add", "ScatterND,mul", "ScatterND,max", "ScatterND,min", "ScatterElements,add"})
    void losesNothingThatGoesToTheSamePlace(String op, String reduction) {
        int updates = 20_000;
        boolean tuples = op.equals("ScatterND");
        long[] places = new long[updates];
        Arrays.setAll(places, i -> i % 3);
        OnnxModel model = OpModel.of(op, 18)
                .feed(4)
                .integers(tuples ? dims(updates, 1) : dims(updates), places)
                .feed(updates)
                .set("reduction", reduction)
                .build();
        double[] numbers = new double[updates];
        Arrays.setAll(numbers, i -> reduction.equals("mul") ? i % 7 == 0 ? 2 : i % 7 == 3 ? 0.5 : 1 : i % 1000);
        Map<String, Tensor> feeds = new LinkedHashMap<>(ConvertAssert.randomFeeds(model));
        feeds.replaceAll((name, tensor) -> tensor.shape().elements() == updates
                ? Tensor.ofReals(TensorType.FLOAT32, Shape.of(updates), numbers)
                : tensor);
        Map<String, Tensor> expected = ConvertAssert.runtime(model, feeds);
        SameDiff graph = OnnxToSameDiff.convert(model);
        for (SameDiff each : List.of(graph, ConvertAssert.reloaded(graph))) {
            for (int run = 0; run < 5; run++) {
                ConvertAssert.assertSame("in SameDiff", ConvertAssert.sameDiff(each, List.of("y0"), feeds), expected);
            }
        }
    }
}
