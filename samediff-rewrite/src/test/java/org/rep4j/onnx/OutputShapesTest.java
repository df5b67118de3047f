package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Value;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;

/** What is inferred of the shapes of opaque ops, against those that ONNX Runtime gives. */
class OutputShapesTest {
    private static final int HIDDEN_SIZES = 12;

    @TempDir
    private Path folder;

    /**
     * One op.
     *
     * @param feeds sizes of the computed inputs, which are x0, x1, …
     * @param inputs of the op: those, constants, or empty
     * @param whole whether all sizes follow from those of the inputs
     */
    private record Op(
            String name,
            int opset,
            List<int[]> feeds,
            List<String> inputs,
            List<TensorProto> constants,
            List<AttributeProto> attributes,
            boolean whole) {

        static Op of(String name, int... dims) {
            return new Op(name, 13, List.of(dims), List.of("x0"), List.of(), List.of(), true);
        }

        Op opset(int version) {
            return new Op(name, version, feeds, inputs, constants, attributes, whole);
        }

        /** Another computed input. */
        Op and(int... dims) {
            return new Op(
                    name, opset, plus(feeds, dims), plus(inputs, "x" + feeds.size()), constants, attributes, whole);
        }

        /** An input that is left out. */
        Op skip() {
            return new Op(name, opset, feeds, plus(inputs, ""), constants, attributes, whole);
        }

        /** A constant input. */
        Op with(TensorProto constant) {
            return new Op(
                    name, opset, feeds, plus(inputs, constant.getName()), plus(constants, constant), attributes, whole);
        }

        Op with(long... integers) {
            return with(integers("c" + constants.size(), integers));
        }

        Op with(AttributeProto attribute) {
            return new Op(name, opset, feeds, inputs, constants, plus(attributes, attribute), whole);
        }

        /** Without a claim that all sizes are found. */
        Op partly() {
            return new Op(name, opset, feeds, inputs, constants, attributes, false);
        }

        private static <T> List<T> plus(List<T> list, T element) {
            return Stream.concat(list.stream(), Stream.of(element)).toList();
        }

        @Override
        public String toString() {
            return name + inputs + feeds.stream().map(Arrays::toString).toList()
                    + constants.stream().map(c -> c.getInt64DataList()).toList()
                    + attributes.stream()
                            .map(a -> a.getName()
                                    + a.getIntsList()
                                    + a.getI()
                                    + a.getS().toStringUtf8())
                            .toList()
                    + " of opset " + opset;
        }
    }

    static List<Op> ops() {
        List<Op> ops = new ArrayList<>();
        for (String name : List.of(
                "Relu",
                "LeakyRelu",
                "Elu",
                "Selu",
                "Celu",
                "ThresholdedRelu",
                "Sigmoid",
                "HardSigmoid",
                "Softplus",
                "Softsign",
                "Tanh",
                "Erf",
                "Clip",
                "Softmax",
                "LogSoftmax",
                "Exp",
                "Log",
                "Sqrt",
                "Reciprocal",
                "Abs",
                "Sign",
                "Floor",
                "Ceil",
                "Round",
                "Sin",
                "Cos",
                "LpNormalization",
                "MeanVarianceNormalization")) {
            ops.add(Op.of(name, 2, 3, 4, 5));
        }
        ops.addAll(List.of(
                Op.of("Gelu", 2, 3, 4).opset(20),
                Op.of("HardSwish", 2, 3, 4).opset(14),
                Op.of("Mish", 2, 3, 4).opset(18),
                Op.of("PRelu", 2, 3, 4).with(floats(3, 1)),
                Op.of("Cast", 2, 3, 4).with(integer("to", DataType.DOUBLE.getNumber())),
                Op.of("Dropout", 2, 3, 4)
                        .skip()
                        .with(OnnxBuilder.header("off", DataType.BOOL)
                                .addInt32Data(0)
                                .build()),
                Op.of("BatchNormalization", 2, 3, 4).and(3).and(3).and(3).and(3),
                Op.of("InstanceNormalization", 2, 3, 4).and(3).and(3),
                Op.of("LayerNormalization", 2, 3, 4).opset(17).and(4),
                Op.of("GroupNormalization", 2, 4, 5).opset(21).and(4).and(4).with(integer("num_groups", 2)),
                Op.of("LRN", 2, 3, 4, 4).with(integer("size", 3)),
                Op.of("ScatterND", 4, 3)
                        .with(OnnxBuilder.header("rows", DataType.INT64, 1, 1)
                                .addInt64Data(2)
                                .build())
                        .and(1, 3)));
        for (String name : List.of("Mul", "Div", "Pow", "Min", "Max", "Mean")) {
            ops.add(Op.of(name, 2, 3, 4, 5).and(3, 1, 1));
            ops.add(Op.of(name, 3, 1, 1).and(2, 1, 4, 5));
            ops.add(Op.of(name, 1, 3, 1).and(4, 1, 2));
            ops.add(Op.of(name).and(2, 3));
        }
        for (String name : List.of("Add", "Sub", "Mul", "Div", "Sum")) {
            ops.add(Op.of(name, 2, 1, 4).with(floats(3, 4)));
            ops.add(Op.of(name, 4).with(floats(3, 4)));
        }
        for (String name : List.of(
                "ReduceMean",
                "ReduceSum",
                "ReduceProd",
                "ReduceMax",
                "ReduceMin",
                "ReduceL1",
                "ReduceL2",
                "ReduceLogSum",
                "ReduceLogSumExp",
                "ReduceSumSquare")) {
            boolean early = name.equals("ReduceSum");
            ops.addAll(List.of(
                    Op.of(name, 2, 3, 4, 5).opset(11).with(ints("axes", -1)),
                    Op.of(name, 2, 3, 4, 5).opset(11).with(ints("axes", 2, -3)).with(integer("keepdims", 0)),
                    Op.of(name, 2, 3, 4),
                    Op.of(name, 2, 3, 4).with(integer("keepdims", 0)),
                    Op.of(name, 2, 3, 4).opset(early ? 13 : 18).with(-2, 0),
                    Op.of(name, 2, 3, 4).opset(18).with(0).with(integer("keepdims", 0)),
                    Op.of(name, 2, 3, 4).opset(18).with(),
                    Op.of(name, 2, 3, 4).opset(18).with().with(integer("noop_with_empty_axes", 1))));
        }
        ops.addAll(pools());
        ops.addAll(moves());
        return ops;
    }

    private static List<Op> pools() {
        AttributeProto window = ints("kernel_shape", 3, 2);
        return List.of(
                Op.of("GlobalAveragePool", 2, 3, 4, 5),
                Op.of("GlobalMaxPool", 2, 3, 4),
                Op.of("GlobalLpPool", 2, 3, 4, 5, 6),
                Op.of("LpPool", 2, 3, 7, 9).with(window),
                Op.of("AveragePool", 2, 3, 8, 8)
                        .with(window)
                        .with(ints("strides", 2, 3))
                        .with(integer("ceil_mode", 1)),
                Op.of("MaxPool", 2, 3, 7, 9).with(window),
                Op.of("MaxPool", 2, 3, 7)
                        .with(ints("kernel_shape", 3))
                        .with(ints("strides", 2))
                        .with(ints("pads", 1, 0)),
                Op.of("MaxPool", 2, 3, 8, 9)
                        .with(window)
                        .with(ints("dilations", 2, 3))
                        .with(ints("strides", 2, 1)),
                Op.of("MaxPool", 2, 3, 8, 9)
                        .with(window)
                        .with(text("auto_pad", "SAME_UPPER"))
                        .with(ints("strides", 3, 2)),
                Op.of("MaxPool", 2, 3, 8, 9)
                        .with(window)
                        .with(text("auto_pad", "VALID"))
                        .with(ints("strides", 3, 2)),
                Op.of("MaxPool", 2, 3, 8, 9)
                        .with(window)
                        .with(text("auto_pad", "SAME_LOWER"))
                        .with(ints("dilations", 2, 2))
                        .partly(),
                Op.of("MaxPool", 2, 3, 7, 8)
                        .with(window)
                        .with(ints("strides", 2, 2))
                        .with(integer("ceil_mode", 1)),
                Op.of("MaxPool", 2, 3, 8, 7)
                        .with(window)
                        .with(ints("strides", 2, 2))
                        .with(integer("ceil_mode", 1)));
    }

    private static List<Op> moves() {
        AttributeProto zeros = integer("allowzero", 1);
        return List.of(
                Op.of("Transpose", 2, 3, 4, 5),
                Op.of("Transpose", 2, 3, 4, 5).with(ints("perm", 0, 2, 3, 1)),
                Op.of("Reshape", 2, 3, 4).with(6, 4),
                Op.of("Reshape", 2, 3, 4).with(0, -1),
                Op.of("Reshape", 2, 3, 4).with(2, -1, 2),
                Op.of("Reshape", 2, 3, 4).with(-1, 0, 2, 2),
                Op.of("Reshape", 2, 3, 4).with(1, 0, 0, -1),
                Op.of("Reshape", 2, 3, 4).with(4, 0, 2),
                Op.of("Reshape", 1).with(),
                Op.of("Reshape", 2, 3).opset(14).with(3, 2).with(zeros),
                Op.of("Flatten", 2, 3, 4, 5),
                Op.of("Flatten", 2, 3, 4, 5).with(integer("axis", -1)),
                Op.of("Flatten", 2, 3, 4).with(integer("axis", 0)),
                Op.of("Flatten", 2, 3, 4).with(integer("axis", 3)),
                Op.of("Squeeze", 2, 1, 4, 1).opset(11).with(ints("axes", 1, -1)),
                Op.of("Squeeze", 2, 1, 4, 1).with(-3),
                Op.of("Squeeze", 2, 1, 4, 1),
                Op.of("Squeeze", 2, 1, 4, 1).with(),
                Op.of("Unsqueeze", 2, 3).opset(11).with(ints("axes", 0, 3)),
                Op.of("Unsqueeze", 2, 3).with(-1, 1),
                Op.of("Expand", 2, 1, 4).with(3, 1),
                Op.of("Expand", 2, 1, 4).with(5, 1, 1, 1));
    }

    private static TensorProto floats(int... dims) {
        return OnnxBuilder.floats("constant", Tensor.random(new Random(5), dims));
    }

    /** The ops that are tried here; those of ONNX's own test data are the others. */
    static Set<String> tried() {
        return ops().stream().map(Op::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** With all sizes declared, with some of them free, and with the rank free. */
    @ParameterizedTest
    @MethodSource("ops")
    void shapesHoldForWhatComesOut(Op op) {
        Tensor actual = run(op);
        Value known = inferred(op, op.feeds().stream().map(f -> longs(f)).toList());
        assertHolds(known, actual);
        assertThat(known.shape().isFullyKnown()).as("%s", known).isEqualTo(op.whole());
        assertThat(known.type()).isEqualTo(op.name().equals("Cast") ? ElementType.FLOAT64 : ElementType.FLOAT32);

        Random random = new Random(11);
        for (int i = 0; i < HIDDEN_SIZES; i++) {
            List<long[]> hidden = op.feeds().stream()
                    .map(f -> Arrays.stream(f)
                            .asLongStream()
                            .map(d -> random.nextBoolean() ? -1 : d)
                            .toArray())
                    .toList();
            assertHolds(inferred(op, hidden), actual);
        }
        assertHolds(inferred(op, List.of()), actual);
    }

    private static long[] longs(int... dims) {
        return Arrays.stream(dims).asLongStream().toArray();
    }

    private static void assertHolds(Value inferred, Tensor actual) {
        Shape shape = inferred.shape();
        if (shape.dims() == null) {
            return;
        }
        assertThat(shape.rank()).as("rank of %s", inferred).isEqualTo(actual.dims().length);
        for (int i = 0; i < shape.rank(); i++) {
            assertThat(shape.dim(i)).as("size %s of %s", i, inferred).isIn(-1L, (long) actual.dims()[i]);
        }
    }

    /** The net of this op, its inputs declared with {@code dims}, or as of unknown rank. */
    private static OnnxBuilder net(Op op, List<long[]> dims) {
        OnnxBuilder net = new OnnxBuilder(1).opset(op.opset());
        for (int i = 0; i < op.feeds().size(); i++) {
            String name = "x" + i;
            if (dims.isEmpty()) {
                net.withGraph(g -> g.addInputBuilder()
                        .setName(name)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .setElemType(DataType.FLOAT.getNumber()));
            } else {
                net.input(name, dims.get(i));
            }
        }
        op.constants().forEach(net::initializer);
        net.node(op.name(), "op", op.inputs(), "y", op.attributes().toArray(new AttributeProto[0]));
        return net.output("y", op.name().equals("Cast") ? DataType.DOUBLE : DataType.FLOAT);
    }

    private Tensor run(Op op) {
        Map<String, Tensor> feeds = new HashMap<>();
        for (int i = 0; i < op.feeds().size(); i++) {
            feeds.put("x" + i, Tensor.random(new Random(i), op.feeds().get(i)));
        }
        Path model = net(op, op.feeds().stream().map(f -> longs(f)).toList()).save(folder.resolve("op.onnx"));
        return OnnxRuntime.runAll(model, feeds).values().iterator().next();
    }

    private Value inferred(Op op, List<long[]> dims) {
        Node node = new OnnxAdapter()
                .lift(OnnxModel.load(net(op, dims).save(folder.resolve("declared.onnx"))))
                .graph()
                .nodes()
                .iterator()
                .next();
        return node.outputs().get(0);
    }

    /** The channels that an op before does not tell, as where a LayerNorm is written out. */
    @Test
    void unknownSizesAreFilledFromTheOtherOperand() {
        Value product = inferred(Op.of("Mul").and(), List.of(new long[] {-1, 1, -1, 5}, new long[] {-1, 4, 1, -1}));
        assertThat(product.shape()).isEqualTo(Shape.of(-1, 4, -1, 5));
    }

    @Test
    void sizesThatAreKeptCancelOut() {
        assertThat(inferred(Op.of("Reshape", 2, 6, 4, 5).with(0, 0, -1), List.of(new long[] {-1, 6, 4, 5}))
                        .shape())
                .isEqualTo(Shape.of(-1, 6, 20));
        assertThat(inferred(Op.of("Reshape", 2, 6, 4, 5).with(0, 3, -1), List.of(new long[] {-1, 6, -1, 5}))
                        .shape())
                .isEqualTo(Shape.of(-1, 3, -1));
    }

    @Test
    void transposesAndFlattensTellTheRank() {
        assertThat(inferred(Op.of("Transpose", 2, 3, 4).with(ints("perm", 0, 2, 1)), List.of())
                        .shape())
                .isEqualTo(Shape.ofRank(3));
        assertThat(inferred(Op.of("Flatten", 2, 3, 4), List.of()).shape()).isEqualTo(Shape.ofRank(2));
    }

    @Test
    void concatenatedPartsAgreeOffTheAxis() throws OpReader.Unfoldable {
        List<Shape> parts = List.of(Shape.of(-1, 3, -1), Shape.unknown(), Shape.of(2, -1, -1));
        assertThat(MovedShapes.concatenated(parts, -2)).isEqualTo(Shape.of(2, -1, -1));
        assertThat(MovedShapes.concatenated(List.of(Shape.of(2, 3, -1), Shape.of(-1, 4, 5)), 1))
                .isEqualTo(Shape.of(2, 7, 5));
        assertThat(MovedShapes.concatenated(List.of(Shape.unknown()), 1)).isEqualTo(Shape.unknown());
    }

    /** Another vendor's op of the same name may do anything. */
    @Test
    void onlyTheStandardsOpsAreKnown() {
        OnnxBuilder net = new OnnxBuilder(1)
                .input("x", 2, 3)
                .withGraph(g -> g.addNode(OnnxBuilder.proto("Relu", "op", List.of("x"), List.of("y")).toBuilder()
                        .setDomain("com.example")))
                .with(m -> m.addOpsetImportBuilder().setDomain("com.example").setVersion(1))
                .output("y");
        Node node = Reemission.lifted(OnnxModel.load(net.save(folder.resolve("vendor.onnx"))))
                .nodes()
                .iterator()
                .next();
        assertThat(node).isInstanceOf(Opaque.class);
        assertThat(node.outputs().get(0).shape()).isEqualTo(Shape.unknown());
    }
}
