package org.rep4j.convert;

import static org.rep4j.testing.OnnxBuilder.floats;
import static org.rep4j.testing.OnnxBuilder.header;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.number;
import static org.rep4j.testing.OnnxBuilder.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** Models that contradict themselves: well-formed files that no runtime can run. The node at fault is called "culprit". */
final class ForgedModels {
    static final String CULPRIT = "culprit";
    private static final long HUGE = 1L << 40;

    private final Map<String, OnnxBuilder> models = new LinkedHashMap<>();

    private ForgedModels() {}

    /** By what is wrong with them. */
    static Map<String, OnnxBuilder> all() {
        ForgedModels forged = new ForgedModels();
        forged.convolutions();
        forged.pools();
        forged.elementwise();
        forged.products();
        forged.moves();
        forged.indices();
        forged.sizes();
        forged.recurrent();
        return forged.models;
    }

    private void convolutions() {
        image("Conv: kernel of other channels", "Conv", weights(4, 5, 3, 3));
        image("Conv: kernel of other rank", "Conv", weights(4, 3, 3));
        image("Conv: no channels", "Conv", weights(4, 0, 3, 3));
        image("Conv: kernel_shape is another one", "Conv", weights(4, 3, 3, 3), ints("kernel_shape", 5, 5));
        image("Conv: kernel larger than the image", "Conv", weights(4, 3, 9, 9));
        image("Conv: stride 0", "Conv", weights(4, 3, 3, 3), ints("strides", 0, 1));
        image("Conv: negative stride", "Conv", weights(4, 3, 3, 3), ints("strides", -1, 1));
        image("Conv: dilation 0", "Conv", weights(4, 3, 3, 3), ints("dilations", 1, 0));
        image("Conv: three strides", "Conv", weights(4, 3, 3, 3), ints("strides", 1, 1, 1));
        image("Conv: three pads", "Conv", weights(4, 3, 3, 3), ints("pads", 1, 1, 1));
        image("Conv: negative pads eat the image", "Conv", weights(4, 3, 3, 3), ints("pads", -5, 0, -5, 0));
        image("Conv: group 0", "Conv", weights(4, 3, 3, 3), integer("group", 0));
        image("Conv: group does not divide the channels", "Conv", weights(4, 1, 3, 3), integer("group", 2));
        image("Conv: unknown auto_pad", "Conv", weights(4, 3, 3, 3), text("auto_pad", "SOMEHOW"));
        model("Conv: bias of another length")
                .weights("w", 4, 3, 3, 3)
                .weights("b", 5)
                .node("Conv", CULPRIT, List.of("x", "w", "b"), "y");
        model("Conv: one input").node("Conv", CULPRIT, List.of("x"), "y");
        image("ConvTranspose: kernel of other channels", "ConvTranspose", weights(4, 3, 3, 3));
        image("ConvTranspose: stride 0", "ConvTranspose", weights(3, 4, 3, 3), ints("strides", 0, 0));
        image("ConvTranspose: pads eat the image", "ConvTranspose", weights(3, 4, 3, 3), ints("pads", 9, 9, 9, 9));
        model("BatchNormalization: statistics of other channels")
                .parameters("bn", 4)
                .node(
                        "BatchNormalization",
                        CULPRIT,
                        List.of("x", "bn.scale", "bn.shift", "bn.mean", "bn.variance"),
                        "y");
    }

    private void pools() {
        unary("MaxPool: window larger than the image", "MaxPool", ints("kernel_shape", 20, 20));
        unary("MaxPool: stride 0", "MaxPool", ints("kernel_shape", 2, 2), ints("strides", 0, 0));
        unary("MaxPool: window 0", "MaxPool", ints("kernel_shape", 0, 2));
        unary("MaxPool: no window", "MaxPool");
        unary("MaxPool: window of one axis", "MaxPool", ints("kernel_shape", 2));
        unary("AveragePool: stride 0", "AveragePool", ints("kernel_shape", 2, 2), ints("strides", 0, 1));
        unary("AveragePool: window larger than the image", "AveragePool", ints("kernel_shape", 20, 20));
    }

    private void elementwise() {
        image("Add: shapes that do not broadcast", "Add", weights(1, 3, 8, 7));
        image("PRelu: slopes that do not broadcast", "PRelu", weights(5, 1, 1));
        unary("Cast: no type", "Cast");
        unary("Cast: unknown type", "Cast", integer("to", 77));
        model("Add: one input").node("Add", CULPRIT, List.of("x"), "y");
        model("Add: an input that does not exist").node("Add", CULPRIT, List.of("x", "nowhere"), "y");
    }

    private void products() {
        image("MatMul: inner sizes differ", "MatMul", weights(7, 2));
        image("Gemm: not matrices", "Gemm", weights(8, 2));
        put("Gemm: inner sizes differ", new OnnxBuilder(1))
                .input("x", 2, 3)
                .output("y")
                .weights("w", 4, 5)
                .node("Gemm", CULPRIT, List.of("x", "w"), "y");
        put("Gemm: bias that does not broadcast", new OnnxBuilder(1))
                .input("x", 2, 3)
                .output("y")
                .weights("w", 3, 5)
                .weights("b", 4)
                .node("Gemm", CULPRIT, List.of("x", "w", "b"), "y");
        image("Einsum: another rank", "Einsum", weights(7, 2), text("equation", "ij,jk->ik"));
    }

    private void moves() {
        image("Concat: other sizes", "Concat", weights(1, 3, 8, 7), integer("axis", 1));
        image("Concat: axis out of range", "Concat", weights(1, 3, 8, 8), integer("axis", 4));
        image("Concat: no axis", "Concat", weights(1, 3, 8, 8));
        image("Reshape: other number of elements", "Reshape", integers("w", 1, 100));
        image("Reshape: two free sizes", "Reshape", integers("w", -1, -1));
        image("Reshape: a size below -1", "Reshape", integers("w", -3, -64));
        image("Reshape: copies a size that is not there", "Reshape", integers("w", 192, 1, 1, 1, 0));
        unary("Transpose: an axis twice", "Transpose", ints("perm", 0, 1, 2, 2));
        unary("Transpose: three of four axes", "Transpose", ints("perm", 0, 1, 2));
        unary("Transpose: axis out of range", "Transpose", ints("perm", 0, 1, 2, 4));
        unary("Flatten: axis out of range", "Flatten", integer("axis", 5));
        unary("Softmax: axis out of range", "Softmax", integer("axis", 4));
        image("Squeeze: axis of size 3", "Squeeze", integers("w", 1));
        image("Squeeze: axis out of range", "Squeeze", integers("w", 9));
        image("Unsqueeze: axis out of range", "Unsqueeze", integers("w", 9));
        image("Unsqueeze: an axis twice", "Unsqueeze", integers("w", 1, 1));
        image("ReduceSum: axis out of range", "ReduceSum", integers("w", 4));
        unary("ReduceMean: axis out of range", "ReduceMean", ints("axes", -5));
        unary("DepthToSpace: blocks of 0", "DepthToSpace", integer("blocksize", 0));
        unary("DepthToSpace: blocks do not divide the channels", "DepthToSpace", integer("blocksize", 2));
        unary("SpaceToDepth: blocks of 0", "SpaceToDepth", integer("blocksize", 0));
        unary("SpaceToDepth: blocks do not divide the image", "SpaceToDepth", integer("blocksize", 3));
        model("Split: sizes do not add up")
                .initializer(integers("w", 1, 1))
                .node("Split", CULPRIT, List.of("x", "w"), List.of("y", "z"), integer("axis", 1));
        image("Pad: three pads", "Pad", integers("w", 1, 1, 1));
        image("Pad: negative pads eat the image", "Pad", integers("w", 0, 0, -5, 0, 0, 0, -5, 0));
    }

    private void indices() {
        image("Gather: index out of range", "Gather", integers("w", 3), integer("axis", 1));
        image("Gather: axis out of range", "Gather", integers("w", 0), integer("axis", 4));
        image("GatherND: more indices than axes", "GatherND", integers("w", 0, 0, 0, 0, 0));
        image("GatherND: index out of range", "GatherND", integers("w", 0, 3));
        image("TopK: more than there are", "TopK", integers("w", 9), integer("axis", 1));
        image("TopK: axis out of range", "TopK", integers("w", 1), integer("axis", 5));
        unary("ArgMax: axis out of range", "ArgMax", integer("axis", 4));
        image("CumSum: axis out of range", "CumSum", integers("w", 4));
        model("Slice: step 0")
                .initializer(integers("start", 0))
                .initializer(integers("end", 2))
                .initializer(integers("axis", 1))
                .initializer(integers("step", 0))
                .node("Slice", CULPRIT, List.of("x", "start", "end", "axis", "step"), "y");
        model("Slice: axis out of range")
                .initializer(integers("start", 0))
                .initializer(integers("end", 2))
                .initializer(integers("axis", 4))
                .node("Slice", CULPRIT, List.of("x", "start", "end", "axis"), "y");
        model("Slice: more starts than ends")
                .initializer(integers("start", 0, 0))
                .initializer(integers("end", 2))
                .node("Slice", CULPRIT, List.of("x", "start", "end"), "y");
        model("ScatterND: index out of range")
                .initializer(
                        header("index", DataType.INT64, 1, 1).addInt64Data(5).build())
                .weights("w", 1, 3, 8, 8)
                .node("ScatterND", CULPRIT, List.of("x", "index", "w"), "y");
        model("OneHot: negative depth")
                .initializer(integers("index", 0, 1))
                .initializer(integers("depth", -2))
                .weights("values", 2)
                .node("OneHot", CULPRIT, List.of("index", "depth", "values"), "y");
    }

    private void sizes() {
        put("ConstantOfShape: negative", shaped(-2, 3)).node("ConstantOfShape", CULPRIT, List.of("shape"), "y");
        image("Expand: other sizes", "Expand", integers("w", 1, 3, 8, 7));
        image("Tile: negative", "Tile", integers("w", -1, 1, 1, 1));
        image("Tile: three repeats", "Tile", integers("w", 1, 1, 1));
        model("Resize: negative scale")
                .initializer(floats("scales", new Tensor(new int[] {4}, new double[] {1, 1, -2, 2})))
                .node("Resize", CULPRIT, List.of("x", "", "scales"), "y", text("mode", "nearest"));
        model("Resize: neither scales nor sizes").node("Resize", CULPRIT, List.of("x"), "y");
    }

    /** Models that ask for more than any machine has, or for a quotient that does not exist, by what they ask for. */
    static Map<String, OnnxBuilder> impossible() {
        ForgedModels forged = new ForgedModels();
        forged.divided("Div: integers by zero", "Div");
        forged.divided("Mod: integers by zero", "Mod");
        forged.put("ConstantOfShape: large", shaped(HUGE)).node("ConstantOfShape", CULPRIT, List.of("shape"), "y");
        forged.range("Range: step 0", 9, 0);
        forged.unary(
                "AveragePool: windows of nothing but padding",
                "AveragePool",
                ints("kernel_shape", 2, 2),
                ints("pads", 9, 9, 9, 9));
        return forged.models;
    }

    private void range(String what, long limit, long step) {
        put(what, new OnnxBuilder(1))
                .initializer(scalar("first", 0))
                .initializer(scalar("limit", limit))
                .initializer(scalar("step", step))
                .output("y", DataType.INT64)
                .node("Range", CULPRIT, List.of("first", "limit", "step"), "y");
    }

    private static TensorProto scalar(String name, long value) {
        return header(name, DataType.INT64).addInt64Data(value).build();
    }

    private void divided(String what, String op) {
        put(what, new OnnxBuilder(1))
                .initializer(integers("a", 1, 2, 3))
                .initializer(integers("zero", 0))
                .output("y", DataType.INT64)
                .node(op, CULPRIT, List.of("a", "zero"), "y");
    }

    private void recurrent() {
        sequence("LSTM: weights of another input", "LSTM", weights("w", 1, 16, 9), weights("r", 1, 16, 4));
        sequence("LSTM: weights of three gates", "LSTM", weights("w", 1, 12, 5), weights("r", 1, 12, 4));
        sequence("LSTM: recurrence of another size", "LSTM", weights("w", 1, 16, 5), weights("r", 1, 16, 3));
        sequence("GRU: weights of another input", "GRU", weights("w", 1, 12, 9), weights("r", 1, 12, 4));
        sequence("GRU: two directions in the weights", "GRU", weights("w", 2, 12, 5), weights("r", 2, 12, 4));
        unary("InstanceNormalization: no scale", "InstanceNormalization", number("epsilon", 1e-5));
        unary("LRN: size 0", "LRN", integer("size", 0));
    }

    private void sequence(String what, String op, TensorProto kernel, TensorProto recurrence) {
        put(what, new OnnxBuilder(1))
                .input("x", 6, 2, 5)
                .output("y")
                .initializer(kernel)
                .initializer(recurrence)
                .node(op, CULPRIT, List.of("x", "w", "r"), "y", integer("hidden_size", 4));
    }

    private static TensorProto weights(int... dims) {
        return weights("w", dims);
    }

    private static TensorProto weights(String name, int... dims) {
        return floats(name, Tensor.zeros(dims));
    }

    private static OnnxBuilder shaped(long... dims) {
        return new OnnxBuilder(1).initializer(integers("shape", dims)).output("y");
    }

    /** A node on a 3-channel image of 8×8, and on a constant. */
    private void image(String what, String op, TensorProto constant, AttributeProto... attributes) {
        model(what)
                .initializer(constant.toBuilder().setName("w").build())
                .node(op, CULPRIT, List.of("x", "w"), "y", attributes);
    }

    /** A node on a 3-channel image of 8×8. */
    private void unary(String what, String op, AttributeProto... attributes) {
        model(what).node(op, CULPRIT, List.of("x"), "y", attributes);
    }

    private OnnxBuilder model(String what) {
        return put(what, new OnnxBuilder(1)).input("x", 1, 3, 8, 8).output("y");
    }

    private OnnxBuilder put(String what, OnnxBuilder model) {
        models.put(what, model);
        return model;
    }
}
