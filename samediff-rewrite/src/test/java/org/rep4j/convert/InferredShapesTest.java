package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxGraph;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.testing.TypedTensor;

/** What is known of a value's sizes before the run is what ONNX's backend tests expect after it. */
class InferredShapesTest {
    @TempDir
    private Path folder;

    static Stream<BackendCase> cases() {
        boolean available = Files.isDirectory(BackendCase.DATA);
        assumeTrue(available || "true".equals(System.getenv("CI")), "libonnx-testdata is needed");
        return BackendCase.all().stream().filter(BackendCase::isInScope).filter(test -> !test.hasStrings());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sizesThatAreKnownBeforeTheRunAreThoseOfTheOutputs(BackendCase test) throws IOException {
        OnnxGraph graph = withoutDeclaredOutputs(OlderOpsets.raise(test.proto()));
        test.dataSets().get(0).outputs().forEach((name, expected) -> {
            Shape inferred = graph.shape(name);
            assertThat(agrees(inferred, expected))
                    .as("%s is %s, should be %s", name, inferred, expected.dims())
                    .isTrue();
        });
    }

    private static boolean agrees(Shape inferred, TypedTensor expected) {
        if (inferred.dims() == null) {
            return true;
        }
        boolean agrees = inferred.rank() == expected.dims().length;
        for (int axis = 0; agrees && axis < inferred.rank(); axis++) {
            agrees = inferred.dim(axis) == Shape.UNKNOWN_DIM || inferred.dim(axis) == expected.dims()[axis];
        }
        return agrees;
    }

    private OnnxGraph withoutDeclaredOutputs(ModelProto model) throws IOException {
        ModelProto.Builder bare = model.toBuilder();
        bare.getGraphBuilder()
                .getOutputBuilderList()
                .forEach(
                        output -> output.getTypeBuilder().getTensorTypeBuilder().clearShape());
        Path file = folder.resolve("model.onnx");
        Files.write(file, bare.build().toByteArray());
        return OnnxGraph.of(OnnxModel.load(file));
    }
}
