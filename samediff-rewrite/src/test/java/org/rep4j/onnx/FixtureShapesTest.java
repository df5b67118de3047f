package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.Shape;
import org.rep4j.testing.Fixture;
import org.rep4j.verify.InputSpec;
import org.rep4j.verify.OnnxRuntimeRunner;
import org.rep4j.verify.Tensor;

/** What is inferred of all inner values of PyTorch's nets, against the shapes that ONNX Runtime gives them. */
class FixtureShapesTest {
    @TempDir
    private Path folder;

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void shapesHoldForWhatFlows(Fixture fixture) {
        OnnxModel model = OnnxModel.load(fixture.model());
        Map<String, Shape> actual = actual(model, fixture);
        Inferences declared = Inferences.strict(model);
        Inferences freeBatch = Inferences.strict(Inferences.declaring(model, FixtureShapesTest::withoutBatch));
        Inferences free = Inferences.strict(
                Inferences.declaring(model, dims -> Collections.nCopies(dims.size(), Shape.UNKNOWN_DIM)));
        boolean sized = knownSizes(model.inputs().get(0).shape())
                >= model.inputs().get(0).shape().rank() - 1;
        actual.forEach((name, shape) -> {
            for (Inferences inferences : List.of(declared, freeBatch, free)) {
                Shape inferred = inferences.shape(name);
                assertThat(Inferences.holds(inferred, shape))
                        .as("%s: inferred %s of %s", name, inferred, shape)
                        .isTrue();
                assertThat(inferred.rank()).as(name).isEqualTo(shape.rank());
            }
            if (sized) {
                long unknown = shape.rank() - knownSizes(freeBatch.shape(name));
                assertThat(unknown)
                        .as("unknown in %s: %s", name, freeBatch.shape(name))
                        .isLessThanOrEqualTo(1);
            }
        });
    }

    private static long knownSizes(Shape shape) {
        long known = 0;
        for (int i = 0; i < shape.rank(); i++) {
            known += shape.dim(i) >= 0 ? 1 : 0;
        }
        return known;
    }

    private static List<Long> withoutBatch(List<Long> dims) {
        return dims.isEmpty() ? dims : Dims.with(dims, 0, Shape.UNKNOWN_DIM);
    }

    private Map<String, Shape> actual(OnnxModel model, Fixture fixture) {
        List<String> names = new ArrayList<>();
        for (NodeProto node : model.proto().getGraph().getNodeList()) {
            node.getOutputList().stream().filter(o -> !o.isEmpty()).forEach(names::add);
        }
        Path file = folder.resolve("outputs.onnx");
        model.withOutputs(names).save(file);
        try (OnnxRuntimeRunner runner = OnnxRuntimeRunner.open(file)) {
            InputSpec input = runner.inputs().get(0);
            org.rep4j.testing.Tensor fed = fixture.input();
            return runner.outputShapes(
                    Map.of(input.name(), Tensor.ofReals(input.type(), Shape.of(fed.longDims()), fed.data())));
        }
    }
}
