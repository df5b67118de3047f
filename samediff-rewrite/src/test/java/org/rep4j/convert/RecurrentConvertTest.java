package org.rep4j.convert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxTensor;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** LSTM, GRU and RNN compute in SameDiff, and written back, what ONNX Runtime does. */
class RecurrentConvertTest {
    private static final int STEPS = 5;
    private static final int BATCH = 3;
    private static final int INPUT = 4;

    private static long gates(String op) {
        return op.equals("LSTM") ? 4 : op.equals("GRU") ? 3 : 1;
    }

    /** A layer whose inputs are fed or constant, and what is fed. */
    private static final class Layer {
        private final String op;
        private final String direction;
        private final long directions;
        private final long hidden;
        private final OnnxModelBuilder model;
        private final Map<String, Tensor> feeds = new LinkedHashMap<>();
        private final String[] inputs = {"x", "w", "r", "", "", "", "", ""};
        private final OnnxNode.Builder node;
        private boolean free;
        private boolean computedWeights;

        Layer(String op, String direction, long hidden) {
            this(op, direction, hidden, 17);
        }

        Layer(String op, String direction, long hidden, int opset) {
            this.op = op;
            this.direction = direction;
            this.directions = direction.equals("bidirectional") ? 2 : 1;
            this.hidden = hidden;
            this.model = new OnnxModelBuilder("layer", opset);
            this.node =
                    OnnxNode.of(op).name("layer").integer("hidden_size", hidden).text("direction", direction);
        }

        @Override
        public String toString() {
            return op + " " + direction + " of " + hidden + " units, reads " + List.of(inputs) + (free ? ", free" : "");
        }

        /** Leaves the number of steps and the size of the batch open. */
        Layer free() {
            free = true;
            return this;
        }

        /** Feeds the weights. */
        Layer computedWeights() {
            computedWeights = true;
            return this;
        }

        private void input(int index, String name, long... dims) {
            inputs[index] = name;
            Tensor tensor = ConvertAssert.random(name, TensorType.FLOAT32, dims);
            if (computedWeights || index == 0 || index == 5 || index == 6) {
                long[] declared = dims.clone();
                for (int i = 0; free && i < dims.length && index != 1 && index != 2; i++) {
                    declared[i] = dims[i] == STEPS || dims[i] == BATCH ? -1 : dims[i];
                }
                model.input(name, OnnxType.FLOAT, Shape.of(declared));
                feeds.put(name, tensor);
            } else {
                model.tensor(name, floats(tensor.reals(), dims));
            }
        }

        Layer bias() {
            input(3, "b", directions, 2 * gates(op) * hidden);
            return this;
        }

        Layer lengths(long... lengths) {
            inputs[4] = "lengths";
            model.input("lengths", OnnxType.INT32, Shape.of(free ? -1 : BATCH));
            feeds.put("lengths", Tensor.ofIntegers(TensorType.INT32, Shape.of(BATCH), lengths));
            return this;
        }

        Layer states() {
            input(5, "h0", directions, BATCH, hidden);
            if (op.equals("LSTM")) {
                input(6, "c0", directions, BATCH, hidden);
            }
            return this;
        }

        Layer peepholes() {
            input(7, "p", directions, 3 * hidden);
            return this;
        }

        Layer set(String attribute, long value) {
            node.integer(attribute, value);
            return this;
        }

        Layer set(String attribute, double value) {
            node.number(attribute, value);
            return this;
        }

        Layer activations(String... names) {
            node.texts("activations", List.of(names));
            return this;
        }

        OnnxModel build(String... outputs) {
            input(0, "x", STEPS, BATCH, INPUT);
            input(1, "w", directions, gates(op) * hidden, INPUT);
            input(2, "r", directions, gates(op) * hidden, hidden);
            String[] read = op.equals("LSTM") ? inputs : Arrays.copyOf(inputs, 6);
            model.node(node.reads(read).writes(outputs).build());
            for (String output : outputs) {
                if (!output.isEmpty()) {
                    model.output(output, OnnxType.FLOAT, Shape.unknown());
                }
            }
            return model.build();
        }

        void converts(String... outputs) {
            ConvertAssert.assertThatConverts(build(outputs), feeds);
        }
    }

    private static OnnxTensor floats(double[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        bytes.flip();
        return new OnnxTensor(
                OnnxType.FLOAT,
                LongStream.of(dims).boxed().toList(),
                () -> bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    static Stream<Layer> layers() {
        Stream.Builder<Layer> layers = Stream.builder();
        for (String op : List.of("LSTM", "GRU", "RNN")) {
            for (String direction : List.of("forward", "reverse", "bidirectional")) {
                for (long hidden : new long[] {1, 3}) {
                    layers.add(layer(op, direction, hidden));
                    layers.add(layer(op, direction, hidden).bias());
                    layers.add(layer(op, direction, hidden).bias().free());
                    layers.add(layer(op, direction, hidden).bias().states());
                    layers.add(layer(op, direction, hidden).states().lengths(5, 1, 3));
                    layers.add(
                            layer(op, direction, hidden).free().bias().states().lengths(3, 4, 2));
                    layers.add(layer(op, direction, hidden).computedWeights().bias());
                }
            }
        }
        return layers.build();
    }

    private static Layer layer(String op, String direction, long hidden) {
        return op.equals("GRU")
                ? new Layer(op, direction, hidden).set("linear_before_reset", 1)
                : new Layer(op, direction, hidden);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layersOfUsualFunctions(Layer layer) {
        layer.converts("y", "y_h");
    }
}
