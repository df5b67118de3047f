package org.rep4j.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxChecker;

/** What the pass writes passes ONNX's own checker. */
class OnnxCheckerTest {
    @TempDir
    private Path folder;

    @Test
    void deployedFixturesPassTheChecker() {
        List<Path> files = new ArrayList<>();
        for (Fixture fixture : Fixture.all()) {
            Path deployed = folder.resolve(fixture.name() + ".onnx");
            RepPass.standard().apply(OnnxModel.load(fixture.model())).graph().save(deployed);
            files.add(deployed);
        }
        OnnxChecker.assertValid(files);
    }
}
