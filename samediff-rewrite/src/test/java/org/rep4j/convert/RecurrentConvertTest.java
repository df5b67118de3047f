package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.GRUCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMBlock;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMBlockCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.GRUWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMWeights;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
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
        private boolean batchFirst;

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

        Layer parameters(double[] alphas, double... betas) {
            node.numbers("activation_alpha", alphas);
            node.numbers("activation_beta", betas);
            return this;
        }

        OnnxModel build(String... outputs) {
            input(0, "x", batchFirst ? BATCH : STEPS, batchFirst ? STEPS : BATCH, INPUT);
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

    static Stream<Layer> unusualLayers() {
        return Stream.of(
                new Layer("GRU", "bidirectional", 3).bias(),
                new Layer("GRU", "forward", 1).bias().states().lengths(2, 5, 1),
                new Layer("GRU", "reverse", 3)
                        .bias()
                        .set("linear_before_reset", 1)
                        .set("clip", 0.3),
                new Layer("GRU", "forward", 3).computedWeights().bias(),
                new Layer("GRU", "bidirectional", 2)
                        .activations("HardSigmoid", "Softsign", "Sigmoid", "Relu")
                        .parameters(new double[] {0.3}, 0.4)
                        .bias(),
                new Layer("RNN", "forward", 3).activations("Relu").bias(),
                new Layer("RNN", "bidirectional", 2)
                        .activations("Affine", "Affine")
                        .parameters(new double[] {0.2, 0.5}, 0.1, 0.3)
                        .bias(),
                new Layer("RNN", "reverse", 2)
                        .activations("Elu")
                        .parameters(new double[] {0.7}, 0)
                        .set("clip", 0.4),
                new Layer("LSTM", "forward", 3).peepholes().set("clip", 0.2),
                new Layer("LSTM", "bidirectional", 2).bias().set("input_forget", 1),
                new Layer("LSTM", "reverse", 2)
                        .activations("HardSigmoid", "Softplus", "Relu")
                        .states()
                        .lengths(4, 1, 5));
    }

    @ParameterizedTest
    @MethodSource("unusualLayers")
    void layersThatAreUnrolled(Layer layer) {
        layer.converts("y", "y_h");
    }

    @ParameterizedTest
    @CsvSource({"1, 2, 1", "1, 1, 1", "4, 1, 3"})
    void lengthsOfFewStepsOrSequences(long steps, int batch, long length) {
        OnnxModelBuilder model = new OnnxModelBuilder("layer", 17);
        model.input("x", OnnxType.FLOAT, Shape.of(steps, batch, 2));
        model.input("w", OnnxType.FLOAT, Shape.of(1, 8, 2));
        model.input("r", OnnxType.FLOAT, Shape.of(1, 8, 2));
        model.input("lengths", OnnxType.INT32, Shape.of(batch));
        model.node(OnnxNode.of("LSTM")
                .reads("x", "w", "r", "", "lengths")
                .integer("hidden_size", 2)
                .writes("y", "y_h")
                .build());
        model.output("y", OnnxType.FLOAT, Shape.unknown());
        model.output("y_h", OnnxType.FLOAT, Shape.unknown());
        OnnxModel built = model.build();
        Map<String, Tensor> feeds = new LinkedHashMap<>(ConvertAssert.randomFeeds(built));
        long[] lengths = new long[batch];
        Arrays.fill(lengths, length);
        feeds.put("lengths", Tensor.ofIntegers(TensorType.INT32, Shape.of(batch), lengths));
        ConvertAssert.assertThatConverts(built, feeds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "bidirectional"})
    void peepholes(String direction) {
        new Layer("LSTM", direction, 1).peepholes().converts("y", "y_h");
        new Layer("LSTM", direction, 3).bias().peepholes().states().converts("y", "y_h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LSTM", "GRU", "RNN"})
    void onlyTheLastStateIsWanted(String op) {
        layer(op, "bidirectional", 3).bias().converts("", "y_h");
    }

    static Stream<Layer> layersWhoseCellsAreRead() {
        Stream.Builder<Layer> layers = Stream.builder();
        for (String direction : List.of("forward", "reverse", "bidirectional")) {
            for (long hidden : new long[] {1, 3}) {
                layers.add(new Layer("LSTM", direction, hidden).bias().states());
                layers.add(
                        new Layer("LSTM", direction, hidden).bias().peepholes().free());
                layers.add(new Layer("LSTM", direction, hidden).states().lengths(5, 3, 4));
                layers.add(new Layer("LSTM", direction, hidden).free().bias().lengths(2, 3, 1));
                layers.add(
                        new Layer("LSTM", direction, hidden).computedWeights().bias());
            }
        }
        return layers.build();
    }

    @ParameterizedTest
    @MethodSource("layersWhoseCellsAreRead")
    void lastCells(Layer layer) {
        layer.converts("y", "y_h", "y_c");
    }

    /** ONNX Runtime knows no batches that come first: they are transposed by hand. */
    @ParameterizedTest
    @ValueSource(strings = {"LSTM", "GRU", "RNN"})
    void batchesThatComeFirst(String op) {
        Layer stepsFirst = layer(op, "bidirectional", 3).bias();
        Map<String, Tensor> expected = ConvertAssert.runtime(stepsFirst.build("y", "y_h"), stepsFirst.feeds);
        Layer batchFirst = layer(op, "bidirectional", 3).bias().set("layout", 1);
        batchFirst.batchFirst = true;
        SameDiff graph = OnnxToSameDiff.convert(batchFirst.build("y", "y_h"));
        INDArray x = array(Objects.requireNonNull(stepsFirst.feeds.get("x"))).permute(1, 0, 2);
        Map<String, INDArray> results = graph.output(Map.of("x", x), "y", "y_h");
        assertThat(Objects.requireNonNull(results.get("y"))
                        .permute(1, 2, 0, 3)
                        .equalsWithEps(array(Objects.requireNonNull(expected.get("y"))), 1e-5))
                .isTrue();
        assertThat(Objects.requireNonNull(results.get("y_h"))
                        .permute(1, 0, 2)
                        .equalsWithEps(array(Objects.requireNonNull(expected.get("y_h"))), 1e-5))
                .isTrue();
    }

    @Test
    void longSequencesAreNotUnrolled() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(
                        new Layer("GRU", "forward", 3).free().build("y")))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("its sequences are not known to have 128 steps at most");
    }

    @ParameterizedTest
    @CsvSource({"hidden_size, 5", "hidden_size, 0"})
    void contradictionsAreTold(String attribute, long value) {
        OnnxModelBuilder model = new OnnxModelBuilder("layer", 14);
        model.input("x", OnnxType.FLOAT, Shape.of(5, 3, 4));
        model.input("w", OnnxType.FLOAT, Shape.of(1, 8, 4));
        model.input("r", OnnxType.FLOAT, Shape.of(1, 8, 2));
        model.node(OnnxNode.of("LSTM")
                .name("op")
                .reads("x", "w", "r")
                .writes("y")
                .integer(attribute, value)
                .build());
        model.output("y", OnnxType.FLOAT, Shape.unknown());
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model.build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (LSTM)");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 6})
    void sequencesThatAreLongerThanTheInputAreTold(long length) {
        OnnxModel model = OpModel.of("GRU", 17)
                .feed(5, 1, 4)
                .weights(1, 6, 4)
                .weights(1, 6, 2)
                .without()
                .vector(length)
                .build();
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (GRU)");
    }

    @ParameterizedTest
    @CsvSource({"3, 4, 1, 7, 3", "3, 5, 1, 8, 2", "3, 4, 2, 8, 2", "3, 4, 1, 8, 3"})
    void weightsThatDoNotFitAreTold(long batch, long input, long directions, long rows, long columns) {
        OnnxModelBuilder model = new OnnxModelBuilder("layer", 14);
        model.input("x", OnnxType.FLOAT, Shape.of(5, batch, 4));
        model.input("w", OnnxType.FLOAT, Shape.of(directions, 8, input));
        model.input("r", OnnxType.FLOAT, Shape.of(1, rows, columns));
        model.node(
                OnnxNode.of("LSTM").name("op").reads("x", "w", "r").writes("y").build());
        model.output("y", OnnxType.FLOAT, Shape.unknown());
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model.build()))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("op (LSTM)");
    }

    private static INDArray array(Tensor tensor) {
        return Nd4j.createFromArray(tensor.reals())
                .castTo(DataType.FLOAT)
                .reshape(Objects.requireNonNull(tensor.shape().dims()).stream()
                        .mapToLong(d -> d)
                        .toArray());
    }

    private static SDVariable constant(SameDiff graph, String name, long... dims) {
        return graph.constant(name, array(ConvertAssert.random(name, TensorType.FLOAT32, dims)));
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 1"})
    void lstmBlocksOfSameDiff(boolean peeps, double forgetBias) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, STEPS, -1, INPUT);
        LSTMWeights weights = weights(graph);
        LSTMConfiguration configuration = LSTMConfiguration.builder()
                .peepHole(peeps)
                .forgetBias(forgetBias)
                .build();
        SDVariable any = graph.constant(Nd4j.scalar(1L));
        SDVariable[] block = new LSTMBlock(
                        graph, x, any, constant(graph, "c0", 3, 2), constant(graph, "h0", 3, 2), weights, configuration)
                .outputVariables();
        block[6].rename("y");
        ConvertAssert.assertThatExports(graph, "y");
    }

    /** Each of its results, alone and with the others. */
    static Stream<Arguments> lstmLayersOfSameDiff() {
        Stream.Builder<Arguments> layers = Stream.builder();
        for (LSTMDirectionMode direction : LSTMDirectionMode.values()) {
            for (LSTMDataFormat format : LSTMDataFormat.values()) {
                if ((format == LSTMDataFormat.T2NS) == (direction == LSTMDirectionMode.BIDIR_EXTRA_DIM)) {
                    for (int batch : new int[] {1, 3}) {
                        // The sequence alone SameDiff makes in these layouts only
                        boolean alone = format == LSTMDataFormat.NST || format == LSTMDataFormat.T2NS;
                        for (int results : new int[] {alone ? 1 : 3, 2, 4, 7}) {
                            layers.add(Arguments.of(direction, format, batch, results));
                        }
                    }
                }
            }
        }
        return layers.build();
    }

    @ParameterizedTest
    @MethodSource
    void lstmLayersOfSameDiff(LSTMDirectionMode direction, LSTMDataFormat format, int batch, int results) {
        SameDiff graph = SameDiff.create();
        boolean both = direction.ordinal() >= LSTMDirectionMode.BIDIR_SUM.ordinal();
        long[] dims = switch (format) {
            case NTS -> new long[] {batch, STEPS, INPUT};
            case NST -> new long[] {batch, INPUT, STEPS};
            default -> new long[] {STEPS, batch, INPUT};
        };
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, dims);
        boolean all = results == 7;
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(constant(graph, "w", both ? new long[] {2, INPUT, 8} : new long[] {INPUT, 8}))
                .rWeights(constant(graph, "r", both ? new long[] {2, 2, 8} : new long[] {2, 8}))
                .bias(all ? constant(graph, "b", both ? new long[] {2, 8} : new long[] {8}) : null)
                .peepholeWeights(results == 4 ? constant(graph, "p", both ? new long[] {2, 6} : new long[] {6}) : null)
                .build();
        LSTMLayerConfig configuration = LSTMLayerConfig.builder()
                .lstmdataformat(format)
                .directionMode(direction)
                .retFullSequence((results & 1) != 0)
                .retLastH((results & 2) != 0)
                .retLastC((results & 4) != 0)
                .build();
        long[] state = both ? new long[] {2, batch, 2} : new long[] {batch, 2};
        boolean starts = results != 1 && results != 3;
        SDVariable[] outputs = graph.rnn()
                .lstmLayer(
                        x,
                        starts ? constant(graph, "c0", state) : null,
                        starts ? constant(graph, "h0", state) : null,
                        null,
                        weights,
                        configuration);
        ConvertAssert.assertThatExports(
                graph, Stream.of(outputs).map(SDVariable::name).toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(
            value = LSTMDirectionMode.class,
            names = {"FWD", "BIDIR_CONCAT"})
    void lstmLayersOfSequencesOfDifferentLengths(LSTMDirectionMode direction) {
        assertThatLayerExports(direction, 5, 2, 3);
    }

    private static void assertThatLayerExports(LSTMDirectionMode direction, int... lengths) {
        SameDiff graph = SameDiff.create();
        boolean both = direction == LSTMDirectionMode.BIDIR_CONCAT;
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, STEPS, 3, INPUT);
        // Computed weights: they are not stored in another form.
        SDVariable w = constant(graph, "w", both ? new long[] {2, INPUT, 8} : new long[] {INPUT, 8});
        SDVariable factor = graph.placeHolder("factor", DataType.FLOAT, 1);
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(w.mul(factor))
                .rWeights(constant(graph, "r", both ? new long[] {2, 2, 8} : new long[] {2, 8}))
                .build();
        LSTMLayerConfig configuration = LSTMLayerConfig.builder()
                .lstmdataformat(LSTMDataFormat.TNS)
                .directionMode(direction)
                .retLastH(true)
                .retLastC(true)
                .build();
        SDVariable known = graph.constant(Nd4j.createFromArray(lengths));
        SDVariable[] outputs = graph.rnn().lstmLayer(x, null, null, known, weights, configuration);
        ConvertAssert.assertThatExports(
                graph, Stream.of(outputs).map(SDVariable::name).toArray(String[]::new));
    }

    @Test
    void lstmLayersThatReadSequencesOfDifferentLengthsBackwards() {
        assertThatThrownBy(() -> assertThatLayerExports(LSTMDirectionMode.BWD, 5, 2, 3))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("does not start at their ends");
    }

    @ParameterizedTest
    @CsvSource({"TANH, 0.5, it clips its cell", "RELU, 0, its functions are not sigmoid and tanh"})
    void lstmLayersThatOnnxDoesNotHave(LSTMActivations cell, double clip, String reason) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, STEPS, 3, INPUT);
        LSTMLayerWeights weights = LSTMLayerWeights.builder()
                .weights(constant(graph, "w", INPUT, 8))
                .rWeights(constant(graph, "r", 2, 8))
                .build();
        LSTMLayerConfig configuration = LSTMLayerConfig.builder()
                .lstmdataformat(LSTMDataFormat.TNS)
                .directionMode(LSTMDirectionMode.FWD)
                .cellAct(cell)
                .cellClip(clip)
                .build();
        SDVariable[] outputs = graph.rnn().lstmLayer(x, null, null, null, weights, configuration);
        assertThatThrownBy(() -> SameDiffToOnnx.convert(graph, List.of(outputs[0].name())))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining(reason);
    }

    private static LSTMWeights weights(SameDiff graph) {
        return LSTMWeights.builder()
                .weights(constant(graph, "w", INPUT + 2, 8))
                .inputPeepholeWeights(constant(graph, "pi", 2))
                .forgetPeepholeWeights(constant(graph, "pf", 2))
                .outputPeepholeWeights(constant(graph, "po", 2))
                .bias(constant(graph, "b", 8))
                .build();
    }

    @Test
    void lstmCellsOfSameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 3, INPUT);
        SDVariable[] cell = new LSTMBlockCell(
                        graph,
                        x,
                        constant(graph, "c0", 3, 2),
                        constant(graph, "h0", 3, 2),
                        weights(graph),
                        LSTMConfiguration.builder().forgetBias(1).build())
                .outputVariables();
        cell[6].rename("y");
        cell[1].rename("c");
        OnnxModel model = SameDiffToOnnx.convert(graph, List.of("y", "c"));
        Map<String, Tensor> feeds = ConvertAssert.randomFeeds(model);
        ConvertAssert.assertSame(
                "in ONNX Runtime",
                ConvertAssert.runtime(model, feeds),
                ConvertAssert.sameDiff(graph, List.of("y", "c"), feeds));
    }

    @Test
    void gruCellsOfSameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 3, INPUT);
        GRUWeights weights = GRUWeights.builder()
                .ruWeight(constant(graph, "ru", INPUT + 2, 4))
                .cWeight(constant(graph, "c", INPUT + 2, 2))
                .ruBias(constant(graph, "rub", 4))
                .cBias(constant(graph, "cb", 2))
                .build();
        SDVariable[] cell = new GRUCell(graph, x, constant(graph, "h0", 3, 2), weights).outputVariables();
        cell[3].rename("y");
        ConvertAssert.assertThatExports(graph, "y");
    }
}
