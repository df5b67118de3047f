package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxRuntime;

/** What is lifted can be written: every node of every fixture, as if a rule had made it. */
class ReemissionTest {
    private static final double TOLERANCE = 1e-5;

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyLiftedNodeIsWrittenAsWhatItWas(Fixture fixture, @TempDir Path folder) {
        OnnxModel model = OnnxModel.load(fixture.model());
        OnnxModel written = Reemission.of(model);
        Path file = folder.resolve("written.onnx");
        written.save(file);

        OnnxRuntime.run(file, fixture.input()).assertCloseTo(fixture.output(), TOLERANCE, fixture + ", written anew");
        assertThat(liftedOps(OnnxModel.load(file)))
                .as("lifted nodes of what was written")
                .isGreaterThanOrEqualTo(liftedOps(model));
    }

    private static long liftedOps(OnnxModel model) {
        ConvGraph graph = Reemission.lifted(model);
        return graph.nodes().stream().filter(ReemissionTest::isUnderstood).count();
    }

    private static boolean isUnderstood(Node node) {
        return !(node instanceof Opaque);
    }
}
