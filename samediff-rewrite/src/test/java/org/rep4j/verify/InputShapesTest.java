package org.rep4j.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Shape;

class InputShapesTest {
    private static final InputSpec IMAGE =
            new InputSpec("image", TensorType.FLOAT32, Shape.of(-1, 3, -1, -1), List.of("n", "", "h", "w"));

    @Test
    void theFirstSampleIsASquareImageOfBatchOne() {
        List<InputShapes.Choice> choices = new InputShapes(List.of(IMAGE), Map.of()).choices(0, null);

        assertThat(choices).hasSameSizeAs(InputShapes.SIZES);
        assertThat(choices.get(0).shapes()).containsEntry("image", Shape.of(1, 3, 64, 64));
        assertThat(choices.get(1).shapes()).containsEntry("image", Shape.of(1, 3, 224, 224));
    }

    @Test
    void theOthersVaryBatchAndSizesAndFallBackToWhatTheModelTook() {
        InputShapes shapes = new InputShapes(List.of(IMAGE), Map.of());

        assertThat(images(shapes.choices(1, 64)))
                .containsExactly(Shape.of(2, 3, 96, 96), Shape.of(2, 3, 64, 64), Shape.of(1, 3, 64, 64));
        assertThat(images(shapes.choices(2, 64)))
                .containsExactly(Shape.of(3, 3, 64, 96), Shape.of(3, 3, 64, 64), Shape.of(1, 3, 64, 64));
    }

    @Test
    void fixedInputsLeaveNoChoice() {
        InputSpec fixed = InputSpec.of("image", TensorType.FLOAT32, Shape.of(2, 3, 8, 8));
        InputShapes shapes = new InputShapes(List.of(fixed), Map.of());

        assertThat(images(shapes.choices(0, null))).containsExactly(Shape.of(2, 3, 8, 8));
        assertThat(images(shapes.choices(1, 64))).containsExactly(Shape.of(2, 3, 8, 8));
    }

    @Test
    void channelsThatAreOpenAreColours() {
        InputSpec open = InputSpec.of("image", TensorType.FLOAT32, Shape.ofRank(4));
        InputSpec last = InputSpec.of("image", TensorType.FLOAT32, Shape.of(-1, -1, -1, 3));

        assertThat(images(new InputShapes(List.of(open), Map.of()).choices(0, null)))
                .startsWith(Shape.of(1, 3, 64, 64));
        assertThat(images(new InputShapes(List.of(last), Map.of()).choices(0, null)))
                .startsWith(Shape.of(1, 64, 64, 3));
    }

    @Test
    void dimensionsOfOneNameHaveOneSize() {
        InputSpec mask = new InputSpec("mask", TensorType.BOOL, Shape.of(-1, -1), List.of("n", "w"));
        InputShapes shapes = new InputShapes(List.of(IMAGE, mask), Map.of());

        assertThat(shapes.choices(2, 64).get(0).shapes())
                .containsEntry("image", Shape.of(3, 3, 64, 96))
                .containsEntry("mask", Shape.of(3, 96));
    }

    @Test
    void givenSizesDecideDimensionsOfTheirName() {
        InputSpec mask = new InputSpec("mask", TensorType.BOOL, Shape.of(-1, -1), List.of("n", "w"));
        InputShapes shapes = new InputShapes(List.of(IMAGE, mask), Map.of("image", Shape.of(-1, 3, 32, 100)));

        assertThat(shapes.choices(2, 64).get(0).shapes())
                .containsEntry("image", Shape.of(3, 3, 32, 100))
                .containsEntry("mask", Shape.of(3, 100));
    }

    @Test
    void givenShapesMustFit() {
        assertThatThrownBy(() -> new InputShapes(List.of(IMAGE), Map.of("image", Shape.of(1, 4, 8, 8))))
                .isInstanceOf(VerificationException.class)
                .hasMessage("the model's input image[?,3,?,?] cannot have the shape [1,4,8,8]");
        assertThatThrownBy(() -> new InputShapes(List.of(IMAGE), Map.of("image", Shape.of(1, 3, 8))))
                .isInstanceOf(VerificationException.class);
        assertThatThrownBy(() -> new InputShapes(List.of(IMAGE), Map.of("picture", Shape.of(1, 3, 8, 8))))
                .hasMessage("the model has no input picture; its inputs are image[?,3,?,?]");
    }

    @Test
    void anUnknownRankMustBeGiven() {
        InputSpec anything = InputSpec.of("x", TensorType.FLOAT32, Shape.unknown());

        assertThatThrownBy(() -> new InputShapes(List.of(anything), Map.of()))
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining("x=1x3x224x224");
        assertThat(new InputShapes(List.of(anything), Map.of("x", Shape.of(1, 7)))
                        .choices(0, null)
                        .get(0)
                        .shapes())
                .containsEntry("x", Shape.of(1, 7));
    }

    private static List<Shape> images(List<InputShapes.Choice> choices) {
        return choices.stream().flatMap(c -> c.shapes().values().stream()).toList();
    }
}
