package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rep4j.testing.TypedTensor;

/** What the backend tests compare is not changed on its way through ND4J and through ONNX's files. */
class NdArraysTest {
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNDEFINED", "STRING", "COMPLEX64", "COMPLEX128", "UNRECOGNIZED"})
    void tensorsOfAllTypesComeBack(DataType type) {
        long[] wide = {0, 1, 1, 0, 1, 0};
        long[] integers = type == DataType.BOOL ? wide : new long[] {0, 1, 100, 3, 127, 5};
        double[] reals = {0, -1.5, Double.NaN, Double.POSITIVE_INFINITY, 0.25, -0.0};
        boolean real = TypedTensor.isReal(type);
        Stream.of(
                        tensor(type, new long[] {2, 1, 3}, real, reals, integers),
                        tensor(type, new long[] {}, real, new double[] {2.5}, new long[] {1}),
                        tensor(type, new long[] {2, 0}, real, new double[0], new long[0]))
                .forEach(tensor -> {
                    assertThat(NdArrays.toTensor(NdArrays.of(tensor)).differenceFrom(tensor))
                            .isEmpty();
                    assertThat(TypedTensor.of(tensor.toProto("x")).differenceFrom(tensor))
                            .isEmpty();
                });
    }

    private static TypedTensor tensor(DataType type, long[] dims, boolean real, double[] reals, long[] integers) {
        return new TypedTensor(type, dims, real ? reals : new double[0], real ? new long[0] : integers);
    }
}
