package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;

class SameDiffRunnerTest {

    @Test
    void computesWhatItIsAskedFor() {
        SameDiff graph = affine(2, 1);
        ModelRunner runner = SameDiffRunner.of(graph, List.of("y", "scaled"));
        Tensor x = Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 3), new double[] {1, 2, 3, 4, 5, 6});

        Map<String, Tensor> outputs = runner.run(Map.of("x", x));

        assertThat(outputs.keySet()).containsExactly("y", "scaled");
        assertThat(Objects.requireNonNull(outputs.get("y")).reals()).containsExactly(3, 5, 7, 9, 11, 13);
        assertThat(Objects.requireNonNull(outputs.get("scaled")).reals()).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(runner.outputShapes(Map.of("x", x)))
                .isEqualTo(Map.of("y", Shape.of(2, 3), "scaled", Shape.of(2, 3)));
    }

    @Test
    void placeholdersAreInputs() {
        assertThat(SameDiffRunner.of(affine(2, 1), List.of("y")).inputs())
                .containsExactly(InputSpec.of("x", TensorType.FLOAT32, Shape.of(-1, 3)));
    }

    @Test
    void outputsAreWhatNobodyReads() {
        assertThat(SameDiffRunner.outputsOf(affine(2, 1))).containsExactly("y");
    }

    @Test
    void whatAnOpWritesBesideSomethingThatIsReadIsNoOutput() {
        SameDiff graph = SameDiff.create();
        SDVariable[] halves = graph.split(graph.placeHolder("x", DataType.FLOAT, 2, 4), 2, 1);
        graph.math().abs("y", halves[1]);
        assertThat(SameDiffRunner.outputsOf(graph)).containsExactly("y");
    }

    @Test
    void allThatAnOpWritesIsAnOutputIfNothingOfItIsRead() {
        SameDiff graph = SameDiff.create();
        graph.split(new String[] {"a", "b"}, graph.placeHolder("x", DataType.FLOAT, 2, 4), 2, 1);
        assertThat(SameDiffRunner.outputsOf(graph)).containsExactly("a", "b");
    }

    @Test
    void equivalenceIsFoundAndMissed() {
        ModelRunner original = SameDiffRunner.of(affine(2, 1), List.of("y"));

        assertThat(EquivalenceCheck.standard()
                        .run(original, SameDiffRunner.of(affine(2, 1), List.of("y")))
                        .passed())
                .isTrue();
        assertThat(EquivalenceCheck.standard()
                        .run(original, SameDiffRunner.of(affine(2.01, 1), List.of("y")))
                        .passed())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "HALF, FLOAT16",
        "BFLOAT16, BFLOAT16",
        "FLOAT, FLOAT32",
        "DOUBLE, FLOAT64",
        "BYTE, INT8",
        "SHORT, INT16",
        "INT, INT32",
        "LONG, INT64",
        "UBYTE, UINT8",
        "BOOL, BOOL"
    })
    void everyTypeGoesInAndComesOut(DataType type, TensorType expected) {
        SameDiff graph = SameDiff.create();
        graph.identity("y", graph.placeHolder("x", type, 2, 40));
        ModelRunner runner = SameDiffRunner.of(graph, List.of("y"));
        Tensor fed = new RandomInputs(5)
                .feeds(runner.inputs(), Map.of("x", Shape.of(2, 40)), 0)
                .values()
                .iterator()
                .next();

        Tensor fetched = Objects.requireNonNull(runner.run(Map.of("x", fed)).get("y"));

        assertThat(runner.inputs()).containsExactly(InputSpec.of("x", expected, Shape.of(2, 40)));
        assertThat(fetched.type()).isEqualTo(expected);
        assertThat(fetched.integers()).isEqualTo(fed.integers());
        for (int i = 0; i < fed.reals().length; i++) {
            double rounding = expected == TensorType.FLOAT16 ? 0x1p-10 : expected == TensorType.BFLOAT16 ? 0x1p-7 : 0;
            assertThat(Math.abs(fetched.reals()[i] - fed.reals()[i]))
                    .isLessThanOrEqualTo(rounding * Math.abs(fed.reals()[i]) + (rounding == 0 ? 0 : 1e-6));
        }
    }

    @Test
    void inputsOfTheWrongShapeAreRefused() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, -1);
        x.mmul("y", graph.constant("w", Nd4j.ones(DataType.FLOAT, 3, 2)));
        ModelRunner runner = SameDiffRunner.of(graph, List.of("y"));
        Tensor wrong = Tensor.ofReals(TensorType.FLOAT32, Shape.of(2, 7), new double[14]);

        assertThatThrownBy(() -> runner.run(Map.of("x", wrong))).isInstanceOf(VerificationException.class);
    }

    private static SameDiff affine(double scale, double shift) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 3);
        x.mul("scaled", graph.constant("a", Nd4j.scalar((float) scale)))
                .add("y", graph.constant("b", Nd4j.scalar((float) shift)));
        return graph;
    }
}
