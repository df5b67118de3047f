package org.rep4j.layers.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arithmetic per channel, element by element. */
class LayoutTest {
    /** Batch, channels, height, width. */
    private static final long[][] SIZES = {{1, 7, 1, 1}, {3, 1, 5, 4}, {4, 5, 1, 37}, {2, 3, 70, 64}, {5, 16, 8, 8}};

    @ParameterizedTest
    @EnumSource(Layout.class)
    void meansAndSums(Layout layout) {
        forAll(layout, (image, sizes) -> {
            INDArray ofEach = layout.meanOfEach(image);
            INDArray mean = layout.mean(image);
            INDArray sum = layout.sum(image);
            double count = sizes[0] * sizes[2] * sizes[3];
            assertThat(ofEach.shape()).containsExactly(sizes[0], sizes[1]);
            assertThat(layout.count(image)).isEqualTo(count);
            for (long channel = 0; channel < sizes[1]; channel++) {
                double ofAll = 0;
                for (long n = 0; n < sizes[0]; n++) {
                    double ofImage = 0;
                    for (long row = 0; row < sizes[2]; row++) {
                        for (long column = 0; column < sizes[3]; column++) {
                            ofImage += image.getDouble(layout.place(n, channel, row, column));
                        }
                    }
                    assertClose(ofEach.getDouble(n, channel), ofImage / (sizes[2] * sizes[3]));
                    ofAll += ofImage;
                }
                assertClose(mean.getDouble(channel), ofAll / count);
                assertClose(sum.getDouble(channel) / count, ofAll / count);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void numbersPerChannelAreSpread(Layout layout) {
        forAll(layout, (image, sizes) -> {
            INDArray perChannel = Nd4j.randn(image.dataType(), sizes[1]);
            INDArray perImage = Nd4j.randn(image.dataType(), sizes[0], sizes[1]);
            INDArray difference = layout.subtract(image, perChannel, image.ulike());
            INDArray product = layout.multiply(image, perChannel, image.ulike());
            INDArray sum = layout.add(image.dup(), perChannel);
            INDArray productOfEach = layout.multiplyEach(image, perImage, image.ulike());
            INDArray sumOfEach = layout.addEach(image.dup(), perImage);
            for (long n = 0; n < sizes[0]; n++) {
                for (long channel = 0; channel < sizes[1]; channel++) {
                    long[] place = layout.place(n, channel, sizes[2] - 1, sizes[3] / 2);
                    double x = image.getDouble(place);
                    double number = perChannel.getDouble(channel);
                    double own = perImage.getDouble(n, channel);
                    assertClose(difference.getDouble(place), x - number);
                    assertClose(product.getDouble(place), x * number);
                    assertClose(sum.getDouble(place), x + number);
                    assertClose(productOfEach.getDouble(place), x * own);
                    assertClose(sumOfEach.getDouble(place), x + own);
                }
            }
        });
    }

    private interface Check {
        void of(INDArray image, long... sizes);
    }

    private static void forAll(Layout layout, Check check) {
        Nd4j.getRandom().setSeed(3);
        for (DataType type : Arrays.asList(DataType.FLOAT, DataType.DOUBLE)) {
            for (long[] sizes : SIZES) {
                check.of(
                        Nd4j.randn(type, layout.shape(sizes[0], sizes[1], sizes[2], sizes[3]))
                                .addi(2),
                        sizes);
            }
        }
    }

    private static void assertClose(double actual, double expected) {
        assertThat(actual).isCloseTo(expected, offset(1e-5));
    }
}
