package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.OnnxBuilder.graph;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.number;
import static org.rep4j.testing.OnnxBuilder.tensor;
import static org.rep4j.testing.OnnxBuilder.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.FunctionProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/** The forms in which ONNX files write the same net, and what must ride along. */
class OnnxAdapterTest {
    @TempDir
    private Path folder;

    private final OnnxBuilder net = new OnnxBuilder(1);

    private OnnxModel deploy(Map<String, Tensor> feeds) {
        return Deployment.deploy(net, folder, feeds);
    }

    private OnnxModel deploy(int... inputShape) {
        return deploy(Map.of("x", Tensor.random(new Random(2), inputShape)));
    }

    private void convBatchNorm() {
        net.input("x", -1, 3, -1, -1)
                .weights("w", 4, 3, 3, 3)
                .node("Conv", "conv", List.of("x", "w"), "c", ints("pads", 1, 1, 1, 1))
                .batchNorm("bn", "c", "y", 4)
                .output("y");
    }

    @Test
    void keepsWhatItDoesNotTouch() {
        convBatchNorm();
        net.node("Relu", "keep me", List.of("y"), "z")
                .node("LeakyRelu", "", List.of("z"), "untouched", number("alpha", 0.2))
                .output("untouched")
                .withGraph(g -> g.setDocString("a graph")
                        .addValueInfo(OnnxBuilder.info("c", DataType.FLOAT, -1, 4, -1, -1))
                        .addValueInfo(OnnxBuilder.info("z", DataType.FLOAT, -1, 4, -1, -1)))
                .with(m -> m.setProducerName("us")
                        .setModelVersion(42)
                        .addMetadataProps(
                                StringStringEntryProto.newBuilder().setKey("k").setValue("v"))
                        .addOpsetImport(OperatorSetIdProto.newBuilder()
                                .setDomain("com.example")
                                .setVersion(3)));
        ModelProto before = net.build();

        ModelProto after = deploy(2, 3, 7, 5).proto();

        assertThat(after.toBuilder().clearGraph().build())
                .isEqualTo(before.toBuilder().clearGraph().build());
        GraphProto graph = after.getGraph();
        assertThat(graph.getInputList()).isEqualTo(before.getGraph().getInputList());
        assertThat(graph.getOutputList()).isEqualTo(before.getGraph().getOutputList());
        assertThat(graph.getDocString()).isEqualTo("a graph");
        assertThat(graph.getNodeList().subList(1, 3))
                .isEqualTo(before.getGraph().getNodeList().subList(2, 4));
        assertThat(graph.getNode(0).getName()).isEqualTo("conv");
        assertThat(graph.getInitializerList())
                .extracting(TensorProto::getName)
                .containsExactly("conv.weight", "conv.bias");
        assertThat(graph.getValueInfoList()).extracting(ValueInfoProto::getName).containsExactly("z");
    }

    /** Pads became inputs in opset 11, the axes of Unsqueeze in 13. */
    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21})
    void everyOperatorSet(long opset) {
        net.opset(opset)
                .input("x", -1, 3, -1, -1)
                .weights("w", 4, 3, 3, 3)
                .weights("b", 4)
                .initializer(OnnxBuilder.integers("pads", 0, 0, 1, 2, 0, 0, 0, 1))
                .initializer(OnnxBuilder.integers("axes", 0, 2, 3));
        if (opset < 11) {
            net.node("Pad", "pad", List.of("x"), "p", ints("pads", 0, 0, 1, 2, 0, 0, 0, 1));
        } else {
            net.node("Pad", "pad", List.of("x", "pads"), "p");
        }
        if (opset < 13) {
            net.node("Unsqueeze", "unsqueeze", List.of("b"), "b4", ints("axes", 0, 2, 3));
        } else {
            net.node("Unsqueeze", "unsqueeze", List.of("b", "axes"), "b4");
        }
        net.node("Conv", "conv", List.of("p", "w"), "c")
                .node("Dropout", "dropout", List.of("c"), "d")
                .node("Add", "add", List.of("d", "b4"), "a")
                .batchNorm("bn", "a", "y", 4)
                .output("y");
        OnnxModel deployed = deploy(2, 3, 6, 5);
        assertThat(deployed.operators()).isEqualTo(Map.of("Conv", 1L));
        assertThat(deployed.opset()).isEqualTo(opset);
    }

    @Test
    void leavesAModelWithNothingToFoldAsItIs() {
        net.input("x", 2, 3).node("Relu", "relu", List.of("x"), "y").output("y");
        Path file = net.save(folder.resolve("plain.onnx"));
        OnnxModel model = OnnxModel.load(file);
        assertThat(RepPass.standard().apply(model).graph()).isSameAs(model);
    }

    @Test
    void oldFilesListInitializersAsInputs() {
        convBatchNorm();
        net.opset(7).with(m -> m.setIrVersion(3));
        net.withGraph(g -> List.copyOf(g.getInitializerList())
                .forEach(t -> g.addInput(OnnxBuilder.info(
                        t.getName(),
                        DataType.FLOAT,
                        t.getDimsList().stream().mapToLong(Long::longValue).toArray()))));
        OnnxModel deployed = deploy(2, 3, 6, 5);
        assertThat(deployed.operators()).containsOnlyKeys("Conv");
        assertThat(deployed.proto().getGraph().getInputList())
                .extracting(ValueInfoProto::getName)
                .containsExactly("x", "conv.weight", "conv.bias");
    }

    @Test
    void overridableInitializersAreNoConstants() {
        convBatchNorm();
        net.withGraph(g -> g.addInput(OnnxBuilder.info("bn.scale", DataType.FLOAT, 4)));
        OnnxModel deployed = deploy(2, 3, 6, 5);
        assertThat(deployed.operators()).containsOnlyKeys("Conv", "BatchNormalization");
    }

    @Test
    void constantNodesHoldWeights() {
        Random random = new Random(3);
        net.input("x", -1, 3, -1, -1)
                .node(
                        "Constant",
                        "",
                        List.of(),
                        "w",
                        tensor("value", OnnxBuilder.floats("", Tensor.random(random, 4, 3, 3, 3))))
                .node("Constant", "", List.of(), "b", tensor("value", OnnxBuilder.floats("", Tensor.random(random, 4))))
                .node("Constant", "", List.of(), "shape", ints("value_ints", 1, -1, 1, 1))
                .node("Reshape", "reshape", List.of("b", "shape"), "b4")
                .node("Conv", "conv", List.of("x", "w"), "c")
                .node("Add", "add", List.of("b4", "c"), "y")
                .node("Constant", "", List.of(), "two", number("value_float", 2))
                .node("Mul", "mul", List.of("y", "two"), "z")
                .node("ReduceMean", "mean", List.of("x"), "m", ints("axes", 1, 2, 3))
                .node("Relu", "relu", List.of("m"), "r")
                .node("Mul", "other", List.of("r", "two"), "r2")
                .node("Add", "kept", List.of("z", "r2"), "out")
                .output("out");
        OnnxModel deployed = deploy(2, 3, 6, 5);
        assertThat(deployed.operators())
                .isEqualTo(Map.of("Conv", 1L, "Mul", 1L, "Add", 1L, "Relu", 1L, "ReduceMean", 1L));
        // the scalar 2 has another reader; the weights, the bias and its Reshape have none
        assertThat(deployed.proto().getGraph().getNodeList())
                .filteredOn(n -> n.getOpType().equals("Constant"))
                .extracting(n -> n.getOutput(0))
                .containsExactly("two");
    }

    @Test
    void foldsThroughIdentityAndDropout() {
        net.input("x", -1, 3, -1, -1)
                .weights("w", 4, 3, 1, 1)
                .node("Identity", "", List.of("w"), "same")
                .node("Conv", "conv", List.of("x", "same"), "c")
                .node("Dropout", "drop", List.of("c"), "d")
                .node("Identity", "id", List.of("d"), "i")
                .batchNorm("bn", "i", "y", 4)
                .output("y");
        assertThat(deploy(2, 3, 4, 5).operators()).isEqualTo(Map.of("Conv", 1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAME_UPPER", "SAME_LOWER"})
    void automaticPaddingOfUnknownSizesStays(String autoPad) {
        net.input("x", -1, 3, -1, -1)
                .weights("w", 4, 3, 3, 3)
                .node("Conv", "conv", List.of("x", "w"), "c", text("auto_pad", autoPad), ints("strides", 2, 2))
                .batchNorm("bn", "c", "y", 4)
                .output("y");
        OnnxModel deployed = deploy(2, 3, 6, 5);
        assertThat(deployed.operators()).isEqualTo(Map.of("Conv", 1L));
        assertThat(deployed.proto().getGraph().getNode(0).getAttributeList())
                .anyMatch(a -> a.getName().equals("auto_pad")
                        && a.getS().toStringUtf8().equals(autoPad));
    }

    /** The net was exported for 6×6; then somebody made its input dynamic. */
    @Test
    void staleDeclarationsAreNotBelieved() {
        net.input("x", -1, 3, -1, -1)
                .withGraph(g -> g.addValueInfo(OnnxBuilder.info("r", DataType.FLOAT, 2, 3, 6, 6)))
                .weights("w3", 4, 3, 3, 3)
                .weights("w1", 4, 3, 1, 1)
                .node("Relu", "relu", List.of("x"), "r")
                .node("Conv", "a", List.of("r", "w3"), "c3", text("auto_pad", "SAME_UPPER"), ints("strides", 2, 2))
                .batchNorm("bn", "c3", "n", 4)
                .node("Conv", "b", List.of("r", "w1"), "c1", text("auto_pad", "SAME_UPPER"), ints("strides", 2, 2))
                .node("Add", "add", List.of("n", "c1"), "y")
                .output("y");
        assertThat(deploy(2, 3, 7, 5).operators()).isEqualTo(Map.of("Relu", 1L, "Conv", 2L, "Add", 1L));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 8})
    void automaticPaddingPutsSmallKernelsOffCentre(int size) {
        net.input("x", 2, 3, size, size + 3)
                .weights("w3", 4, 3, 3, 3)
                .weights("w1", 4, 3, 1, 1)
                .node("Conv", "a", List.of("x", "w3"), "c3", text("auto_pad", "SAME_UPPER"), ints("strides", 2, 2))
                .node("Conv", "b", List.of("x", "w1"), "c1", text("auto_pad", "SAME_UPPER"), ints("strides", 2, 2))
                .node("Add", "add", List.of("c3", "c1"), "y")
                .output("y");
        assertThat(deploy(2, 3, size, size + 3).operators()).isEqualTo(Map.of("Conv", 1L));
    }

    @Test
    void matMulWithBiasIsOneLinearLayer() {
        net.input("x", -1, -1, 6)
                .weights("w", 6, 5)
                .weights("b", 5)
                .weights("m", 5)
                .node("MatMul", "matmul", List.of("x", "w"), "p")
                .node("Add", "bias", List.of("b", "p"), "q")
                .node("Mul", "scale", List.of("q", "m"), "y")
                .output("y");
        assertThat(deploy(2, 3, 6).operators()).isEqualTo(Map.of("MatMul", 1L, "Add", 1L));
    }

    @Test
    void matMulOfKnownRankTakesBatchNormIn() {
        net.input("x", -1, 6)
                .weights("w", 6, 5)
                .node("MatMul", "matmul", List.of("x", "w"), "p")
                .batchNorm("bn", "p", "y", 5)
                .output("y");
        assertThat(deploy(3, 6).operators()).isEqualTo(Map.of("Gemm", 1L));
    }

    @Test
    void gemmWithFactors() {
        net.input("x", -1, 6)
                .weights("w", 6, 5)
                .weights("b", 1)
                .node("Gemm", "gemm", List.of("x", "w", "b"), "p", number("alpha", 0.5), number("beta", -2))
                .batchNorm("bn", "p", "y", 5)
                .output("y");
        assertThat(deploy(3, 6).operators()).isEqualTo(Map.of("Gemm", 1L));
    }

    @Test
    void subtractionAndDivisionByConstants() {
        net.input("x", -1, 3, -1)
                .weights("w", 4, 3, 3)
                .weights("a", 4, 1)
                .weights("m", 1, 4, 1)
                .node("Conv", "conv", List.of("x", "w"), "c")
                .node("Sub", "sub", List.of("c", "a"), "d")
                .node("Div", "div", List.of("d", "m"), "y")
                .output("y");
        assertThat(deploy(2, 3, 9).operators()).isEqualTo(Map.of("Conv", 1L));
    }

    @Test
    void constantsThatDoNotFitStay() {
        net.input("x", 2, 3, 5, 4)
                .weights("w", 4, 3, 1, 1)
                .weights("perElement", 4, 5, 4)
                .weights("perColumn", 4)
                .weights("perImage", 2, 1, 1, 1)
                .weights("higherRank", 1, 1, 1, 1, 1)
                .node("Conv", "conv", List.of("x", "w"), "c")
                .node("Add", "a1", List.of("c", "perElement"), "d1")
                .node("Conv", "conv2", List.of("x", "w"), "c2")
                .node("Add", "a2", List.of("c2", "perColumn"), "d2")
                .node("Conv", "conv3", List.of("x", "w"), "c3")
                .node("Mul", "a3", List.of("c3", "perImage"), "d3")
                .node("Conv", "conv4", List.of("x", "w"), "c4")
                .node("Mul", "a4", List.of("c4", "higherRank"), "d4")
                .output("d1")
                .output("d2")
                .output("d3")
                .output("d4");
        assertThat(deploy(2, 3, 5, 4).operators()).isEqualTo(Map.of("Conv", 4L, "Add", 2L, "Mul", 2L));
    }

    @Test
    void constantsMayStretchTheirInput() {
        net.input("x", 2, 1, 5, 4)
                .weights("perChannel", 3, 1, 1)
                .weights("higherRank", 1, 1, 1, 1, 1)
                .weights("w", 4, 3, 3, 3)
                .node("Mul", "grey to colour", List.of("x", "perChannel"), "rgb")
                .node("Conv", "conv", List.of("rgb", "w"), "y")
                .weights("w1", 1, 1, 1, 1)
                .node("Conv", "one", List.of("x", "w1"), "o")
                .node("Add", "three of one", List.of("o", "perChannel"), "y3")
                .node("Add", "rank 5", List.of("x", "higherRank"), "y5")
                .output("y")
                .output("y3")
                .output("y5");
        assertThat(deploy(2, 1, 5, 4).operators()).isEqualTo(Map.of("Mul", 1L, "Conv", 2L, "Add", 2L));
    }

    @Test
    void whatASubgraphReadsIsUsed() {
        GraphProto.Builder then = GraphProto.newBuilder()
                .setName("then")
                .addNode(OnnxBuilder.proto("Relu", "inner", List.of("c"), List.of("t")))
                .addOutput(ValueInfoProto.newBuilder()
                        .setName("t")
                        .setType(net.output("tmp")
                                .build()
                                .getGraph()
                                .getOutput(0)
                                .getType()));
        GraphProto.Builder otherwise = GraphProto.newBuilder()
                .setName("else")
                .addNode(OnnxBuilder.proto("Neg", "inner2", List.of("c"), List.of("e")))
                .addOutput(then.getOutput(0).toBuilder().setName("e"));
        net.withGraph(GraphProto.Builder::clearOutput);
        convBatchNorm();
        net.node("ReduceSum", "sum", List.of("x"), "s", integer("keepdims", 0))
                .initializer(OnnxBuilder.floats("zero", new Tensor(new int[] {}, new double[] {0})))
                .node("Greater", "positive", List.of("s", "zero"), "p")
                .node("If", "branch", List.of("p"), "i", graph("then_branch", then), graph("else_branch", otherwise))
                .output("i");
        OnnxModel deployed = deploy(2, 3, 5, 4);
        assertThat(deployed.operators()).containsEntry("BatchNormalization", 1L).containsEntry("If", 1L);
        assertThat(RepPass.standard().apply(deployed).report().declined())
                .anyMatch(d -> d.op().startsWith("bn") && d.reason().contains("also used by branch (If)"));
    }

    @Test
    void functionsRideAlong() {
        convBatchNorm();
        net.with(m -> m.setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder()
                                .setDomain("local")
                                .setVersion(1))
                        .addFunctions(FunctionProto.newBuilder()
                                .setName("Twice")
                                .setDomain("local")
                                .addInput("a")
                                .addOutput("b")
                                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                                .addNode(OnnxBuilder.proto("Add", "", List.of("a", "a"), List.of("b")))))
                .withGraph(g -> g.addNode(OnnxBuilder.proto("Twice", "twice", List.of("y"), List.of("z")).toBuilder()
                        .setDomain("local")))
                .output("z");
        assertThat(deploy(2, 3, 5, 4).operators()).isEqualTo(Map.of("Conv", 1L, "Twice", 1L));
    }

    @Test
    void trainingModeStays() {
        convBatchNorm();
        net.opset(14).withGraph(g -> g.getNodeBuilder(1).addAttribute(integer("training_mode", 1)));
        Path file = net.save(folder.resolve("training.onnx"));
        RepResult<OnnxModel> result = RepPass.standard().apply(OnnxModel.load(file));
        assertThat(result.report().rewrites()).isEmpty();
        assertThat(result.report().declined()).anyMatch(d -> d.reason().contains("training mode"));
    }

    @Test
    void inconsistentStatisticsAreDeclined() {
        convBatchNorm();
        double[] variance = {1, -0.5, 1, 1};
        net.withGraph(g -> g.setInitializer(4, OnnxBuilder.floats("bn.variance", new Tensor(new int[] {4}, variance))));
        Path file = net.save(folder.resolve("negative.onnx"));
        RepResult<OnnxModel> result = RepPass.standard().apply(OnnxModel.load(file));
        assertThat(result.report().rewrites()).isEmpty();
        assertThat(result.report().declined()).anyMatch(d -> d.reason().contains("variance in channel 1 is -0.5"));
    }
}
