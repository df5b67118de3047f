package org.rep4j.convert;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.testing.Fixture;
import org.rep4j.testing.OnnxChecker;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;

/** What PyTorch exports, converted, gives PyTorch's answers. */
class ConvertFixtureNetsTest {
    private static final List<String> OUTPUT = List.of("output");

    @TempDir
    private Path folder;

    static List<Fixture> fixtures() {
        return Stream.concat(Fixture.all().stream(), Fixture.conversions().stream())
                .toList();
    }

    static Stream<Fixture> dynamicFixtures() {
        return fixtures().stream().filter(f -> !inputShape(f).isFullyKnown());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void givesPyTorchsOutput(Fixture fixture) {
        OnnxModel train = OnnxModel.load(fixture.model());
        OnnxModel deploy = RepPass.standard().apply(train).graph();
        assertGivesOutput(fixture, OnnxToSameDiff.convert(train), "train form");
        assertGivesOutput(fixture, OnnxToSameDiff.convert(deploy), "deploy form");
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void fileGivesTheSameBitForBit(Fixture fixture) {
        SameDiff converted = OnnxToSameDiff.convert(fixture.model());
        Map<String, Tensor> feeds = Map.of("input", fixture.input());
        NetsRun.assertEqual(
                NetsRun.run(NetsRun.reloaded(converted, folder), feeds, OUTPUT),
                NetsRun.run(converted, feeds, OUTPUT),
                fixture + ", loaded");
    }

    @ParameterizedTest
    @MethodSource("dynamicFixtures")
    void takesOtherSizes(Fixture fixture) {
        Map<String, Tensor> feeds = Map.of("input", otherSizes(fixture));
        NetsRun.assertClose(
                NetsRun.run(OnnxToSameDiff.convert(fixture.model()), feeds, OUTPUT),
                OnnxRuntime.runAll(fixture.model(), feeds),
                fixture + ", other sizes");
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void comesBackAndGivesPyTorchsOutput(Fixture fixture) {
        Path back = roundTrip(fixture, opset(fixture, OnnxModel.NEWEST_OPSET));
        NetsRun.assertClose(
                OnnxRuntime.runAll(back, Map.of("input", fixture.input())),
                Map.of("output", fixture.output()),
                fixture + ", there and back");
    }

    @ParameterizedTest
    @MethodSource("dynamicFixtures")
    void comesBackAndTakesOtherSizes(Fixture fixture) {
        Map<String, Tensor> feeds = Map.of("input", otherSizes(fixture));
        NetsRun.assertClose(
                OnnxRuntime.runAll(roundTrip(fixture, SameDiffToOnnx.DEFAULT_OPSET), feeds),
                OnnxRuntime.runAll(fixture.model(), feeds),
                fixture + ", there and back, other sizes");
    }

    @Test
    void whatComesBackPassesTheChecker() {
        OnnxChecker.assertValid(fixtures().stream()
                .map(fixture -> roundTrip(fixture, opset(fixture, OnnxChecker.NEWEST_OPSET)))
                .toList());
    }

    /** All opsets that can be written take their turns. */
    private static int opset(Fixture fixture, int newest) {
        int count = newest - SameDiffToOnnx.OLDEST_OPSET + 1;
        return SameDiffToOnnx.OLDEST_OPSET + Math.floorMod(fixture.name().hashCode(), count);
    }

    private Path roundTrip(Fixture fixture, int opset) {
        Path back = folder.resolve(fixture.name() + ".onnx");
        SameDiffToOnnx.convert(OnnxToSameDiff.convert(fixture.model()), OUTPUT, opset)
                .save(back);
        return back;
    }

    private static void assertGivesOutput(Fixture fixture, SameDiff converted, String form) {
        NetsRun.assertClose(
                NetsRun.run(converted, Map.of("input", fixture.input()), OUTPUT),
                Map.of("output", fixture.output()),
                fixture + ", " + form);
    }

    private static Shape inputShape(Fixture fixture) {
        return OnnxModel.load(fixture.model()).inputs().get(0).shape();
    }

    /** A batch of 3, and what else is free grown by 4. */
    private static Tensor otherSizes(Fixture fixture) {
        Shape declared = inputShape(fixture);
        int[] sizes = fixture.input().dims().clone();
        Arrays.setAll(sizes, axis -> declared.dim(axis) >= 0 ? sizes[axis] : axis == 0 ? 3 : sizes[axis] + 4);
        return Tensor.random(new Random(fixture.name().hashCode()), sizes);
    }
}
