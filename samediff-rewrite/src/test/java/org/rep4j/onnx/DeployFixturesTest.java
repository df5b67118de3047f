package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxRuntime;

/** Every net that PyTorch exported folds as far as it can, and still gives PyTorch's answer. */
class DeployFixturesTest {
    private static final double TOLERANCE = 1e-5;

    static List<Fixture> fixtures() {
        return Fixture.all();
    }

    static List<Fixture> opFamilies() {
        return Fixture.conversions();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void foldsToTheMinimumAndKeepsTheOutput(Fixture fixture, @TempDir Path folder) {
        RepResult<OnnxModel> result = RepPass.standard().apply(OnnxModel.load(fixture.model()));
        Path deployed = folder.resolve("deployed.onnx");
        result.graph().save(deployed);

        Map<String, Long> operators = OnnxModel.load(deployed).operators();
        Map<String, Long> counts = new TreeMap<>(fixture.expectedAfter());
        counts.replaceAll((op, expected) -> operators.getOrDefault(op, 0L));
        assertThat(counts).as("ops of%n%s%n%s", result.after(), result.report()).isEqualTo(fixture.expectedAfter());

        OnnxRuntime.run(deployed, fixture.input()).assertCloseTo(fixture.output(), TOLERANCE, fixture + ", deployed");
    }

    /** What the pass knows nothing of stays as it is, and what it folds beside it is right. */
    @ParameterizedTest
    @MethodSource("opFamilies")
    void keepsTheOutputOfOpFamilies(Fixture fixture, @TempDir Path folder) {
        Path deployed = folder.resolve("deployed.onnx");
        RepPass.standard().apply(OnnxModel.load(fixture.model())).graph().save(deployed);

        OnnxRuntime.run(deployed, fixture.input()).assertCloseTo(fixture.output(), TOLERANCE, fixture + ", deployed");
    }
}
