package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.rewrite.Capture;
import org.rep4j.rewrite.Match;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Pattern;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.Rules;
import org.rep4j.verify.EquivalenceCheck;

/** What deploy does where a rule is wrong: it names the rule, writes nothing and leaves the model as it is. */
class BrokenRulesTest {
    @TempDir
    private Path folder;

    private Path input = Path.of("");
    private byte[] before = {};

    @BeforeEach
    void copyTheExample() throws IOException {
        input = Files.copy(EXAMPLE, folder.resolve("train.onnx"));
        before = Files.readAllBytes(input);
    }

    /** Breaks the 3×3 convolution of stride 1 that comes last. */
    private record WrongRule(Function<Convolution, Convolution> edit) implements Rule {
        private static final Capture<Convolution> CONV = Capture.of(Convolution.class);

        @Override
        public String description() {
            return "what a test needs";
        }

        @Override
        public Phase phase() {
            return Phase.CLEAN;
        }

        @Override
        public Pattern<Convolution> pattern() {
            return Pattern.node(Convolution.class)
                    .capturedAs(CONV)
                    .where(c -> c.name().startsWith("/9/")
                            && c.geometry().axes().get(0).padBegin() == 1);
        }

        @Override
        public Outcome apply(Match match, ConvGraph graph) {
            Convolution conv = match.get(CONV);
            return Outcome.rewritten(Replacement.of(conv, edit.apply(conv)));
        }
    }

    private static Convolution shifted(Convolution conv) {
        ConvAxis axis = conv.geometry().axes().get(0);
        return conv.reading(
                conv.input(),
                ConvGeometry.of(
                        new ConvAxis(3, axis.stride(), 1, 0, 2),
                        conv.geometry().axes().get(1)));
    }

    private String deploy(Rule wrong) {
        RepPass pass =
                RepPass.of(Stream.concat(Rules.ALL.stream(), Stream.of(wrong)).toList());
        JobOptions options =
                new JobOptions(pass, Conversion.STANDARD, EquivalenceCheck.standard(), Map.of(), List.of(), true, null);
        JobOutcome outcome =
                JobOutcome.of(new Job(input, folder.resolve("deploy.onnx")), new Worker(options, Progress.none()));
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.NOT_EQUIVALENT);
        assertThat(filesIn(folder)).containsExactly("train.onnx");
        assertThat(input).hasBinaryContent(before);
        StringWriter err = new StringWriter();
        outcome.print(ResultText::ofDeployment, new PrintWriter(new StringWriter()), new PrintWriter(err));
        assertThat(err.toString().lines()).hasSize(1);
        return err.toString().strip();
    }

    @Test
    void aWrongFoldIsNamed() {
        assertThat(deploy(new WrongRule(BrokenRulesTest::shifted)))
                .startsWith(
                        "rep4j: " + input + ": the deploy form is not equivalent: output output: relative difference ")
                .containsPattern(", tolerance 1.0e-04, after rewrite 51 of 51: WrongRule on /9/\\S+ \\(Conv\\); ")
                .endsWith("; the input is unchanged, nothing was written. Please report this");
    }

    @Test
    void aRuleThatThrowsIsNamed() {
        assertThat(deploy(new WrongRule(conv -> {
                    throw new IllegalStateException("no such tap");
                })))
                .startsWith("rep4j: " + input + ": the rule WrongRule on /9/")
                .endsWith(" throws: java.lang.IllegalStateException: no such tap; please report this");
    }

    @Test
    void aRuleThatBreaksTheGraphIsNamed() {
        assertThat(deploy(new WrongRule(conv -> {
                    ConvAxis axis = conv.geometry().axes().get(0);
                    ConvGeometry unpadded = ConvGeometry.of(
                            new ConvAxis(3, axis.stride(), 1, 0, 0),
                            conv.geometry().axes().get(1));
                    return conv.reading(conv.output(), unpadded);
                })))
                .startsWith("rep4j: " + input + ": the rule WrongRule on /9/")
                .contains(" breaks the graph: ")
                .endsWith("; please report this");
    }
}
