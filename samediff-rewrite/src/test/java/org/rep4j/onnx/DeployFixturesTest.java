package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** Blocks that no rule folds to the minimum; their outputs are compared all the same. */
    private static final Set<String> FOLDING_IN_PART = Set.of(
            "acnet_block_cropped",
            "acnet_block_cropped_dynamic",
            "acnet_block_cropped_k5",
            "dbb_block",
            "dbb_block_stride2",
            "dbb_block_g2",
            "ecb_block",
            "orepa_block",
            "repmixer_block",
            "implicit_head",
            "convnext_block",
            "bn_before_conv",
            "concat_block",
            "sequence_block",
            "conv_transpose_branches",
            "difference_block");

    static List<Fixture> fixtures() {
        return Fixture.all();
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
        if (!FOLDING_IN_PART.contains(fixture.name())) {
            assertThat(counts)
                    .as("ops of%n%s%n%s", result.after(), result.report())
                    .isEqualTo(fixture.expectedAfter());
        }

        OnnxRuntime.run(deployed, fixture.input()).assertCloseTo(fixture.output(), TOLERANCE, fixture + ", deployed");
    }
}
