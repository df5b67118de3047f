package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.cli.CommandLineRun.filesIn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsNotPublishedGoes() throws IOException {
        try (Workspace workspace = Workspace.in(folder)) {
            Files.writeString(workspace.file("model.onnx"), "model");
            Files.writeString(workspace.scratch("probe").resolve("probe.onnx"), "probe");
            assertThat(filesIn(folder)).hasSize(1);
        }

        assertThat(filesIn(folder)).isEmpty();
    }

    @Test
    void whatIsPublishedReplacesWhatWasThere() throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "old");
        try (Workspace workspace = Workspace.in(folder)) {
            Files.writeString(workspace.file("model.onnx"), "new");
            Files.writeString(workspace.file("model.onnx.data"), "weights");
            assertThat(workspace.size()).isEqualTo(10);
            workspace.publish(folder.resolve("model.onnx"), Set.of());
        }

        assertThat(filesIn(folder)).containsExactly("model.onnx", "model.onnx.data");
        assertThat(folder.resolve("model.onnx")).hasContent("new");
    }

    @Test
    void dataOfTheOriginalIsNeverReplaced() throws IOException {
        Path data = Files.writeString(folder.resolve("model.onnx.data"), "original");
        try (Workspace workspace = Workspace.in(folder)) {
            Files.writeString(workspace.file("model.onnx"), "new");
            Files.writeString(workspace.file("model.onnx.data"), "weights");

            assertThatThrownBy(() -> workspace.publish(folder.resolve("model.onnx"), Set.of(data)))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("holds the data of the original model");
        }

        assertThat(filesIn(folder)).containsExactly("model.onnx.data");
        assertThat(data).hasContent("original");
    }

    @Test
    void aFolderThatIsNoneIsRefused() {
        assertThatThrownBy(() -> Workspace.in(folder.resolve("missing"))).isInstanceOf(UsageException.class);
    }
}
