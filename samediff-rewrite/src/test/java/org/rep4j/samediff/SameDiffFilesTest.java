package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.graph.UnwritableModelException;
import org.rep4j.rewrite.RepPass;

class SameDiffFilesTest {
    @TempDir
    private Path folder;

    /** One number that is read as very many: an array that takes no memory. */
    private static SameDiff large() {
        SameDiff graph = SameDiff.create();
        graph.setConstantArrays(new SingleThreadArrayHolder()); // which copies nothing
        INDArray one = Nd4j.scalar(1f);
        INDArray many = Nd4j.create(one.data(), new long[] {1 << 14, 1 << 15}, new long[] {0, 0}, 0, 'c');
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 1, 1 << 14);
        graph.mmul("y", x, graph.constant("w", many));
        return graph;
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("large.fb"), "old");

        assertThatThrownBy(() -> SameDiffFiles.save(large(), file))
                .isInstanceOf(UnwritableModelException.class)
                .hasMessage(
                        "SameDiff's format cannot hold the model: its arrays have 2.15 GB, and ND4J writes no more than"
                                + " 1.07 GB; an ONNX model may be larger, it keeps weights in a file beside it");
        assertThat(file).hasContent("old");
    }

    @Test
    void noPassCopiesWhatIsTooLarge() {
        assertThatThrownBy(() -> RepPass.standard().apply(large(), "y"))
                .isInstanceOf(UnwritableModelException.class)
                .hasMessageContaining("its arrays have 2.15 GB");
    }

    @Test
    void aGigabyteFits() {
        assertThatCode(() -> new WrittenSize(WrittenSize.LIMIT).require()).doesNotThrowAnyException();
        assertThatThrownBy(() -> new WrittenSize(WrittenSize.LIMIT + 1).require())
                .isInstanceOf(UnwritableModelException.class);
    }

    @Test
    void theSizeIsThatOfTheFile() throws IOException {
        SameDiff graph = trained();
        Path file = folder.resolve("trained.fb");
        SameDiffFiles.save(graph, file);

        long scalar = 4; // of the loss
        assertThat(WrittenSize.of(graph, true).bytes()).isEqualTo(3 * 4 * 200 * 300 + scalar);
        assertThat(WrittenSize.of(graph, false).bytes()).isEqualTo(4 * 200 * 300 + scalar);
        assertThat(Files.size(file)).isBetween(3L * 4 * 200 * 300, 3L * 4 * 200 * 300 + 10_000);
    }

    @Test
    void theUpdaterIsKept() {
        SameDiff graph = trained();
        Path file = folder.resolve("trained.fb");
        SameDiffFiles.save(graph, file);

        SameDiff loaded = SameDiffFiles.load(file);

        assertThat(momenta(loaded)).isEqualTo(momenta(graph)).hasSize(2);
    }

    private static Map<String, INDArray> momenta(SameDiff graph) {
        GradientUpdater<?> updater =
                Objects.requireNonNull(graph.getUpdaterMap().get("w"));
        return updater.getState();
    }

    /** One step with Adam, which keeps two numbers for each weight. */
    private static SameDiff trained() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 200);
        SDVariable label = graph.placeHolder("label", DataType.FLOAT, -1, 300);
        SDVariable y = x.mmul("y", graph.var("w", Nd4j.ones(DataType.FLOAT, 200, 300)));
        graph.loss.meanSquaredError("loss", label, y, null);
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(0.1))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("label")
                .build());
        graph.fit(new DataSet(Nd4j.ones(DataType.FLOAT, 1, 200), Nd4j.ones(DataType.FLOAT, 1, 300)));
        return graph;
    }

    @Test
    void whatCannotBeReadOrWrittenIsToldByItsName() throws IOException {
        Path text = Files.writeString(folder.resolve("text.fb"), "no graph");
        Path missing = folder.resolve("nowhere/graph.fb");

        for (Path file : new Path[] {text, missing, Files.createFile(folder.resolve("empty.fb"))}) {
            assertThatThrownBy(() -> SameDiffFiles.load(file))
                    .isInstanceOf(UnreadableModelException.class)
                    .hasMessageStartingWith(file.toString());
        }
        assertThatThrownBy(() -> SameDiffFiles.save(trained(), missing)).isInstanceOf(UncheckedIOException.class);
    }
}
