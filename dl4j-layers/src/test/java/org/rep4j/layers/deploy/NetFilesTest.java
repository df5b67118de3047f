package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.distribution.TruncatedNormalDistribution;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.TestNets;

class NetFilesTest {
    private static final long[] IMAGE = {3, 9, 8};

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private MultiLayerNetwork net = net(DataType.FLOAT);

    @BeforeEach
    void writeANet() throws IOException {
        net = net(DataType.FLOAT);
        file = folder.resolve("net.zip");
        ModelSerializer.writeModel(net, file.toFile(), true);
    }

    private static MultiLayerNetwork net(DataType type) {
        return TestNets.net(
                new NeuralNetConfiguration.Builder().updater(new Adam()),
                type,
                CNN2DFormat.NCHW,
                IMAGE,
                new RepVggBlock.Builder().nOut(4).build());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void layersInARowAreReadAsAGraph(DataType type) throws IOException {
        MultiLayerNetwork original = net(type);
        ModelSerializer.writeModel(original, file.toFile(), true);

        ComputationGraph read = NetFiles.load(file);

        INDArray images = TestNets.images(type, CNN2DFormat.NCHW, 3, IMAGE);
        assertThat(read.outputSingle(images)).isEqualTo(original.output(images));
        assertThat(read.getConfiguration().getNetworkInputs()).containsExactly("in");
        assertThat(read.getConfiguration().getNetworkOutputs()).containsExactly("1");
        assertThat(read.params()).isEqualTo(original.params());
    }

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.deploy.LayerCases#all")
    void layersOfAllKindsComeBack(LayerCases.Layers layers) {
        ComputationGraph graph = TestNets.net(
                        DataType.FLOAT,
                        CNN2DFormat.NHWC,
                        new long[] {4, 9, 8},
                        layers.apply(CNN2DFormat.NHWC).toArray(Layer[]::new))
                .toComputationGraph();
        NetFiles.save(graph, file);

        assertThat(NetFiles.load(file).getConfiguration()).isEqualTo(graph.getConfiguration());
    }

    @ParameterizedTest
    @MethodSource("org.rep4j.layers.TestBlocks#all")
    void blocksOfAllKindsComeBack(RepBlock.Builder<?> block) {
        ComputationGraph graph = TestNets.net(
                        DataType.DOUBLE, CNN2DFormat.NCHW, new long[] {4, 9, 8}, (Layer) block.build())
                .toComputationGraph();
        NetFiles.save(graph, file);

        assertThat(NetFiles.load(file).params()).isEqualTo(graph.params());
    }

    /** Classes that a configuration may name beside those of its layers. */
    @Test
    void settingsOfTrainingComeBack() throws IOException {
        MultiLayerNetwork settings = TestNets.net(
                new NeuralNetConfiguration.Builder()
                        .updater(new Nesterovs(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 3), 0.9))
                        .biasUpdater(new Adam())
                        .dist(new TruncatedNormalDistribution(0, 0.1))
                        .constrainWeights(new MaxNormConstraint(2, 1))
                        .dropOut(new GaussianDropout(0.1))
                        .weightNoise(new DropConnect(0.9))
                        .l1(1e-3)
                        .weightDecay(1e-4),
                DataType.FLOAT,
                CNN2DFormat.NCHW,
                IMAGE,
                new ConvolutionLayer.Builder(3, 3).nOut(4).build());
        ModelSerializer.writeModel(settings, file.toFile(), true);

        assertThat(NetFiles.load(file).params()).isEqualTo(settings.params());
    }

    @Test
    void graphsComeBackAsTheyWere() {
        ComputationGraph graph = net.toComputationGraph();

        NetFiles.save(graph, file);
        ComputationGraph read = NetFiles.load(file);

        assertThat(read.params()).isEqualTo(graph.params());
        assertThat(read.getConfiguration()).isEqualTo(graph.getConfiguration());
        assertThat(folder.toFile().list()).containsExactly("net.zip");
    }

    /** Whatever the platform's own encoding is; and Deeplearning4j reads it, too. */
    @Test
    void namesMayHaveAnyLetters() throws IOException {
        ComputationGraph named = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("größe")
                .addLayer("出力", new DenseLayer.Builder().nIn(2).nOut(3).build(), "größe")
                .setOutputs("出力")
                .validateOutputLayerConfig(false)
                .build());
        named.init();
        NetFiles.save(named, file);

        assertThat(NetZip.read(file).configuration()).contains("\"größe\"", "\"出力\"");
        assertThat(NetFiles.load(file).getConfiguration()).isEqualTo(named.getConfiguration());
        assertThat(ModelSerializer.restoreComputationGraph(file.toFile()).params())
                .isEqualTo(named.params());
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "files have no POSIX permissions")
    void filesMayBeReadByOthers() throws IOException {
        Path other = Files.createFile(folder.resolve("other"));

        NetFiles.save(net.toComputationGraph(), file);

        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
    }

    @Test
    void netsWithoutParametersAreRead() {
        ComputationGraph pool = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .addLayer("pool", new SubsamplingLayer.Builder().build(), "image")
                .setOutputs("pool")
                .validateOutputLayerConfig(false)
                .setInputTypes(InputType.convolutional(4, 4, 2))
                .build());
        pool.init();
        NetFiles.save(pool, file);

        INDArray images = Nd4j.randn(DataType.FLOAT, 1, 2, 4, 4);
        assertThat(NetFiles.load(file).outputSingle(images)).isEqualTo(pool.outputSingle(images));
    }

    @Test
    void aFileThatCannotBeWrittenStaysAsItWas() throws IOException {
        Path nowhere = folder.resolve("nowhere/net.zip");

        assertThatThrownBy(() -> NetFiles.save(net.toComputationGraph(), nowhere))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(nowhere).doesNotExist();
    }

    /** ModelSerializer reads these as objects of Java. */
    @Test
    void updatersAndNormalizersAreNotRead() throws IOException {
        byte[] bomb = "no object".getBytes(StandardCharsets.UTF_8);
        NetZip zip = NetZip.read(file)
                .with(ModelSerializer.UPDATER_BIN, bomb)
                .with(ModelSerializer.NORMALIZER_BIN, bomb)
                .with(ModelSerializer.PREPROCESSOR_BIN, bomb);

        assertThat(NetFiles.load(zip.write(file)).params()).isEqualTo(net.params());
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> NetFiles.load(file))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @Test
    void whatIsNoZipFile() throws IOException {
        Files.writeString(file, "Dear reader,\n");
        assertRefused("is not a zip file, or a damaged one");
        Files.write(file, new byte[0]);
        assertRefused("is not a zip file, or a damaged one");
        Files.delete(file);
        assertRefused("no such file");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9, 0.999})
    void truncated(double kept) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, (int) (whole.length * kept)));
        assertRefused("is not a zip file, or a damaged one");
    }

    @Test
    void zipFilesOfOtherThings() throws IOException {
        NetZip zip = NetZip.read(file);
        zip.without(NetArchive.CONFIGURATION).write(file);
        assertRefused("is not a Deeplearning4j net: it has no configuration.json");
        zip.without(NetArchive.PARAMETERS).write(file);
        assertRefused("is not a Deeplearning4j net: it has no coefficients.bin");
        zip.withConfiguration("{\"name\": \"no net\"}").write(file);
        assertRefused("the configuration has neither vertices nor layers");
        zip.withConfiguration("no net").write(file);
        assertRefused("the configuration is no JSON");
    }

    @Test
    void aBitThatFell() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(ModelSerializer.UPDATER_BIN);
        bytes[end - 200] ^= 4; // among the parameters
        Files.write(file, bytes);
        assertRefused("a damaged one");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 100, MIXED_DATA_TYPES, FLOAT, 400, 'it has 100 numbers, where the configuration asks for 1%s'",
        "1, 0, MIXED_DATA_TYPES, FLOAT, 0, 'it has 0 numbers, where the configuration asks for 1%s'",
        "1, 9000000000000000000, MIXED_DATA_TYPES, FLOAT, 4, where the configuration asks for",
        "1, -1, MIXED_DATA_TYPES, FLOAT, 4, where the configuration asks for",
        "2, n, MIXED_DATA_TYPES, FLOAT, n, its shape is not that of its numbers",
        "1, n, MIXED_DATA_TYPES, DOUBLE, n, 'bytes, which are not those of its numbers'",
        "1, n, MIXED_DATA_TYPES, FLOAT, 400, 'bytes, which are not those of its numbers'",
        "1, n, MIXED_DATA_TYPES, HALF, n, its numbers are HALF",
        "1, n, MIXED_DATA_TYPES, UTF8, n, its numbers are UTF8",
        "1, n, JAVACPP, FLOAT, n, it is none of Deeplearning4j 1.0.0",
        "1, n, '', FLOAT, n, it is none of Deeplearning4j 1.0.0"
    })
    void headersOfParameters(long rows, String length, String mode, String type, String bytes, String message)
            throws IOException {
        long count = net.numParams();
        long numbers = length.equals("n") ? count : Long.parseLong(length);
        int size = (int) (bytes.equals("n") ? 4 * count : Long.parseLong(bytes));
        long[] shape = {2, rows, numbers, 1, 1, 0, 1, 99};
        NetZip.read(file)
                .with(NetArchive.PARAMETERS, NetZip.parameters(shape, mode, numbers, type, size))
                .write(file);
        assertRefused(message.replace("1%s", String.format(Locale.ROOT, "%,d", count)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 3, 33, Integer.MAX_VALUE, Long.MAX_VALUE})
    void shapesOfParameters(long rank) throws IOException {
        long count = net.numParams();
        long[] shape = {rank, 1, count, 1, 1, 0, 1, 99};
        NetZip.read(file)
                .with(NetArchive.PARAMETERS, NetZip.parameters(shape, "MIXED_DATA_TYPES", count, "FLOAT", (int)
                        (4 * count)))
                .write(file);
        assertRefused("its shape is not that of its numbers");
    }

    /** Sizes and places in the directory at the end of the file. */
    @ParameterizedTest
    @CsvSource({
        "compressed size, 20, 0",
        "compressed size, 20, 1",
        "compressed size, 20, 2147483647",
        "compressed size, 20, -1",
        "size, 24, 0",
        "size, 24, 100",
        "size, 24, 16000000",
        "size, 24, 2147483647",
        "size, 24, -1",
        "place of the other entry, 42, 0",
        "place, 42, 10",
        "place, 42, 2147483647",
        "place, 42, -1",
        "checksum, 16, 0"
    })
    void whatTheDirectoryDeclares(String field, int offset, int value) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int header = text.lastIndexOf(NetArchive.PARAMETERS) - 46; // where the directory has its name
        assertThat(text).as(field).matches(t -> t.startsWith("PK\u0001\u0002", header));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(header + offset, value);
        Files.write(file, bytes);

        assertRefused("a damaged one");
    }

    @Test
    void entriesOfOneName() throws IOException {
        byte[] bytes = NetZip.read(file).with("coefficients.bim", new byte[100]).bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("coefficients.bim", NetArchive.PARAMETERS);
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));

        assertRefused("there is more than one coefficients.bin");
    }

    @Test
    void whatIsPackedTooTightly() throws IOException {
        NetZip.read(file).with(NetArchive.PARAMETERS, new byte[20 << 20]).write(file);
        assertRefused("coefficients.bin has 20971520 bytes packed into");
        NetZip.read(file).withConfiguration("{" + " ".repeat(17 << 20) + "}").write(file);
        assertRefused("configuration.json has 17825794 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "org.rep4j.layers.RepVggBlock, java.util.ArrayList, it asks for the class java.util.ArrayList",
        "org.rep4j.layers.RepVggBlock, com.sun.rowset.JdbcRowSetImpl, it asks for the class com.sun.rowset.JdbcRowSetImpl",
        "org.rep4j.layers.RepVggBlock, org.rep4j.layers.NoBlock, 'class org.rep4j.layers.NoBlock, which is not there'",
        "org.rep4j.layers.RepVggBlock, org.nd4j.linalg.activations.impl.ActivationReLU, ActivationReLU",
        "org.rep4j.layers.RepVggBlock, org.rep4j.layers.RepBlock, RepBlock"
    })
    void classesThatDoNotBelongThere(String layer, String other, String message) throws IOException {
        NetZip zip = NetZip.read(file);
        zip.withConfiguration(zip.configuration().replace('"' + layer + '"', '"' + other + '"'))
                .write(file);
        assertRefused(message);
    }

    @Test
    void fieldsOfOtherTypesAreNamed() throws IOException {
        NetZip zip = NetZip.read(file);
        zip.withConfiguration(
                        zip.configuration().replaceAll("\"kernelSize\" : \\[[^]]*]", "\"kernelSize\" : \"three\""))
                .write(file);
        assertRefused("RepVggBlock.kernelSize: ");
    }

    /** Native code divides by them: some of these end the process when the net is run. */
    @ParameterizedTest
    @CsvSource({
        "stride, 0, 1 to 65536",
        "stride, -1, 1 to 65536",
        "stride, 2147483647, 1 to 65536",
        "dilation, 0, 1 to 65536",
        "dilation, 2147483647, 1 to 65536",
        "padding, -1, 0 to 65536",
        "padding, 2147483647, 0 to 65536"
    })
    void windowsThatNoImageHas(String field, String size, String allowed) throws IOException {
        MultiLayerNetwork pools = TestNets.net(
                DataType.FLOAT,
                CNN2DFormat.NCHW,
                IMAGE,
                new ConvolutionLayer.Builder(3, 3).nOut(2).build());
        ModelSerializer.writeModel(pools, file.toFile(), false);
        NetZip zip = NetZip.read(file);
        String window = String.format("\"%s\" : [ 1, %s ]", field, size);
        zip.withConfiguration(zip.configuration().replaceAll("\"" + field + "\" : \\[[^]]*]", window))
                .write(file);
        assertRefused(String.format("ConvolutionLayer.%s is %s, but must be %s", field, size, allowed));
    }

    @Test
    void arraysWhoseShapeIsAnother() throws IOException {
        INDArray weights = Nd4j.createFromArray(1.0, 2.0, 0.5);
        MultiLayerNetwork weighted = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new OutputLayer.Builder(new LossMCXENT(weights))
                        .nIn(4)
                        .nOut(3)
                        .build())
                .build());
        weighted.init();
        ModelSerializer.writeModel(weighted, file.toFile(), false);
        NetZip zip = NetZip.read(file);
        assertThat(NetFiles.load(file).params()).isEqualTo(weighted.params());

        String shape = "\"shape\" : [ 3 ]";
        assertThat(zip.configuration()).contains(shape);
        zip.withConfiguration(zip.configuration().replace(shape, "\"shape\" : [ 3000000 ]"))
                .write(file);
        assertRefused("the configuration has an array of 3 numbers whose shape is one of 3000000");
    }

    @Test
    void configurationsThatAreNestedDeeply() throws IOException {
        NetZip.read(file)
                .withConfiguration("{\"confs\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                .write(file);
        assertRefused("nested more than 100 levels deep");
    }

    @Test
    void moreParametersThanThereAre() throws IOException {
        NetZip zip = NetZip.read(file);
        zip.withConfiguration(zip.configuration().replaceAll("\"nOut\" : 4", "\"nOut\" : 400000000"))
                .write(file);
        assertRefused("where the configuration asks for");
    }
}
