package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.onnx.OnnxType;

/** What would make native code crash, or fill the memory, is refused when it is converted, with the name of the op at fault. */
class SafetyConvertTest {
    private static final long HUGE = 1L << 40;

    private static Named<OpModel> model(String name, String type, Consumer<OpModel> content) {
        OpModel model = OpModel.of(type, 17);
        content.accept(model);
        return Named.of(type + ": " + name, model);
    }

    private static Named<OpModel> image(String name, String type, Consumer<OpModel> content) {
        return model(name, type, m -> content.accept(m.feed(1, 4, 8, 8)));
    }

    static Stream<Named<OpModel>> convolutions() {
        return Stream.of(
                image("no groups", "Conv", m -> m.weights(4, 4, 3, 3).set("group", 0)),
                image("negative groups", "Conv", m -> m.weights(4, 4, 3, 3).set("group", -2)),
                image(
                        "groups that do not divide the outputs",
                        "Conv",
                        m -> m.weights(5, 2, 3, 3).set("group", 2)),
                image(
                        "a kernel beyond the borders",
                        "Conv",
                        m -> m.weights(4, 4, 11, 3).list("pads", 1, 1, 1, 1)),
                image("an empty kernel", "Conv", m -> m.weights(4, 4, 0, 3)),
                image("no output channels", "Conv", m -> m.weights(0, 4, 3, 3)),
                image("a huge dilation", "Conv", m -> m.weights(4, 4, 3, 3).list("dilations", HUGE, 1)),
                image(
                        "a dilation that overflows",
                        "Conv",
                        m -> m.weights(4, 4, 3, 3).list("dilations", 1L << 31, 1)),
                image("huge pads", "Conv", m -> m.weights(4, 4, 3, 3).list("pads", HUGE, 0, HUGE, 0)),
                image(
                        "pads that eat the image",
                        "Conv",
                        m -> m.weights(4, 4, 3, 3).list("pads", -4, 0, -4, 0)),
                image("negative strides", "Conv", m -> m.weights(4, 4, 3, 3).list("strides", -1, -1)),
                model(
                        "taps far apart in an image of any size",
                        "Conv",
                        m -> m.feed(1, 4, -1, -1)
                                .weights(4, 1, 3, 3)
                                .set("group", 4)
                                .list("dilations", 100_000, 100_000)),
                model("a number", "Conv", m -> m.feed().weights(4, 4, 3, 3)),
                model("two axes", "Conv", m -> m.feed(4, 4).weights(4, 4)),
                image(
                        "pads that eat the image",
                        "ConvTranspose",
                        m -> m.weights(4, 4, 3, 3).list("pads", 6, 0, 6, 0)),
                image("no groups", "ConvTranspose", m -> m.weights(4, 4, 3, 3).set("group", 0)),
                image(
                        "huge strides",
                        "ConvTranspose",
                        m -> m.weights(4, 4, 3, 3).list("strides", HUGE, HUGE)),
                image("an empty window", "MaxPool", m -> m.list("kernel_shape", 0, 0)),
                image("a negative window", "MaxPool", m -> m.list("kernel_shape", -1, 2)),
                image("a huge window", "MaxPool", m -> m.list("kernel_shape", HUGE, 2)),
                image(
                        "no strides",
                        "AveragePool",
                        m -> m.list("kernel_shape", 2, 2).list("strides", 0, 0)),
                model("a number", "GlobalAveragePool", m -> m.feed()));
    }

    static Stream<Named<OpModel>> products() {
        return Stream.of(
                model("inner sizes", "MatMul", m -> m.feed(2, 3).weights(4, 5)),
                model("batches", "MatMul", m -> m.feed(2, 2, 3).weights(3, 3, 5)),
                model("a number", "MatMul", m -> m.feed().weights(3, 5)),
                model("inner sizes", "Gemm", m -> m.feed(2, 3).weights(4, 5)),
                model(
                        "inner sizes of a transposed matrix",
                        "Gemm",
                        m -> m.feed(2, 3).weights(3, 5).set("transB", 1)),
                model("a number", "Gemm", m -> m.feed().weights(3, 5)),
                model("vectors", "Gemm", m -> m.feed(3).weights(3)));
    }

    static Stream<Named<OpModel>> movements() {
        return Stream.of(
                image("two open sizes", "Reshape", m -> m.vector(-1, -1)),
                image("a negative size", "Reshape", m -> m.vector(-2, -128)),
                image("sizes that overflow", "Reshape", m -> m.vector(1L << 32, 1L << 32)),
                image("an open size that is none", "Reshape", m -> m.vector(-1, 7)),
                image("nothing to divide by", "Reshape", m -> m.vector(-1, 0, 0, 0, 0)),
                image(
                        "more than there is",
                        "Split",
                        m -> m.vector(3, 3).set("axis", 1).outputs(2)),
                image(
                        "a negative part",
                        "Split",
                        m -> m.vector(5, -1).set("axis", 1).outputs(2)),
                image(
                        "parts that overflow",
                        "Split",
                        m -> m.vector(Long.MAX_VALUE, Long.MAX_VALUE, 6)
                                .set("axis", 1)
                                .outputs(3)),
                image("an index beyond the end", "Gather", m -> m.vector(0, 4).set("axis", 1)),
                image("an index before the start", "Gather", m -> m.vector(-5).set("axis", 1)),
                image("an axis beyond the last", "Gather", m -> m.vector(0).set("axis", 4)),
                model("a number", "Gather", m -> m.feed().vector(0)),
                image("an index beyond the end", "GatherND", m -> m.vector(0, 9)),
                image("negative pads beyond the size", "Pad", m -> m.vector(0, 0, -5, 0, 0, 0, -5, 0)),
                image("pads that overflow", "Pad", m -> m.vector(0, 0, Long.MAX_VALUE, 0, 0, 0, Long.MAX_VALUE, 0)),
                image("too few pads", "Pad", m -> m.vector(1, 1)),
                model("a number", "Concat", m -> m.feed().feed().set("axis", 0)),
                image("other sizes", "Concat", m -> m.feed(1, 4, 8, 9).set("axis", 1)),
                image(
                        "a step of none",
                        "Slice",
                        m -> m.vector(0).vector(3).vector(2).vector(0)),
                image("an axis twice", "Transpose", m -> m.list("perm", 0, 1, 1, 2)),
                image("an axis that is not there", "Squeeze", m -> m.vector(7)),
                image("blocks of none", "DepthToSpace", m -> m.set("blocksize", 0)),
                image("blocks that overflow", "DepthToSpace", m -> m.set("blocksize", 1L << 32)));
    }

    static Stream<Named<OpModel>> sizes() {
        return Stream.of(
                image("a huge tensor", "Expand", m -> m.vector(HUGE, 4, 8, 8)),
                image("sizes that overflow", "Expand", m -> m.vector(HUGE, HUGE, 1, 4, 8, 8)),
                image("sizes that do not fit", "Expand", m -> m.vector(1, 4, 8, 3)),
                image("a negative size", "Expand", m -> m.vector(-3, 4, 8, 8)),
                image("a huge tensor", "Tile", m -> m.vector(HUGE, 1, 1, 1)),
                image("sizes that overflow", "Tile", m -> m.vector(HUGE, HUGE, 1, 1)),
                image("negative repeats", "Tile", m -> m.vector(-1, 1, 1, 1)),
                model("a huge tensor", "ConstantOfShape", m -> m.vector(HUGE)),
                model("sizes that overflow", "ConstantOfShape", m -> m.vector(HUGE, HUGE)),
                model("a negative size", "ConstantOfShape", m -> m.vector(2, -1)),
                model(
                        "no end",
                        "Range",
                        m -> m.type(OnnxType.INT64)
                                .number(0)
                                .number(Long.MAX_VALUE)
                                .number(1)),
                model(
                        "no step",
                        "Range",
                        m -> m.type(OnnxType.INT64).number(0).number(9).number(0)),
                image("a huge image", "Resize", m -> m.without().without().vector(1, 4, HUGE, HUGE)),
                image("a negative image", "Resize", m -> m.without().without().vector(1, 4, -8, 8)),
                model(
                        "a huge depth",
                        "OneHot",
                        m -> m.type(OnnxType.INT64).feed(3).number(HUGE).vector(0, 1)),
                model(
                        "a negative depth",
                        "OneHot",
                        m -> m.type(OnnxType.INT64).feed(3).number(-2).vector(0, 1)),
                model("more than there are", "TopK", m -> m.feed(2, 3).vector(4).outputs(2)),
                model("fewer than none", "TopK", m -> m.feed(2, 3).vector(-1).outputs(2)));
    }

    @ParameterizedTest
    @MethodSource({"convolutions", "products", "movements", "sizes"})
    void isRefused(OpModel model) {
        Throwable thrown = catchThrowable(() -> OnnxToSameDiff.convert(model.build()));
        assertThat(thrown).isInstanceOfAny(InvalidGraphException.class, UnsupportedOpsException.class);
        assertThat(thrown.getMessage()).contains("op").doesNotContain("\n");
    }
}
