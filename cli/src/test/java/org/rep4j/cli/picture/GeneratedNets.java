package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Layout;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TensorData;
import org.rep4j.graph.Value;

/** Builds graphs of any size for the tests of their pictures, with four channels and random weights. */
final class GeneratedNets {
    private static final int CHANNELS = 4;
    private static final Shape SHAPE = Shape.of(1, CHANNELS, 8, 8);

    /** γ, β and μ of all BatchNorms. */
    private static final double[] AFFINE = {1, -1, 1.5, 0.5};

    private static final double[] VARIANCE = {1, 2, 0.5, 1};

    private final Random random = new Random(20_260_101);
    private final ConvGraph.Builder builder;

    GeneratedNets(String name) {
        builder = ConvGraph.builder(name);
    }

    /** Links of convolution, BatchNorm and ReLU. */
    static ConvGraph chain(int ops) {
        GeneratedNets net = new GeneratedNets("chain of " + ops);
        Value value = net.input("input");
        for (int i = 0; i < ops / 3; i++) {
            value = net.conv("conv" + i, value, 3);
            value = net.batchNorm("bn" + i, value);
            value = net.relu("relu" + i, value);
        }
        return net.output(value);
    }

    /** Blocks of branches, each a convolution and a BatchNorm; their sum goes through a ReLU. */
    static ConvGraph branches(int blocks, int branches) {
        GeneratedNets net = new GeneratedNets(blocks + " blocks of " + branches + " branches");
        Value value = net.input("input");
        for (int b = 0; b < blocks; b++) {
            List<Value> sum = new ArrayList<>();
            for (int i = 0; i < branches; i++) {
                String name = "stage" + b / 8 + "/block" + b + "/branch" + i;
                sum.add(net.batchNorm(name + "/bn", net.conv(name + "/conv", value, i == 0 ? 3 : 1)));
            }
            value = net.relu(
                    "stage" + b / 8 + "/block" + b + "/relu", net.sum("stage" + b / 8 + "/block" + b + "/add", sum));
        }
        return net.output(value);
    }

    /** One value that many ops read, whose sum is the output. */
    static ConvGraph fan(int ops) {
        GeneratedNets net = new GeneratedNets("fan of " + ops);
        Value value = net.relu("stem", net.input("input"));
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < ops; i++) {
            all.add(net.relu("relu" + i, value));
        }
        return net.output(net.sum("sum", all));
    }

    /** A chain whose first value is read by each of its sums: wires as long as the net. */
    static ConvGraph skips(int ops) {
        GeneratedNets net = new GeneratedNets("skips of " + ops);
        Value first = net.relu("stem", net.input("input"));
        Value value = first;
        for (int i = 0; i < ops / 2; i++) {
            value = net.sum("add" + i, List.of(net.relu("relu" + i, value), first));
        }
        return net.output(value);
    }

    Value input(String name) {
        Value value = value(name);
        builder.input(value);
        return value;
    }

    ConvGraph output(Value value) {
        return builder.output(value).build();
    }

    private static Value value(String name) {
        return Value.of(name, SHAPE, ElementType.FLOAT32);
    }

    Value conv(String name, Value x, int kernel) {
        KernelShape shape = new KernelShape(CHANNELS, CHANNELS, 1, List.of(kernel, kernel));
        double[] weights = random.doubles(shape.weights(), -1, 1).toArray();
        ConvAxis axis = new ConvAxis(kernel, 1, 1, kernel / 2, kernel / 2);
        Value y = value(name + ":0");
        builder.node(new Convolution(
                info(name, "Conv"),
                x,
                y,
                new StoredKernel(
                        shape, tensor(Shape.of(CHANNELS, CHANNELS, kernel, kernel), weights), KernelLayout.OIK, null),
                ConvGeometry.of(axis, axis),
                Layout.CHANNELS_FIRST));
        return y;
    }

    Value batchNorm(String name, Value x) {
        Value y = value(name + ":0");
        builder.node(new BatchNormalization(
                info(name, "BatchNormalization"),
                x,
                y,
                new BatchNormStatistics(AFFINE, AFFINE, AFFINE, VARIANCE, 1e-5),
                1));
        return y;
    }

    Value relu(String name, Value x) {
        Value y = value(name + ":0");
        builder.node(new Opaque(info(name, "Relu"), List.of(x), List.of(), List.of(y), null));
        return y;
    }

    Value sum(String name, List<Value> operands) {
        Value y = value(name + ":0");
        builder.node(Sum.of(info(name, "Add"), operands, y));
        return y;
    }

    private static NodeInfo info(String name, String op) {
        return new NodeInfo(name, op, "native " + name);
    }

    private static TensorData tensor(Shape shape, double[] elements) {
        return new TensorData() {
            @Override
            public ElementType type() {
                return ElementType.FLOAT32;
            }

            @Override
            public Shape shape() {
                return shape;
            }

            @Override
            public double[] read() {
                return elements.clone();
            }
        };
    }
}
