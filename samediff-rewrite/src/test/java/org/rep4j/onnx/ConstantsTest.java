package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.graph.StoredKernel;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;

/** Constants that follow from others have the values that ONNX Runtime gives them. */
class ConstantsTest {
    private static final int FLOAT = DataType.FLOAT.getNumber();
    private static final int INT64 = DataType.INT64.getNumber();

    @TempDir
    private Path folder;

    private final OnnxBuilder net = new OnnxBuilder(5).input("x", 1);
    private final List<String> asked = new ArrayList<>();

    private OnnxBuilder op(String op, List<String> inputs, String output, AttributeProto... attributes) {
        return net.node(op, output, inputs, output, attributes);
    }

    private static AttributeProto filling(TensorProto.Builder value) {
        return tensor("value", value.addDims(1).build());
    }

    private static TensorProto.Builder number(DataType type) {
        return TensorProto.newBuilder().setDataType(type.getNumber());
    }

    /** Asks for a floating-point constant: what is added to the input, which is 0. */
    private void ask(String name) {
        op("Add", List.of("x", name), name + " + 0").output(name + " + 0");
        asked.add(name);
    }

    /** Asks for an integer constant. */
    private void askInteger(String name) {
        op("Cast", List.of(name), name + " as float", integer("to", FLOAT));
        ask(name + " as float");
    }

    private void check() {
        Path file = net.save(folder.resolve("constants.onnx"));
        OnnxLift lift = new OnnxLift(OnnxModel.load(file));
        lift.lift();
        Map<String, Tensor> expected = OnnxRuntime.runAll(file, Map.of("x", Tensor.zeros(1)));
        for (String name : asked) {
            ConstantTensor actual = lift.constants().get(name).orElseThrow(() -> new AssertionError(name));
            Tensor tensor = Objects.requireNonNull(expected.get(name + " + 0"));
            int[] dims = tensor.dims();
            if (actual.shape().rank() > 0) {
                assertThat(actual.shape().dims()).extracting(Long::intValue).isEqualTo(boxed(dims));
            }
            new Tensor(dims, actual.read()).assertCloseTo(tensor, 1e-6, name);
        }
    }

    private static List<Integer> boxed(int[] dims) {
        List<Integer> list = new ArrayList<>();
        for (int dim : dims) {
            list.add(dim);
        }
        return list;
    }

    @Test
    void picksElements() {
        net.weights("a", 2, 3, 4).initializer(tensorOf("places", new long[] {2, 2, 1}, 0, -1, 2, 1));
        op("GatherElements", List.of("a", "places"), "elements", integer("axis", 1));
        ask("elements");
        net.initializer(tensorOf("rows", new long[] {2, 2}, 1, -1, 0, 2));
        op("GatherND", List.of("a", "rows"), "slices");
        ask("slices");
        net.initializer(tensorOf("columns", new long[] {2, 3, 1}, 1, 2, 0, -3, -1, 1));
        op("GatherND", List.of("a", "columns"), "batches", integer("batch_dims", 1));
        ask("batches");
        check();
    }

    @Test
    void sumsAllBefore() {
        net.weights("a", 2, 3, 4).initializer(integers("middle", 1)).initializer(integers("last", -1));
        op("CumSum", List.of("a", "middle"), "sums");
        op("CumSum", List.of("a", "last"), "backwards", integer("reverse", 1));
        op("CumSum", List.of("a", "middle"), "exclusive", integer("exclusive", 1));
        op("CumSum", List.of("a", "last"), "both", integer("exclusive", 1), integer("reverse", 1));
        net.initializer(integers("counts", 3, 4, 5)).initializer(integers("first", 0));
        op("CumSum", List.of("counts", "first"), "whole");
        List.of("sums", "backwards", "exclusive", "both").forEach(this::ask);
        askInteger("whole");
        check();
    }

    private static TensorProto tensorOf(String name, long[] dims, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(INT64);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor.build();
    }

    @Test
    void movesElements() {
        net.weights("a", 2, 3, 4).weights("b", 2, 5, 4);
        net.initializer(integers("to", 4, 0, -1)).initializer(integers("axes", 0, -1));
        op("Reshape", List.of("a", "to"), "reshaped");
        op("Transpose", List.of("a"), "reversed");
        op("Transpose", List.of("reshaped"), "turned", ints("perm", 1, 2, 0));
        op("Unsqueeze", List.of("a", "axes"), "wide");
        op("Squeeze", List.of("wide", "axes"), "narrow");
        op("Flatten", List.of("a"), "flat", integer("axis", 2));
        op("Concat", List.of("a", "b", "a"), "joined", integer("axis", 1));
        op("Concat", List.of("a", "a"), "stacked", integer("axis", -3));
        for (String name : List.of("reshaped", "reversed", "turned", "wide", "narrow", "flat", "joined", "stacked")) {
            ask(name);
        }
        check();
    }

    @Test
    void picksSingleElementsAndSlices() {
        net.weights("a", 4, 5, 6)
                .initializer(integers("starts", 1, -1, 0))
                .initializer(integers("ends", Long.MAX_VALUE, -9223372036854775807L, -2))
                .initializer(integers("axes", 0, 1, -1))
                .initializer(integers("steps", 2, -2, 1))
                .initializer(integers("indices", 2, -1, 0, 2));
        op("Slice", List.of("a", "starts", "ends", "axes", "steps"), "sliced");
        op("Gather", List.of("a", "indices"), "rows");
        op("Gather", List.of("a", "indices"), "columns", integer("axis", -1));
        op("Slice", List.of("a", "starts", "ends"), "cut");
        for (String name : List.of("sliced", "rows", "columns", "cut")) {
            ask(name);
        }
        check();
    }

    @Test
    void countsAndRepeats() {
        net.weights("a", 3, 1)
                .initializer(integers("sizes", 2, 1, 4))
                .initializer(integers("seven", 7))
                .initializer(integers("two", 2));
        op("Expand", List.of("a", "sizes"), "expanded");
        op("ConstantOfShape", List.of("sizes"), "zeros");
        op(
                "ConstantOfShape",
                List.of("sizes"),
                "filled",
                filling(number(DataType.FLOAT).addFloatData(2.5f)));
        op("Shape", List.of("expanded"), "shape");
        op("Squeeze", List.of("seven"), "end", ints("axes", 0));
        ask("expanded");
        ask("zeros");
        ask("filled");
        askInteger("shape");
        net.opset(11);
        op("Squeeze", List.of("two"), "start", ints("axes", 0));
        op("Range", List.of("start", "end", "start"), "range");
        askInteger("range");
        check();
    }

    @Test
    void computes() {
        net.weights("a", 3, 1, 1).weights("b", 3, 1).weights("c", 1, 4);
        op("Mul", List.of("a", "a"), "positive");
        op("Sqrt", List.of("positive"), "root");
        op("Add", List.of("b", "c"), "sum");
        op("Sub", List.of("sum", "a"), "difference");
        op("Div", List.of("difference", "root"), "quotient");
        op("Reciprocal", List.of("root"), "reciprocal");
        op("Neg", List.of("quotient"), "negated");
        op("Abs", List.of("negated"), "absolute");
        op("Exp", List.of("c"), "exponential");
        op("Pow", List.of("exponential", "b"), "power");
        for (String name : List.of("quotient", "reciprocal", "negated", "absolute", "power")) {
            ask(name);
        }
        check();
    }

    @Test
    void castsAsTheRuntimeDoes() {
        net.weights("a", 20).initializer(integers("i", 3, -4, 0));
        op("Mul", List.of("a", "a"), "squares");
        op("Cast", List.of("a"), "half", integer("to", DataType.FLOAT16.getNumber()));
        op("Cast", List.of("half"), "single again", integer("to", FLOAT));
        op("Cast", List.of("squares"), "truncated", integer("to", INT64));
        op("Cast", List.of("i"), "float", integer("to", FLOAT));
        ask("single again");
        ask("float");
        askInteger("truncated");
        check();
    }

    @Test
    void computesWithIntegers() {
        net.initializer(integers("a", 7, -7, 9)).initializer(integers("b", 2, 2, 9));
        op("Div", List.of("a", "b"), "quotient");
        op("Equal", List.of("a", "b"), "equal");
        op("Where", List.of("equal", "a", "quotient"), "choice");
        op("Mul", List.of("choice", "b"), "product");
        op("Sub", List.of("product", "a"), "difference");
        askInteger("quotient");
        askInteger("choice");
        askInteger("difference");
        check();
    }

    /** 0.7 is less as a float, but ten times that is not: what is rounded down is what the runtime has. */
    @Test
    void roundsWhatTheFormatHolds() {
        net.initializer(OnnxBuilder.floats("ten", new Tensor(new int[] {2}, new double[] {10, -10})))
                .initializer(OnnxBuilder.floats("scale", new Tensor(new int[] {1}, new double[] {0.7f})));
        op("Mul", List.of("ten", "scale"), "product");
        op("Floor", List.of("product"), "floor");
        op("Ceil", List.of("product"), "ceil");
        op("Cast", List.of("product"), "integer", integer("to", INT64));
        ask("floor");
        ask("ceil");
        askInteger("integer");
        check();
    }

    /** Sizes are constants where they cannot be others. */
    @Test
    void sizesOfComputedValues() {
        net.withGraph(g -> g.clearInput()).input("x", 2, 3, 5, 4).weights("w", 6, 3, 3, 2);
        op("Conv", List.of("x", "w"), "y", ints("strides", 2, 1));
        op("Relu", List.of("y"), "z").output("z");
        op("Shape", List.of("z"), "shape");
        OnnxLift lift = new OnnxLift(OnnxModel.load(net.save(folder.resolve("fixed.onnx"))));
        assertThat(lift.lift().nodes()).extracting(n -> n.info().op()).containsExactly("Conv", "Relu");
        assertThat(lift.constants().get("shape").orElseThrow().readIntegers()).containsExactly(2, 6, 2, 3);

        net.withGraph(g -> g.clearInput()).input("x", -1, 3, 5, 4);
        OnnxLift free = new OnnxLift(OnnxModel.load(net.save(folder.resolve("free.onnx"))));
        assertThat(free.lift().nodes()).extracting(n -> n.info().op()).containsExactly("Conv", "Relu", "Shape");
    }

    @Test
    void renamedConstantsShareTheirHandle() {
        net.withGraph(g -> g.clearInput()).input("x", 1, 3, 5, 4).weights("w", 3, 3, 1, 1);
        net.initializer(integers("same", 3, -1, 1, 0));
        op("Identity", List.of("w"), "w1");
        op("Identity", List.of("w1"), "w2");
        op("Reshape", List.of("w2", "same"), "w3");
        op("Conv", List.of("x", "w"), "a");
        op("Conv", List.of("a", "w2"), "b");
        op("Conv", List.of("b", "w3"), "c").output("c");
        ConvGraph graph = Reemission.lifted(OnnxModel.load(net.save(folder.resolve("shared.onnx"))));
        assertThat(graph.nodes())
                .extracting(ConstantsTest::weights)
                .hasSize(3)
                .allMatch(w -> w == weights(graph.nodes().iterator().next()));
    }

    private static Object weights(Node node) {
        return ((StoredKernel) ((Convolution) node).kernel()).weights();
    }

    /** A kilobyte of file must not become gigabytes of constants, nor hours of computing them. */
    @Test
    void hostileConstantsAreNotComputed() {
        net.initializer(integers("large", 1 << 15, 1 << 15)).initializer(integers("huge", Long.MAX_VALUE, 1 << 15));
        net.initializer(integers("start", 0)).initializer(integers("end", Long.MAX_VALUE / 2));
        net.initializer(integers("some", 1 << 20));
        op("ConstantOfShape", List.of("large"), "a gigabyte").output("a gigabyte");
        op("ConstantOfShape", List.of("huge"), "beyond").output("beyond");
        op("Range", List.of("start", "end", "start"), "endless");
        op("ConstantOfShape", List.of("some"), "d0");
        for (int i = 0; i < 60; i++) {
            op("Add", List.of("d" + i, "d" + i), "d" + (i + 1));
        }
        OnnxLift lift = new OnnxLift(OnnxModel.load(net.save(folder.resolve("hostile.onnx"))));
        lift.lift();
        assertThat(lift.constants().get("d1")).isPresent();
        for (String name : List.of("a gigabyte", "beyond", "endless", "d60")) {
            assertThat(lift.constants().get(name)).as(name).isEmpty();
        }
    }

    @Test
    void longChainsDoNotExhaustTheStack() {
        net.weights("c0", 5);
        for (int i = 0; i < 20_000; i++) {
            op(i % 2 == 0 ? "Neg" : "Identity", List.of("c" + i), "c" + (i + 1));
        }
        ask("c20000");
        check();
    }

    @Test
    void contradictionsAreLeftToTheRuntime() {
        net.weights("a", 2, 3).initializer(integers("to", 4, 2)).initializer(integers("far", 7));
        List<NodeProto> broken = List.of(
                OnnxBuilder.proto("Reshape", "r", List.of("a", "to"), List.of("r")),
                OnnxBuilder.proto("Gather", "g", List.of("a", "far"), List.of("g")),
                OnnxBuilder.proto("Transpose", "t", List.of("a"), List.of("t"), ints("perm", 0, 0)),
                OnnxBuilder.proto("Squeeze", "s", List.of("a"), List.of("s"), ints("axes", 0)),
                OnnxBuilder.proto("Concat", "c", List.of("a", "to"), List.of("c"), integer("axis", 0)),
                OnnxBuilder.proto("Add", "d", List.of("a", "to"), List.of("d")));
        net.withGraph(g -> g.addAllNode(broken)).output("r");
        OnnxLift lift = new OnnxLift(OnnxModel.load(net.save(folder.resolve("broken.onnx"))));
        assertThat(lift.lift().nodes()).hasSize(broken.size());
        broken.forEach(n -> assertThat(lift.constants().get(n.getName())).isEmpty());
    }
}
