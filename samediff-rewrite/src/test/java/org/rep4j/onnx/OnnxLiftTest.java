package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** What single ops are lifted to. That it means the same is checked by writing the lifted nodes anew and running both. */
class OnnxLiftTest {
    @TempDir
    private Path folder;

    private final OnnxBuilder net = new OnnxBuilder(7);

    /** The nodes of the net, whose input is {@code x}, after a check that they mean what the ops mean. */
    private List<Node> lifted(int... inputDims) {
        Path original = net.save(folder.resolve("original.onnx"));
        OnnxModel model = OnnxModel.load(original);
        Path written = folder.resolve("written.onnx");
        Reemission.of(model).save(written);
        Map<String, Tensor> feeds = Map.of("x", Tensor.random(new Random(3), inputDims));
        ConvGraph graph = Reemission.lifted(model);
        Deployment.assertSameOutputs(original, written, feeds, graph.toString());
        return List.copyOf(graph.nodes());
    }

    private Node only(int... inputDims) {
        List<Node> nodes = lifted(inputDims);
        assertThat(nodes).hasSize(1);
        return nodes.get(0);
    }

    @Test
    void differencesAreSignedSums() {
        net.input("x", 2, 3, 4, 5)
                .node("Relu", "relu", List.of("x"), "r")
                .node("Sub", "sub", List.of("x", "r"), "y")
                .output("y");
        assertThat(lifted(2, 3, 4, 5).get(1))
                .isInstanceOfSatisfying(Sum.class, s -> assertThat(s.terms()).hasToString("[x, -r]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "1", "0"})
    void subtractionFromAConstantIsABatchNorm(int channels) {
        if (channels == 0) {
            net.weights("c");
        } else {
            net.weights("c", channels, 1, 1);
        }
        net.input("x", 2, 3, 4, 5).node("Sub", "sub", List.of("c", "x"), "y").output("y");
        assertThat(only(2, 3, 4, 5)).isInstanceOfSatisfying(BatchNormalization.class, n -> {
            assertThat(n.channels()).isEqualTo(3);
            assertThat(n.statistics().gamma()).containsOnly(-1);
        });
    }

    @Test
    void subtractionOfUnknownChannelsFromAConstantStays() {
        net.input("x", 2, -1, 4, 5)
                .weights("c", 3, 1, 1)
                .node("Sub", "sub", List.of("c", "x"), "y")
                .output("y");
        assertThat(only(2, 1, 4, 5))
                .isInstanceOfSatisfying(
                        Opaque.class,
                        o -> assertThat(o.explanation()).get().asString().contains("the channels of x are not known"));
    }

    @Test
    void negationIsAScale() {
        net.input("x", 2, 3).node("Neg", "neg", List.of("x"), "y").output("y");
        assertThat(only(2, 3))
                .isInstanceOfSatisfying(
                        ChannelScale.class,
                        s -> assertThat(s.constant().values()).containsExactly(-1));
    }

    @Test
    void writtenOutNorms() {
        net.input("x", 2, 3, 4, 5)
                .weights("mean", 3, 1, 1)
                .weights("root", 1, 3, 1, 1)
                .weights("gamma", 3, 1, 1)
                .initializer(OnnxBuilder.floats("epsilon", new Tensor(new int[] {}, new double[] {1e-3})))
                .node("Mul", "variance", List.of("root", "root"), "variance")
                .node("Add", "shifted", List.of("variance", "epsilon"), "shifted")
                .node("Sqrt", "deviation", List.of("shifted"), "deviation")
                .node("Sub", "centre", List.of("x", "mean"), "centred")
                .node("Div", "scale", List.of("centred", "deviation"), "normal")
                .node("Mul", "gain", List.of("gamma", "normal"), "y")
                .output("y");
        assertThat(lifted(2, 3, 4, 5))
                .extracting(n -> (Object) n.getClass())
                .containsExactly(ChannelShift.class, ChannelScale.class, ChannelScale.class);
    }

    /** Of five rows. */
    @ParameterizedTest
    @CsvSource({
        "true, 1, -1, -1, -1",
        "true, 1, 9223372036854775807, -1, 0",
        "true, 0, -2, 0, -2",
        "true, -4, 4, -1, -1",
        "true, 2, 5, -2, 0",
        "false, 1, -1, -1, -1",
        "false, 0, 2147483647, 0, 0",
        "false, 0, -3, 0, -3"
    })
    void slicesThatCropAreNegativePads(boolean sizesKnown, long start, long end, int begin, int tail) {
        for (int opset : new int[] {9, 13}) {
            net.opset(opset)
                    .withGraph(
                            g -> g.clearNode().clearInitializer().clearOutput().clearInput())
                    .input("x", 2, 3, sizesKnown ? 5 : -1, 4)
                    .initializer(integers("start", start))
                    .initializer(integers("end", end))
                    .initializer(integers("axis", opset == 9 ? 2 : -2));
            if (opset == 9) {
                net.node(
                        "Slice", "slice", List.of("x"), "y", ints("starts", start), ints("ends", end), ints("axes", 2));
            } else {
                net.node("Slice", "slice", List.of("x", "start", "end", "axis"), "y");
            }
            net.output("y");
            Node node = only(2, 3, 5, 4);
            if (begin == 0 && tail == 0) {
                assertThat(node).isInstanceOf(Identity.class);
            } else {
                assertThat(node).isInstanceOfSatisfying(Pad.class, p -> {
                    assertThat(p.begin()).containsExactly(0, 0, begin, 0);
                    assertThat(p.end()).containsExactly(0, 0, tail, 0);
                });
            }
        }
    }

    @Test
    void slicesOfUnknownAmountsAndOfChannelsStay() {
        net.input("x", 2, 3, -1, 4)
                .initializer(integers("start", 0))
                .initializer(integers("end", 2))
                .initializer(integers("rows", 2))
                .initializer(integers("channels", 1))
                .initializer(integers("two", 2))
                .node("Slice", "unknown", List.of("x", "start", "end", "rows"), "a")
                .node("Slice", "channel", List.of("x", "start", "end", "channels"), "b")
                .node("Slice", "strided", List.of("x", "start", "end", "rows", "two"), "c")
                .output("a")
                .output("b")
                .output("c");
        List<Node> nodes = lifted(2, 3, 5, 4);
        assertThat(nodes).allMatch(Opaque.class::isInstance);
        assertThat(((Opaque) nodes.get(0)).explanation()).get().asString().contains("depends on the size of x");
        assertThat(((Opaque) nodes.get(1)).explanation()).isEmpty();
    }

    @Test
    void opsThatChangeNothing() {
        net.input("x", 2, 3, 4, 5)
                .initializer(integers("same", 0, 3, -1, 5))
                .initializer(integers("ones", 1, 1, 5))
                .initializer(integers("zeros", 0, 0, 0, 0, 0, 0, 0, 0))
                .node("Reshape", "reshape", List.of("x", "same"), "a")
                .node("Expand", "expand", List.of("a", "ones"), "b")
                .node("Pad", "pad", List.of("b", "zeros"), "c")
                .node("Transpose", "transpose", List.of("c"), "d", ints("perm", 0, 1, 2, 3))
                .node("Cast", "cast", List.of("d"), "e", integer("to", DataType.FLOAT.getNumber()))
                .node("Concat", "concat", List.of("e"), "f", integer("axis", 2))
                .node("Sum", "sum", List.of("f"), "g")
                .node("MaxPool", "max", List.of("g"), "h", ints("kernel_shape", 1, 1))
                .node("AveragePool", "average", List.of("h"), "y", ints("kernel_shape", 1, 1))
                .output("y");
        assertThat(lifted(2, 3, 4, 5)).hasSize(9).allMatch(Identity.class::isInstance);
    }

    @Test
    void opsThatChangeSomething() {
        net.input("x", 2, 3, 4, 4)
                .initializer(integers("other", 2, 3, 8, 2))
                .initializer(integers("more", 2, 1, 1, 1, 1))
                .node("Reshape", "reshape", List.of("x", "other"), "a")
                .node("Expand", "expand", List.of("x", "more"), "b")
                .node("Transpose", "transpose", List.of("x"), "d", ints("perm", 0, 1, 3, 2))
                .node("MaxPool", "max", List.of("x"), "h", ints("kernel_shape", 1, 1), ints("strides", 2, 2))
                .output("a")
                .output("b")
                .output("d")
                .output("h");
        assertThat(lifted(2, 3, 4, 4)).allMatch(Opaque.class::isInstance);
    }

    /** What is known of sizes in front of a MaxPool is known behind it, also where they are rounded up. */
    @ParameterizedTest
    @CsvSource({"7, 2, 1, 0, 4", "8, 2, 1, 0, 4", "8, 1, 2, 0, 6", "7, 2, 1, 1, 4", "8, 2, 1, 1, 5"})
    void sizesBehindMaxPools(int size, int stride, int dilation, int ceil, int expected) {
        net.input("x", 2, 3, size, size)
                .node(
                        "MaxPool",
                        "pool",
                        List.of("x"),
                        "y",
                        ints("kernel_shape", 3, 3),
                        ints("strides", stride, stride),
                        ints("dilations", dilation, dilation),
                        ints("pads", 1, 1, 1, 1),
                        integer("ceil_mode", ceil))
                .node("Relu", "relu", List.of("y"), "z")
                .output("z");
        assertThat(lifted(2, 3, size, size))
                .allSatisfy(n -> assertThat(n.outputs().get(0).shape()).isEqualTo(Shape.of(2, 3, expected, expected)));
    }

    @ParameterizedTest
    @CsvSource({"7, true", "8, false"})
    void averagePoolsThatRoundUp(int size, boolean endsAtTheEdge) {
        net.input("x", 2, 3, size, size)
                .node(
                        "AveragePool",
                        "pool",
                        List.of("x"),
                        "y",
                        ints("kernel_shape", 3, 3),
                        ints("strides", 2, 2),
                        integer("ceil_mode", 1))
                .output("y");
        Node node = only(2, 3, size, size);
        if (endsAtTheEdge) {
            assertThat(node).isInstanceOf(AveragePool.class);
        } else {
            assertThat(((Opaque) node).explanation()).get().asString().contains("ceil_mode");
        }
    }

    @Test
    void padsOfNamedAxes() {
        net.opset(18)
                .input("x", 2, 3, 4, 5)
                .initializer(integers("pads", 1, 0, -1, 2))
                .initializer(integers("axes", -1, 2))
                .node("Pad", "pad", List.of("x", "pads", "", "axes"), "y")
                .output("y");
        assertThat(only(2, 3, 4, 5)).isInstanceOfSatisfying(Pad.class, p -> {
            assertThat(p.begin()).containsExactly(0, 0, 0, 1);
            assertThat(p.end()).containsExactly(0, 0, 2, -1);
        });
    }

    /** 400 nodes of each block only write one constant per channel into a border. */
    @ParameterizedTest
    @ValueSource(strings = {"dbb_block", "dbb_block_stride2", "dbb_block_g2", "ecb_block"})
    void bordersThatAreOverwrittenAreFilled(String fixture) {
        ConvGraph graph =
                Reemission.lifted(OnnxModel.load(Fixture.named(fixture).model()));
        List<Node> pads = graph.nodes().stream().filter(Pad.class::isInstance).toList();
        assertThat(pads)
                .filteredOn(p -> ((Pad) p).fill().values().length > 1)
                .hasSize(fixture.equals("ecb_block") ? 4 : 2);
        assertThat(graph.nodes()).extracting(n -> n.info().op()).doesNotContain("ScatterND", "Slice", "Shape");
    }

    @ParameterizedTest
    @CsvSource({"4, 0.5, true", "3, 0.5, false", "4, 0.25, false"})
    void onlyWholeBordersOfOneConstantCount(int rows, double last, boolean fills) {
        long[] indices = new long[rows * 2 * 3];
        double[] updates = new double[rows * 2];
        for (int i = 0; i < rows * 2; i++) {
            indices[3 * i + 1] = i % 2;
            indices[3 * i + 2] = i / 2 < 2 ? i / 2 : -1 - (i / 2 - 2);
            updates[i] = i == rows * 2 - 1 ? last : i % 2 == 0 ? -2 : 0.5;
        }
        net.input("x", 1, 2, 5)
                .initializer(integers("pads", 0, 0, 2, 0, 0, 2))
                .initializer(integers("flat", indices))
                .initializer(integers("dims", rows * 2, 3))
                .initializer(OnnxBuilder.floats("updates", new Tensor(new int[] {rows * 2}, updates)))
                .node("Reshape", "indices", List.of("flat", "dims"), "indices")
                .node("Pad", "pad", List.of("x", "pads"), "p")
                .node("ScatterND", "scatter", List.of("p", "indices", "updates"), "y")
                .output("y");
        List<Node> nodes = lifted(1, 2, 5);
        if (fills) {
            assertThat(nodes).hasSize(1);
            assertThat(((Pad) nodes.get(0)).fill().values()).containsExactly(-2, 0.5);
        } else {
            assertThat(nodes).hasSize(2);
            assertThat(((Opaque) nodes.get(1)).explanation()).get().asString().contains("not a whole border");
        }
    }

    /** The convolution's output goes into the BatchNorm; who asked for its sizes gets them all the same. */
    @Test
    void sizesOfWhatGoesAreKept() {
        net.input("x", 2, 3, 4, 4)
                .weights("w", 4, 3, 1, 1)
                .node("Conv", "conv", List.of("x", "w"), "c")
                .batchNorm("bn", "c", "n", 4)
                .node("Transpose", "turn", List.of("c"), "looked at", ints("perm", 0, 3, 2, 1))
                .withGraph(g -> g.addValueInfo(OnnxBuilder.info("looked at", DataType.FLOAT, 2, 4, 4, 4)))
                .node("Shape", "sizes", List.of("looked at"), "s")
                .node("Shape", "own sizes", List.of("c"), "s2")
                .node("Relu", "relu", List.of("n"), "r")
                .node("Reshape", "reshape", List.of("r", "s"), "y")
                .node("Expand", "expand", List.of("r", "s2"), "z")
                .output("y")
                .output("z");
        OnnxModel deployed = Deployment.deploy(net, folder, Map.of("x", Tensor.random(new Random(3), 2, 3, 4, 4)));
        assertThat(deployed.operators()).containsOnlyKeys("Conv", "Relu", "Reshape", "Expand");
    }
}
