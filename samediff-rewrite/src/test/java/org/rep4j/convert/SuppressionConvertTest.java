package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Which boxes are left when those that overlap better ones are dropped. */
class SuppressionConvertTest {
    private static Tensor boxes(int images, int count) {
        SplittableRandom random = new SplittableRandom(7);
        double[] values = new double[images * count * 4];
        for (int i = 0; i < values.length; i += 4) {
            double y = random.nextDouble(4);
            double x = random.nextDouble(4);
            values[i] = (float) y;
            values[i + 1] = (float) x;
            values[i + 2] = (float) (y + random.nextDouble(0.5, 2));
            values[i + 3] = (float) (x + random.nextDouble(0.5, 2));
        }
        return Tensor.ofReals(TensorType.FLOAT32, Shape.of(images, count, 4), values);
    }

    private static Tensor scores(int images, int classes, int count) {
        SplittableRandom random = new SplittableRandom(8);
        double[] values = random.doubles((long) images * classes * count)
                .map(v -> (float) v)
                .toArray();
        return Tensor.ofReals(TensorType.FLOAT32, Shape.of(images, classes, count), values);
    }

    @ParameterizedTest
    @CsvSource({"20,0.5,0.3,0", "3,0.3,0,0", "20,0,0.1,0", "20,1,0,0", "20,0.5,0.99,0", "20,0.4,0.2,1"})
    void boxesOfSeveralImagesAndClasses(long most, double overlap, double score, long centers) {
        OpModel model = OpModel.of("NonMaxSuppression", 11)
                .feed(2, -1, 4)
                .feed(2, 3, -1)
                .vector(most);
        model.values(overlap).values(score).type(OnnxType.INT64).set("center_point_box", centers);
        model.converts(boxes(2, 25), scores(2, 3, 25));
    }

    @Test
    void overlapThatIsTheThresholdIsAllowed() {
        double[] corners = {0, 0, 1, 1, 0, 0, 1, 0.5, 0.5, 0, 1, 0.5};
        Tensor boxes = Tensor.ofReals(TensorType.FLOAT32, Shape.of(1, 3, 4), corners);
        Tensor scores = Tensor.ofReals(TensorType.FLOAT32, Shape.of(1, 1, 3), new double[] {0.75, 0.5, 0.25});
        for (double score : new double[] {0.25, 0.5, 0.1}) {
            OpModel model = OpModel.of("NonMaxSuppression", 11)
                    .feed(1, 3, 4)
                    .feed(1, 1, 3)
                    .vector(9);
            model.values(0.5).values(score).type(OnnxType.INT64).converts(boxes, scores);
        }
    }

    @Test
    void thresholdsMayBeLeftOut() {
        OpModel model =
                OpModel.of("NonMaxSuppression", 11).feed(1, 8, 4).feed(1, 1, 8).vector(5);
        model.type(OnnxType.INT64).converts(boxes(1, 8), scores(1, 1, 8));
    }

    @Test
    void theLargestNumberIsAllOfThem() {
        OpModel model =
                OpModel.of("NonMaxSuppression", 11).feed(1, 8, 4).feed(1, 1, 8).vector(Long.MAX_VALUE);
        model.values(0.5).type(OnnxType.INT64).converts(boxes(1, 8), scores(1, 1, 8));
    }

    @Test
    void imagesMustBeCounted() {
        OpModel model = OpModel.of("NonMaxSuppression", 11)
                .feed(-1, 8, 4)
                .feed(-1, 1, 8)
                .vector(5);
        assertThatThrownBy(() -> OnnxToSameDiff.convert(model.build()))
                .isInstanceOf(UnsupportedOpsException.class)
                .hasMessageContaining("images");
    }
}
