package org.rep4j.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;

/** What becomes of the importer's process; whether its numbers are right is for the command line's tests. */
class IsolatedImporterTest {
    private static final Path FIXTURES = Path.of("../samediff-rewrite/src/test/resources/fixtures");

    @TempDir
    private Path folder;

    private Path output = Path.of("");

    @BeforeEach
    void writeAnOldOutput() throws IOException {
        output = Files.writeString(folder.resolve("model.fb"), "old");
    }

    private static IsolatedImporter importer() throws IOException {
        return IsolatedImporter.builtIn(Path.of("target"));
    }

    private static Path fixture(String name) {
        return FIXTURES.resolve(name + ".onnx");
    }

    @Test
    void writesTheGraph() throws IOException {
        importer().importModel(fixture("repvgg_block_dynamic"), output);

        SameDiff graph = SameDiff.load(output.toFile(), false);
        assertThat(graph.inputs()).containsExactly("input");
        assertThat(graph.hasVariable("output")).isTrue();
        assertThat(graph.getVariable("input").placeholderShape()).containsExactly(-1, 8, -1, -1);
        assertThat(graph.getOps()).hasSize(20);
        assertThatNothingElseIsLeft();
    }

    @Test
    void whatTheImporterThrowsIsTold() throws IOException {
        assertFails(
                importer(),
                "conv_transpose_bn",
                "throws java.lang.IllegalArgumentException: No import process defined");
    }

    @Test
    void aNativeCrashIsTold() throws IOException {
        assertFails(importer(), "efficientnet_b0", "crashed its Java virtual machine: SIGSEGV in libnd4jcpu.so");
    }

    @Test
    void aFileThatIsNoModelIsTold() throws IOException {
        Path text = Files.writeString(folder.resolve("text.onnx"), "Dear reader,\n");

        assertThatThrownBy(() -> importer().importModel(text, output))
                .isInstanceOf(ImportFailedException.class)
                .hasMessageContaining("text.onnx cannot be imported: samediff-import-onnx throws ");
        Files.delete(text);
        assertThatNothingElseIsLeft();
        assertThat(output).hasContent("old");
    }

    @Test
    void whatHangsIsEnded() throws IOException {
        assertFails(importer().withTimeout(Duration.ofSeconds(1)), "resnet18", "did not end within 1 s");
    }

    @Test
    void aProcessThatIsKilledIsTold() throws IOException {
        IsolatedImporter importer = importer();
        CompletableFuture<Void> importing =
                CompletableFuture.runAsync(() -> importer.importModel(fixture("resnet18"), output));

        ProcessHandle child = Stream.generate(IsolatedImporterTest::children)
                .flatMap(List::stream)
                .filter(p -> p.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow();
        child.destroyForcibly();

        assertThatThrownBy(importing::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(ImportFailedException.class)
                .hasMessageContaining("resnet18.onnx")
                .hasMessageContaining("ended with status 137 and without an answer");
        assertThatNothingElseIsLeft();
    }

    @Test
    void anInterruptEndsTheProcess() throws IOException {
        Thread.currentThread().interrupt();

        assertFails(importer(), "resnet18", "was interrupted");

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aClassPathWithoutTheImporterIsTold() throws IOException {
        assertFails(IsolatedImporter.of(folder.toString()), "conv_bn", "ended with status 1 and without an answer");
    }

    @Test
    void aFolderThatDoesNotExistIsTold() {
        assertThatThrownBy(() -> importer().importModel(fixture("conv_bn"), folder.resolve("none/model.fb")))
                .isInstanceOf(ImportFailedException.class)
                .hasMessageContaining("none");
    }

    private void assertFails(IsolatedImporter importer, String fixture, String message) {
        assertThatThrownBy(() -> importer.importModel(fixture(fixture), output))
                .isInstanceOf(ImportFailedException.class)
                .hasMessageStartingWith(fixture(fixture) + " cannot be imported: samediff-import-onnx " + message)
                .message()
                .hasLineCount(1);
        assertThat(output).hasContent("old");
        assertThatNothingElseIsLeft();
    }

    private void assertThatNothingElseIsLeft() {
        assertThat(children()).isEmpty();
        assertThat(folder).isDirectoryContaining(output::equals).isDirectoryNotContaining(f -> !f.equals(output));
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().toList();
    }
}
