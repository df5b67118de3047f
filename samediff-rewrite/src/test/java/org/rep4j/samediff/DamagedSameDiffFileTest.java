package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.graph.FlatArray;
import org.nd4j.graph.FlatGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.UnreadableModelException;

/** ND4J believes the sizes that a file declares; what it would do with wrong ones is not tried here, but in another process. */
class DamagedSameDiffFileTest {
    private static final int COPIES = 400;
    private static final int CHANNELS = 4;
    private static final String KERNEL = "p0"; // the first parameter

    @TempDir
    private Path folder;

    private Path whole = Path.of("");

    @BeforeEach
    void writeAFile() {
        Net net = new Net(7, DataType.FLOAT).frozen();
        SDVariable x = net.input("x", 1, CHANNELS, 5, 5);
        SDVariable dense = net.convBn("dense", x, CHANNELS, CHANNELS, 3, 1);
        net.sd.nn.relu("y", dense.add("sum", net.convBn("pointwise", x, CHANNELS, CHANNELS, 1, 1)), 0);
        whole = folder.resolve("whole.fb");
        SameDiffFiles.save(net.sd, whole);
    }

    @Test
    void noDamageEndsTheProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DamagedFiles.class.getName(),
                        whole.toString(),
                        folder.toString(),
                        Integer.toString(COPIES))
                .redirectErrorStream(true)
                .start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).containsPattern("refused [23]\\d\\d of " + COPIES);
    }

    /** The shape information of a 3×3 kernel: rank, four sizes, four strides, flags, stride between elements, order. */
    @ParameterizedTest
    @CsvSource({
        "0, 5",
        "0, -1",
        "0, 4294967300",
        "1, 4",
        "2, -3",
        "1, 2147483647",
        "1, 0",
        "5, 49",
        "5, -48",
        "6, 2147483648",
    })
    void aShapeThatDoesNotFitItsContentIsRefused(int field, long value) throws IOException {
        Path damaged = edited(array -> array.shapeAsByteBuffer()
                .slice()
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(field * Long.BYTES, value));

        assertThatThrownBy(() -> SameDiffFiles.load(damaged))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessage(damaged
                        + " is not a SameDiff file, or a damaged one: an array of " + KERNEL
                        + " has not the size that its shape tells");
    }

    @Test
    void aContentThatIsLongerThanTheFileIsRefused() throws IOException {
        Path damaged = edited(array -> {
            ByteBuffer content = array.bufferAsByteBuffer();
            content.order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(content.position() - Integer.BYTES, 1 << 30);
        });

        assertThatThrownBy(() -> SameDiffFiles.load(damaged))
                .isInstanceOf(UnreadableModelException.class)
                .hasMessageContaining("it declares more than its " + Files.size(whole) + " bytes can hold");
    }

    /** Lets {@code edit} loose on the array of the 3×3 kernel. */
    private Path edited(Consumer<FlatArray> edit) throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        FlatGraph graph = FlatGraph.getRootAsFlatGraph(ByteBuffer.wrap(bytes));
        for (int i = 0; i < graph.variablesLength(); i++) {
            if (graph.variables(i).name().equals(KERNEL)) {
                edit.accept(graph.variables(i).ndarray());
            }
        }
        assertThat(bytes).isNotEqualTo(Files.readAllBytes(whole));
        return Files.write(folder.resolve("damaged.fb"), bytes);
    }

    @Test
    void arraysOfAllKindsAreRead() {
        SameDiff graph = SameDiff.create();
        graph.constant("text", Nd4j.create("one", "", "three"));
        graph.constant("scalar", Nd4j.scalar(7.5));
        graph.constant("empty", Nd4j.empty(DataType.FLOAT));
        graph.constant("none", Nd4j.create(DataType.FLOAT, 0, 3));
        graph.constant("permuted", Nd4j.rand(DataType.DOUBLE, 2, 3, 4).permute(2, 0, 1));
        graph.constant("columns", Nd4j.rand(DataType.FLOAT, 5, 6).dup('f'));
        graph.constant("row", Nd4j.rand(DataType.FLOAT, 1, 6));
        for (DataType type :
                new DataType[] {DataType.BOOL, DataType.BYTE, DataType.UBYTE, DataType.HALF, DataType.LONG}) {
            graph.constant("of_" + type, Nd4j.ones(type, 2, 2));
        }
        Path file = folder.resolve("all.fb");
        SameDiffFiles.save(graph, file);

        SameDiff read = SameDiffFiles.load(file);

        assertThat(read.variableMap().keySet()).isEqualTo(graph.variableMap().keySet());
        assertThat(read.getVariable("text").getArr().getString(2)).isEqualTo("three");
        for (String name : new String[] {"scalar", "permuted", "columns", "row", "of_HALF"}) {
            assertThat(read.getVariable(name).getArr())
                    .isEqualTo(graph.getVariable(name).getArr());
        }
    }
}
