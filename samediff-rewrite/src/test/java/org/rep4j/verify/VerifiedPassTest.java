package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.rep4j.testing.OnnxBuilder.ints;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.onnx.OnnxAdapter;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.BrokenRuleException;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.RewriteReport.Rewrite;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.Rules;
import org.rep4j.samediff.SameDiffAdapter;
import org.rep4j.testing.CustomRule;
import org.rep4j.testing.OnnxBuilder;

/** A rule that breaks a graph is named, whatever it breaks, in ONNX Runtime and in ND4J; the graph is as it was. */
class VerifiedPassTest {
    private static final int BLOCKS = 6;
    private static final int CHANNELS = 3;
    private static final Capture<Convolution> CONV = Capture.of(Convolution.class);
    /** Each alone is within the tolerance of 1e-4, two are not. */
    private static final double NUDGE = 1 + 6e-5;

    @TempDir
    private Path folder;

    /** The formats, with a net of conv, relu, conv, …: the convolutions have no bias and pad with one zero. */
    private enum Format {
        ONNX {
            @Override
            String conv(int number) {
                return "conv" + number;
            }

            @Override
            void verify(Path folder, List<Rule> rules, boolean withNorms) {
                Path file = folder.resolve("net.onnx");
                OnnxModel model = onnx(file, withNorms);
                String before = print(model, new OnnxAdapter());
                try {
                    VerifiedPass.of(pass(rules), EquivalenceCheck.standard()).apply(model);
                } finally {
                    assertThat(print(model, new OnnxAdapter())).isEqualTo(before);
                    assertThat(folder.toFile().list()).containsExactly("net.onnx");
                }
            }
        },
        SAME_DIFF {
            @Override
            String conv(int number) {
                return number == 0 ? "conv2d" : "conv2d_" + number;
            }

            @Override
            void verify(Path folder, List<Rule> rules, boolean withNorms) {
                SameDiff graph = sameDiff(withNorms);
                String before = print(graph, new SameDiffAdapter(List.of("y")));
                try {
                    VerifiedPass.of(pass(rules), EquivalenceCheck.standard()).apply(graph, "y");
                } finally {
                    assertThat(print(graph, new SameDiffAdapter(List.of("y")))).isEqualTo(before);
                }
            }
        };

        /** The name of a convolution. */
        abstract String conv(int number);

        abstract void verify(Path folder, List<Rule> rules, boolean withNorms);

        private static <G> String print(G graph, GraphAdapter<G> adapter) {
            return adapter.lift(graph).graph().toString();
        }

        private static RepPass pass(List<Rule> rules) {
            return RepPass.of(Stream.concat(Rules.ALL.stream(), rules.stream()).toList());
        }
    }

    private static OnnxModel onnx(Path file, boolean withNorms) {
        OnnxBuilder builder = new OnnxBuilder(3).input("x", 1, CHANNELS, 7, 6);
        String value = "x";
        for (int i = 0; i < BLOCKS; i++) {
            builder.weights("w" + i, CHANNELS, CHANNELS, 3, 3)
                    .node("Conv", "conv" + i, List.of(value, "w" + i), "c" + i, ints("pads", 1, 1, 1, 1));
            value = "c" + i;
            if (withNorms) {
                builder.batchNorm("bn" + i, value, "n" + i, CHANNELS);
                value = "n" + i;
            }
            String output = i == BLOCKS - 1 ? "y" : "r" + i;
            builder.node("Relu", "relu" + i, List.of(value), output);
            value = output;
        }
        return OnnxModel.load(builder.output("y").save(file));
    }

    private static SameDiff sameDiff(boolean withNorms) {
        Nd4j.getRandom().setSeed(3);
        SameDiff graph = SameDiff.create();
        SDVariable value = graph.placeHolder("x", DataType.FLOAT, 1, CHANNELS, 7, 6);
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(3)
                .kW(3)
                .pH(1)
                .pW(1)
                .dataFormat("NCHW")
                .weightsFormat(WeightsFormat.YXIO)
                .build();
        for (int i = 0; i < BLOCKS; i++) {
            SDVariable weights = graph.constant(
                    "w" + i,
                    Nd4j.randn(DataType.FLOAT, 3, 3, CHANNELS, CHANNELS).mul(0.3));
            value = graph.cnn.conv2d("conv" + i, value, weights, config);
            if (withNorms) {
                value = graph.nn.batchNorm(
                        "bn" + i,
                        value,
                        graph.constant(Nd4j.randn(DataType.FLOAT, CHANNELS)),
                        graph.constant(Nd4j.rand(DataType.FLOAT, CHANNELS).add(0.5)),
                        graph.constant(Nd4j.randn(DataType.FLOAT, CHANNELS)),
                        graph.constant(Nd4j.randn(DataType.FLOAT, CHANNELS)),
                        1e-3,
                        1);
            }
            value = graph.nn.relu(i == BLOCKS - 1 ? "y" : "r" + i, value, 0);
        }
        return graph;
    }

    /** Shifts the taps of the fourth convolution by one; the size stays. */
    private static Rule offByOne() {
        return new CustomRule(
                "OffByOne",
                Phase.MERGE,
                Pattern.node(Convolution.class)
                        .capturedAs(CONV)
                        .where((conv, graph) ->
                                isFourth(conv) && conv.geometry().axes().get(0).padBegin() == 1),
                (match, graph) -> {
                    Convolution conv = match.get(CONV);
                    return Outcome.rewritten(Replacement.of(
                            conv,
                            conv.reading(
                                    conv.input(),
                                    ConvGeometry.of(
                                            new ConvAxis(3, 1, 1, 0, 2),
                                            conv.geometry().axes().get(1)))));
                });
    }

    private static boolean isFourth(Convolution conv) {
        return Stream.of(Format.values()).anyMatch(f -> conv.name().equals(f.conv(3)));
    }

    private static boolean isSecondOrFifth(Convolution conv) {
        return Stream.of(Format.values())
                .anyMatch(f -> conv.name().equals(f.conv(1)) || conv.name().equals(f.conv(4)));
    }

    /** Fires on each convolution that no rule made. */
    private static Rule nudge() {
        return new CustomRule(
                "Nudge",
                Phase.MERGE,
                Pattern.node(Convolution.class)
                        .capturedAs(CONV)
                        .where(c -> c.info().handle().isPresent() && isSecondOrFifth(c)),
                (match, graph) -> {
                    Convolution conv = match.get(CONV);
                    double[] scale = new double[CHANNELS];
                    Arrays.fill(scale, NUDGE);
                    ChannelAffine affine = new ChannelAffine(scale, new double[CHANNELS]);
                    return Outcome.rewritten(
                            Replacement.of(conv, conv.with(FoldedKernel.absorb(conv.kernel(), affine), conv.output())));
                });
    }

    @ParameterizedTest
    @EnumSource
    void theCatalogueBreaksNothing(Format format) {
        format.verify(folder, List.of(), true);
    }

    @ParameterizedTest
    @EnumSource
    void aRuleThatIsOffByOneAtTheBorderIsNamed(Format format) {
        NotEquivalentException e = catchThrowableOfType(
                NotEquivalentException.class, () -> format.verify(folder, List.of(offByOne()), true));

        Culprit culprit = e.culprit().orElseThrow();
        assertThat(culprit.rewrite().rule()).isEqualTo("OffByOne");
        assertThat(culprit.rewrite().op()).startsWith(format.conv(3) + " (");
        assertThat(e)
                .hasMessageContaining("the deploy form is not equivalent: output y: relative difference ")
                .hasMessageContaining(", tolerance 1.0e-04 after rewrite ")
                .hasMessageContaining(": OffByOne on " + format.conv(3) + " (");
    }

    @ParameterizedTest
    @EnumSource
    void ofRewritesThatAreWrongOnlyTogetherTheLaterIsNamed(Format format) {
        NotEquivalentException e = catchThrowableOfType(
                NotEquivalentException.class, () -> format.verify(folder, List.of(nudge()), false));

        assertThat(e.culprit())
                .map(Culprit::toString)
                .hasValueSatisfying(
                        text -> assertThat(text).startsWith("rewrite 2 of 2: Nudge on " + format.conv(4) + " ("));
    }

    @ParameterizedTest
    @EnumSource
    void aRuleThatThrowsIsNamed(Format format) {
        Rule throwing = new CustomRule(
                "Throwing",
                Phase.CLEAN,
                Pattern.node(Convolution.class).where((conv, graph) -> isFourth(conv)),
                (match, graph) -> {
                    throw new ArithmeticException("/ by zero");
                });

        assertThatThrownBy(() -> format.verify(folder, List.of(throwing), true))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageStartingWith("the rule Throwing on " + format.conv(3) + " (")
                .hasMessageEndingWith(") throws: java.lang.ArithmeticException: / by zero; please report this")
                .hasCauseInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aRuleThatBreaksTheGraphIsNamed(Format format) {
        Rule cyclic = new CustomRule(
                "Cyclic",
                Phase.MERGE,
                Pattern.node(Convolution.class)
                        .capturedAs(CONV)
                        .where((conv, graph) -> isFourth(conv) && !conv.input().equals(conv.output())),
                (match, graph) -> {
                    Convolution conv = match.get(CONV);
                    return Outcome.rewritten(Replacement.of(conv, conv.reading(conv.output(), conv.geometry())));
                });

        assertThatThrownBy(() -> format.verify(folder, List.of(cyclic), false))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageStartingWith("the rule Cyclic on " + format.conv(3) + " (")
                .hasMessageContaining(" breaks the graph: ")
                .satisfies(e -> assertThat(((BrokenRuleException) e).rule()).isEqualTo("Cyclic"));
    }

    @ParameterizedTest
    @EnumSource
    void aRuleThatMakesWhatCannotBeWrittenIsNamed(Format format) {
        Rule alien = new CustomRule(
                "Alien",
                Phase.MERGE,
                Pattern.node(Convolution.class).capturedAs(CONV).where((conv, graph) -> isFourth(conv)),
                (match, graph) -> {
                    Convolution conv = match.get(CONV);
                    return Outcome.rewritten(Replacement.of(
                            conv,
                            new Opaque(
                                    NodeInfo.made(conv.name(), "Alien"),
                                    conv.inputs(),
                                    List.of(),
                                    conv.outputs(),
                                    null)));
                });

        assertThatThrownBy(() -> format.verify(folder, List.of(alien), true))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessageStartingWith("the rule Alien on " + format.conv(3) + " (")
                .hasMessageContaining(" makes what cannot be written: ");
    }

    @Test
    void noRuleIsToBlameWhereTheModelItselfDiffersFromRunToRun() {
        assertThat(Culprit.among(List.of(), n -> true)).isEmpty();
        assertThat(Culprit.among(
                        RepPass.standard()
                                .apply(onnx(folder.resolve("net.onnx"), true))
                                .report()
                                .rewrites(),
                        n -> false))
                .isEmpty();
    }

    @Test
    void aCulpritIsFoundInFewChecks() {
        List<Rewrite> rewrites = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            rewrites.add(new Rewrite("Rule" + i, "op" + i, "y" + i, List.of(), List.of()));
        }
        for (int wrong : new int[] {1, 2, 499, 500, 501, 999, 1000}) {
            for (int count : new int[] {wrong, 1000}) {
                List<Integer> asked = new ArrayList<>();
                assertThat(Culprit.among(rewrites.subList(0, count), n -> {
                            asked.add(n);
                            return n < wrong;
                        }))
                        .map(Culprit::number)
                        .contains(wrong);
                assertThat(asked)
                        .hasSizeLessThanOrEqualTo(Culprit.checks(count))
                        .doesNotHaveDuplicates();
            }
        }
        assertThat(Culprit.checks(1000)).isEqualTo(11);
    }

    @Test
    void theRewriteBeforeACulpritIsWellEvenWhereOthersRepairWhatWasBroken() {
        boolean[] well = {true, false, true, true, false, false, true, false};
        List<Rewrite> rewrites = new ArrayList<>();
        for (int i = 1; i < well.length; i++) {
            rewrites.add(new Rewrite("Rule" + i, "op" + i, "y" + i, List.of(), List.of()));
        }
        int number = Culprit.among(rewrites, n -> well[n]).orElseThrow().number();
        assertThat(well[number]).isFalse();
        assertThat(well[number - 1]).isTrue();
    }
}
