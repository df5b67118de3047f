package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Node;
import org.rep4j.onnx.OnnxGraph;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.testing.OnnxChecker;
import org.rep4j.testing.OnnxRuntime;
import org.rep4j.testing.Tensor;
import org.rep4j.verify.SameDiffRunner;

/** Whole nets, there and back, in train form and in deploy form, with several batches and sizes of images. */
class ConvertNetsTest {
    @TempDir
    private Path folder;

    static List<NetsCase> nets() {
        return NetsCase.all();
    }

    @ParameterizedTest
    @MethodSource("nets")
    void trainFormGivesTheSame(NetsCase net) {
        OnnxModel train = net.model(folder);
        assertSame(net, train, OnnxToSameDiff.convert(train), "converted");
    }

    @ParameterizedTest
    @MethodSource("nets")
    void deployFormGivesTheSame(NetsCase net) {
        OnnxModel train = net.model(folder);
        OnnxModel deploy = RepPass.standard().apply(train).graph();
        assertSame(net, train, OnnxToSameDiff.convert(deploy), "deployed, then converted");
    }

    /** RepPass finds in the converted graph what it finds in the model. */
    @ParameterizedTest
    @MethodSource("nets")
    void foldsAsFarInEitherFormat(NetsCase net) {
        OnnxModel train = net.model(folder);
        RepResult<OnnxModel> inOnnx = RepPass.standard().apply(train);
        RepResult<SameDiff> inSameDiff = RepPass.standard()
                .apply(OnnxToSameDiff.convert(train), NetsRun.outputs(train).toArray(String[]::new));

        for (Class<? extends Node> kind : List.of(Convolution.class, BatchNormalization.class)) {
            assertThat(count(inSameDiff.after(), kind))
                    .as("%s in%n%s%nand in%n%s", kind.getSimpleName(), inSameDiff.after(), inOnnx.after())
                    .isEqualTo(count(inOnnx.after(), kind));
        }
        assertSame(net, train, inSameDiff.graph(), "converted, then deployed");
    }

    @ParameterizedTest
    @MethodSource("nets")
    void fileGivesTheSameBitForBit(NetsCase net) {
        OnnxModel train = net.model(folder);
        List<String> outputs = NetsRun.outputs(train);
        SameDiff converted = OnnxToSameDiff.convert(train);
        SameDiff reloaded = NetsRun.reloaded(converted, folder);

        assertThat(SameDiffRunner.outputsOf(reloaded)).containsExactlyInAnyOrderElementsOf(outputs);
        for (Map<String, Tensor> feeds : net.feeds(train)) {
            NetsRun.assertEqual(
                    NetsRun.run(reloaded, feeds, outputs), NetsRun.run(converted, feeds, outputs), net + ", loaded");
        }
    }

    @ParameterizedTest
    @MethodSource("nets")
    void comesBackAsItWas(NetsCase net) {
        OnnxModel train = net.model(folder);
        OnnxModel deploy = RepPass.standard().apply(train).graph();
        Path original = folder.resolve("original.onnx");
        for (OnnxModel form : List.of(train, deploy)) {
            form.save(original);
            OnnxModel back = roundTrip(form);
            Path file = folder.resolve("back.onnx");
            back.save(file);
            for (Map<String, Tensor> feeds : net.feeds(train)) {
                assertClose(OnnxRuntime.runAll(file, feeds), OnnxRuntime.runAll(original, feeds), net + ", back");
            }
            assertThat(groups(OnnxModel.load(file)))
                    .as("groups of convolutions")
                    .isEqualTo(groups(form));
        }
    }

    @Test
    void whatComesBackPassesTheChecker() {
        List<Path> files = new ArrayList<>();
        for (NetsCase net : nets()) {
            Path file = folder.resolve(net.name() + "-back.onnx");
            roundTrip(net.model(folder)).save(file);
            files.add(file);
        }
        OnnxChecker.assertValid(files);
    }

    private static OnnxModel roundTrip(OnnxModel model) {
        return SameDiffToOnnx.convert(OnnxToSameDiff.convert(model), NetsRun.outputs(model));
    }

    private void assertSame(NetsCase net, OnnxModel train, SameDiff candidate, String what) {
        Path original = folder.resolve("original.onnx");
        train.save(original);
        for (Map<String, Tensor> feeds : net.feeds(train)) {
            Map<String, Tensor> actual = NetsRun.run(candidate, feeds, NetsRun.outputs(train));
            assertClose(actual, OnnxRuntime.runAll(original, feeds), net + ", " + what);
        }
    }

    /** A softmax or sigmoid feels the absolute difference of its logits, however small these are. */
    private static void assertClose(Map<String, Tensor> actual, Map<String, Tensor> expected, String what) {
        boolean flattened = expected.size() > 1;
        NetsRun.assertClose(actual, expected, flattened ? 1 : 0, what);
    }

    private static long count(ConvGraph graph, Class<? extends Node> kind) {
        return graph.nodes().stream().filter(kind::isInstance).count();
    }

    /** The number of groups of each convolution, in order of size. */
    private static List<Long> groups(OnnxModel model) {
        return OnnxGraph.of(model).nodes().stream()
                .filter(node -> node.type().equals("Conv"))
                .map(node -> node.integer("group", 1))
                .sorted()
                .toList();
    }
}
