package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.OnnxBuilder;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;

/** Deploys models and compares them, in ONNX Runtime, with what they were. */
final class Deployment {
    private static final double TOLERANCE = 1e-5;

    private Deployment() {}

    /**
     * Deploys the net, checks the outputs against ONNX Runtime's of the original, and that a second pass changes nothing, whether
     * or not the model was saved in between.
     *
     * @return the saved model
     */
    static OnnxModel deploy(OnnxBuilder net, Path folder, Map<String, Tensor> feeds) {
        Path original = net.save(folder.resolve("original.onnx"));
        RepResult<OnnxModel> result = RepPass.standard().apply(OnnxModel.load(original));
        Path deployed = folder.resolve("deployed.onnx");
        result.graph().save(deployed);
        assertSameOutputs(original, deployed, feeds, result.after().toString());

        OnnxModel reloaded = OnnxModel.load(deployed);
        for (OnnxModel again : List.of(result.graph(), reloaded)) {
            RepResult<OnnxModel> second = RepPass.standard().apply(again);
            assertThat(second.report().rewrites()).isEmpty();
            assertThat(second.graph()).isSameAs(again);
        }
        assertThat(result.graph().operators()).isEqualTo(reloaded.operators());
        return reloaded;
    }

    /** Checks that two models give the same outputs. */
    static void assertSameOutputs(Path original, Path changed, Map<String, Tensor> feeds, String description) {
        Map<String, Tensor> expected = OnnxRuntime.runAll(original, feeds);
        Map<String, Tensor> actual = OnnxRuntime.runAll(changed, feeds);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, tensor) -> assertThat(actual)
                .hasEntrySatisfying(name, a -> a.assertCloseTo(tensor, TOLERANCE, name + " of\n" + description)));
    }
}
