package org.rep4j.onnx;

import static org.rep4j.onnx.OptimizerNodes.PAD_1;
import static org.rep4j.onnx.OptimizerNodes.constant;
import static org.rep4j.onnx.OptimizerNodes.conv;
import static org.rep4j.onnx.OptimizerNodes.convs;
import static org.rep4j.onnx.OptimizerNodes.gemm;
import static org.rep4j.onnx.OptimizerNodes.pad;
import static org.rep4j.onnx.OptimizerNodes.sum;
import static org.rep4j.onnx.OptimizerNodes.transposed;
import static org.rep4j.testing.OnnxBuilder.floats;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import onnx.Onnx.AttributeProto;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.Tensor;

/**
 * The models of docs/optimizers.md, one per row of its first table, from {@code input} (2×6×9×8, or 2×6 for linear layers) and, where they
 * have two, {@code other}, to {@code output}.
 */
final class OptimizerModels {
    private static final int CHANNELS = OptimizerNodes.CHANNELS;
    private static final int HEIGHT = 9;
    private static final int WIDTH = 8;
    private static final AttributeProto POOL_3 = ints("kernel_shape", 3, 3);

    private final Map<String, OnnxBuilder> models = new LinkedHashMap<>();

    private OptimizerModels() {}

    /** The models by the name of the row. */
    static Map<String, OnnxBuilder> all() {
        OptimizerModels models = new OptimizerModels();
        models.addAffines();
        models.addPads();
        models.addBranches();
        models.addChains();
        models.addOthers();
        return models.models;
    }

    private void addAffines() {
        image("conv → BN", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            net.batchNorm("norm", "a", "output", CHANNELS);
        });
        image("BN → conv without padding", net -> {
            net.batchNorm("norm", "input", "a", CHANNELS);
            conv(net, "conv", "a", "output", 3, CHANNELS, CHANNELS);
        });
        image("BN → conv with zero padding", net -> {
            net.batchNorm("norm", "input", "a", CHANNELS);
            conv(net, "conv", "a", "output", 3, CHANNELS, CHANNELS, PAD_1);
        });
        image("conv → Mul with a constant", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            constant(net, "Mul", "a", "output");
        });
        image("conv without bias → Add of a constant", net -> {
            net.weights("kernel", CHANNELS, CHANNELS, 3, 3)
                    .node("Conv", "conv", List.of("input", "kernel"), "a", PAD_1);
            constant(net, "Add", "a", "output");
        });
        image("Mul with a constant → conv with zero padding", net -> {
            constant(net, "Mul", "input", "a");
            conv(net, "conv", "a", "output", 3, CHANNELS, CHANNELS, PAD_1);
        });
        image("Add of a constant → conv without padding", net -> {
            constant(net, "Add", "input", "a");
            conv(net, "conv", "a", "output", 3, CHANNELS, CHANNELS);
        });
        image("conv → BN written out", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            constant(net, "Sub", "a", "b");
            constant(net, "Div", "b", "c");
            constant(net, "Mul", "c", "d");
            constant(net, "Add", "d", "output");
        });
        image(
                "BN → BN",
                net -> net.batchNorm("norm1", "input", "a", CHANNELS).batchNorm("norm2", "a", "output", CHANNELS));
        image("ConvTranspose → BN", net -> {
            transposed(net, "up", "input", "a");
            net.batchNorm("norm", "a", "output", CHANNELS);
        });
        flat("MatMul → BN", net -> {
            net.weights("weight", CHANNELS, CHANNELS).node("MatMul", "linear", List.of("input", "weight"), "a");
            net.batchNorm("norm", "a", "output", CHANNELS);
        });
        flat("Gemm → BN", net -> {
            gemm(net, "linear", "a");
            net.batchNorm("norm", "a", "output", CHANNELS);
        });
    }

    private void addPads() {
        image("Pad → conv", net -> {
            pad(net, "a");
            conv(net, "conv", "a", "output", 3, CHANNELS, CHANNELS);
        });
        image("Pad → AveragePool", net -> {
            pad(net, "a");
            net.node(
                    "AveragePool",
                    "pool",
                    List.of("a"),
                    "output",
                    POOL_3,
                    ints("pads", 0, 0, 0, 0),
                    integer("count_include_pad", 1));
        });
        image("Pad with zeros → MaxPool", net -> {
            pad(net, "a");
            net.node("MaxPool", "pool", List.of("a"), "output", POOL_3, ints("pads", 0, 0, 0, 0));
        });
    }

    private void addBranches() {
        image("conv + identity", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            sum(net, "a", "input");
        });
        image("conv + BN", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            net.batchNorm("norm", "input", "b", CHANNELS);
            sum(net, "a", "b");
        });
        image("conv 3×3 + conv 3×3", net -> {
            convs(net, "input");
            sum(net, "a", "b");
        });
        image("conv 3×3 − conv 3×3", net -> {
            convs(net, "input");
            net.node("Sub", "difference", List.of("a", "b"), "output");
        });
        image("conv 3×3 + conv 1×1", net -> {
            conv(net, "conv3", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            conv(net, "conv1", "input", "b", 1, CHANNELS, CHANNELS);
            sum(net, "a", "b");
        });
        image("RepVGG block", net -> {
            conv(net, "conv3", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            net.batchNorm("norm3", "a", "b", CHANNELS);
            conv(net, "conv1", "input", "c", 1, CHANNELS, CHANNELS);
            net.batchNorm("norm1", "c", "d", CHANNELS);
            net.batchNorm("norm0", "input", "e", CHANNELS);
            net.node("Add", "sum1", List.of("b", "d"), "f");
            sum(net, "f", "e");
        });
        image("dense conv + depthwise conv", net -> {
            conv(net, "dense", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            conv(net, "depthwise", "input", "b", 3, 1, CHANNELS, PAD_1, integer("group", CHANNELS));
            sum(net, "a", "b");
        });
        image("conv + conv of a cropped input", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS);
            net.initializer(integers("starts", 1)).initializer(integers("ends", HEIGHT - 1));
            net.initializer(integers("axes", 2));
            net.node("Slice", "crop", List.of("input", "starts", "ends", "axes"), "b");
            net.weights("row", CHANNELS, CHANNELS, 1, 3);
            net.node("Conv", "row", List.of("b", "row"), "c");
            sum(net, "a", "c");
        });
        image("conv + AveragePool", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            net.node("AveragePool", "pool", List.of("input"), "b", POOL_3, PAD_1, integer("count_include_pad", 1));
            sum(net, "a", "b");
        });
        image("BN of a sum of convs", net -> {
            convs(net.input("other", 2, CHANNELS, HEIGHT, WIDTH), "other");
            net.node("Add", "sum", List.of("a", "b"), "c").batchNorm("norm", "c", "output", CHANNELS);
        });
        image("concat of convs", net -> {
            convs(net, "input");
            net.node("Concat", "concat", List.of("a", "b"), "output", integer("axis", 1));
        });
        image("BN of a concat of convs", net -> {
            convs(net.input("other", 2, CHANNELS, HEIGHT, WIDTH), "other");
            net.node("Concat", "concat", List.of("a", "b"), "c", integer("axis", 1))
                    .batchNorm("norm", "c", "output", 2 * CHANNELS);
        });
        flat("Gemm + Gemm", net -> {
            gemm(net, "linear1", "a");
            gemm(net, "linear2", "b");
            sum(net, "a", "b");
        });
        image("ConvTranspose + ConvTranspose", net -> {
            transposed(net, "up1", "input", "a");
            transposed(net, "up2", "input", "b");
            sum(net, "a", "b");
        });
    }

    private void addChains() {
        image("conv 1×1 → conv 3×3 without padding", net -> {
            conv(net, "conv1", "input", "a", 1, CHANNELS, CHANNELS);
            conv(net, "conv3", "a", "output", 3, CHANNELS, CHANNELS);
        });
        image("conv 3×3 → conv 1×1", net -> {
            conv(net, "conv3", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            conv(net, "conv1", "a", "output", 1, CHANNELS, CHANNELS);
        });
        image("conv 3×3 → conv 3×3 without padding", net -> {
            conv(net, "wide", "input", "a", 3, CHANNELS, 4 * CHANNELS);
            conv(net, "narrow", "a", "output", 3, 4 * CHANNELS, CHANNELS);
        });
        image("depthwise 3×3 → conv 1×1", net -> {
            conv(net, "depthwise", "input", "a", 3, 1, CHANNELS, PAD_1, integer("group", CHANNELS));
            conv(net, "pointwise", "a", "output", 1, CHANNELS, CHANNELS);
        });
    }

    private void addOthers() {
        image("weights that two conv → BN share", net -> {
            net.input("other", 2, CHANNELS, HEIGHT, WIDTH).weights("kernel", CHANNELS, CHANNELS, 3, 3);
            net.node("Conv", "conv1", List.of("input", "kernel"), "a").batchNorm("norm1", "a", "b", CHANNELS);
            net.node("Conv", "conv2", List.of("other", "kernel"), "c").batchNorm("norm2", "c", "d", CHANNELS);
            net.node("Relu", "act", List.of("b"), "e");
            sum(net, "e", "d");
        });
        image("Identity, Dropout between conv and BN", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS, PAD_1);
            net.node("Identity", "same", List.of("a"), "b").node("Dropout", "drop", List.of("b"), "c");
            net.batchNorm("norm", "c", "output", CHANNELS);
        });
        image("the same conv twice", net -> {
            net.weights("kernel", CHANNELS, CHANNELS, 3, 3);
            net.node("Conv", "conv1", List.of("input", "kernel"), "a").node("Relu", "act1", List.of("a"), "b");
            net.node("Conv", "conv2", List.of("input", "kernel"), "c").node("Sigmoid", "act2", List.of("c"), "d");
            sum(net, "b", "d");
        });
        image("convs of one input, read apart", net -> {
            convs(net, "input");
            net.node("Relu", "act1", List.of("a"), "c").node("Sigmoid", "act2", List.of("b"), "d");
            sum(net, "c", "d");
        });
        image("Split → convs → Concat", net -> {
            net.node("Split", "split", List.of("input"), List.of("a", "b"), integer("axis", 1));
            conv(net, "conv1", "a", "c", 3, CHANNELS / 2, CHANNELS / 2);
            conv(net, "conv2", "b", "d", 3, CHANNELS / 2, CHANNELS / 2);
            net.node("Concat", "concat", List.of("c", "d"), "output", integer("axis", 1));
        });
        image("conv → ReLU → Mul with a positive constant", net -> {
            conv(net, "conv", "input", "a", 3, CHANNELS, CHANNELS);
            Tensor two = new Tensor(new int[] {1}, new double[] {2});
            net.node("Relu", "act", List.of("a"), "b").initializer(floats("two", two));
            net.node("Mul", "scale", List.of("b", "two"), "output");
        });
        image("Mul → ConvTranspose", net -> {
            constant(net, "Mul", "input", "a");
            transposed(net, "up", "a", "output");
        });
    }

    private void image(String name, Consumer<OnnxBuilder> net) {
        add(name, net, 2, CHANNELS, HEIGHT, WIDTH);
    }

    private void flat(String name, Consumer<OnnxBuilder> net) {
        add(name, net, 2, CHANNELS);
    }

    private void add(String name, Consumer<OnnxBuilder> net, long... inputDims) {
        OnnxBuilder builder = new OnnxBuilder(name.hashCode()).input("input", inputDims);
        net.accept(builder);
        models.put(name, builder.output("output"));
    }
}
