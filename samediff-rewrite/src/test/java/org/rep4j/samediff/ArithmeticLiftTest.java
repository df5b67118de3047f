package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.rewrite.RepPass;

/** Scales, shifts, decomposed BatchNorms and linear layers. */
class ArithmeticLiftTest {

    static Stream<Arguments> foldable() {
        return Stream.<Arguments>of(
                form("add", (n, x) -> x.add(n.parameter(1, 4, 1, 1))),
                form("add, constant first", (n, x) -> n.parameter(4, 1, 1).add(x)),
                form("subtract", (n, x) -> x.sub(n.parameter(4, 1, 1))),
                form("multiply", (n, x) -> x.mul(n.parameter(1, 4, 1, 1))),
                form(
                        "multiply, constant first",
                        (n, x) -> n.parameter(1, 4, 1, 1).mul(x)),
                form("divide", (n, x) -> x.div(n.parameter(n.array(0.5, 2, 1, 4, 1, 1)))),
                form("add one number", (n, x) -> x.add(n.parameter(1))),
                form("add scalar", (n, x) -> x.add(1.5)),
                form("subtract scalar", (n, x) -> x.sub(1.5)),
                form("multiply scalar", (n, x) -> x.mul(-1.5)),
                form("divide scalar", (n, x) -> x.div(1.5)),
                form("biasadd", (n, x) -> n.sd.nn.biasAdd(x, n.parameter(4), true)),
                form("reversed subtract", (n, x) -> n.parameter(1, 4, 1, 1).rsub(x)),
                form("constant minus", (n, x) -> n.parameter(1, 4, 1, 1).sub(x)),
                form("constant minus, reversed", (n, x) -> x.rsub(n.parameter(4, 1, 1))),
                form("one number minus", (n, x) -> n.parameter(1).sub(x)),
                form("scalar minus", (n, x) -> x.rsub(1.5)),
                form(
                        "reversed divide",
                        (n, x) -> n.parameter(n.array(0.5, 2, 4, 1, 1)).rdiv(x)),
                form("negative", (n, x) -> n.sd.math.neg(x)),
                form("scale and shift", (n, x) -> x.mul(n.parameter(4, 1, 1)).add(n.parameter(4, 1, 1))),
                form("merge of one", (n, x) -> n.sd.math.mergeAdd(x)),
                form("concat of one", (n, x) -> n.sd.concat(1, x)),
                form("reshape to the same", (n, x) -> x.reshape(-1, 4, 5, 4)),
                form(
                        "reshape to the same, by a constant",
                        (n, x) -> n.sd.reshape(x, n.sd.constant(Nd4j.createFromArray(2, 4, 5, 4)))),
                form("permute in order", (n, x) -> x.permute(0, 1, 2, 3)),
                form("cast to the same", (n, x) -> x.castTo(DataType.DOUBLE)),
                form("tile once", (n, x) -> n.sd.tile(x, 1, 1, 1, 1)),
                form("full slice", (n, x) -> n.sd.slice(x, new int[] {0, 0, 0, 0}, new int[] {2, -1, 5, -1})),
                form(
                        "full strided slice",
                        (n, x) -> n.sd.stridedSlice(x, new long[] {0, 0, 0, 0}, new long[] {2, 4, 5, 4}, 1, 1, 1, 1)),
                form("pad by nothing", (n, x) -> n.sd.nn.pad(x, n.sd.constant(Nd4j.zeros(DataType.INT32, 4, 2)), 0.5)),
                form(
                        "pool of one tap",
                        (n, x) -> n.sd.cnn.avgPooling2d(
                                x,
                                Pooling2DConfig.builder()
                                        .kH(1)
                                        .kW(1)
                                        .sH(1)
                                        .sW(1)
                                        .build())),
                form(
                        "maximum of one tap",
                        (n, x) -> n.sd.cnn.maxPooling2d(
                                x,
                                Pooling2DConfig.builder()
                                        .kH(1)
                                        .kW(1)
                                        .sH(1)
                                        .sW(1)
                                        .build())),
                form("identity", (n, x) -> n.sd.identity(x)));
    }

    static Stream<Arguments> unfoldable() {
        return Stream.<Arguments>of(
                form("along another axis", (n, x) -> x.add(n.parameter(1, 1, 1, 4))),
                form("per element", (n, x) -> x.mul(n.parameter(1, 4, 5, 4))),
                form("reversed quotient", (n, x) -> x.rdiv(2.0)),
                form(
                        "raising the rank of a difference",
                        (n, x) -> n.parameter(1, 1, 1, 1, 1).sub(x)),
                form("another permutation", (n, x) -> x.permute(0, 1, 3, 2)),
                form("another shape", (n, x) -> x.reshape(2, 2, 10, 4)),
                form("cut off", (n, x) -> n.sd.slice(x, new int[] {0, 0, 1, 0}, new int[] {2, -1, 4, 3})),
                form("raising the rank", (n, x) -> x.mul(n.parameter(1, 1, 1, 1, 1))),
                form("computed", (n, x) -> x.mul(x)));
    }

    private static Arguments form(String name, BiFunction<Net, SDVariable, SDVariable> op) {
        return Arguments.of(name, op);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("foldable")
    void folds(String name, BiFunction<Net, SDVariable, SDVariable> op) {
        Net net = new Net(1);
        SDVariable x = net.input("x", 2, 3, 5, 4);
        SDVariable conv = net.sd.cnn.conv2d(
                x, net.parameter(3, 3, 3, 4), Net.conv(3, 3).pH(1).pW(1).build());
        net.sd.nn.relu("y", op.apply(net, conv), 0);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "relu");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unfoldable")
    void leaves(String name, BiFunction<Net, SDVariable, SDVariable> op) {
        Net net = new Net(2);
        SDVariable x = net.input("x", 2, 3, 5, 4);
        SDVariable conv = net.sd.cnn.conv2d(
                x, net.parameter(3, 3, 3, 4), Net.conv(3, 3).pH(1).pW(1).build());
        net.sd.nn.relu("y", op.apply(net, conv), 0);

        assertThat(net.deploy("y").ops()).hasSize(3).startsWith("conv2d").endsWith("relu");
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void foldsBatchNormWithAndWithoutScaleAndShift(boolean scaled, boolean shifted) {
        Net net = new Net(3);
        SDVariable x = net.input("x", 2, 5, 4, 3);
        SDVariable conv = net.sd.cnn.conv2d(
                x, net.parameter(1, 1, 3, 4), Net.conv(1, 1).dataFormat("NHWC").build());
        net.sd.nn.batchNorm(
                "y",
                conv,
                net.parameter(4),
                net.parameter(net.array(0.3, 3, 4)),
                scaled ? net.parameter(4) : null,
                shifted ? net.parameter(4) : null,
                0.01,
                3);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    /** (x − μ) · (γ / √(σ² + ε)) + β, with everything but x computed from constants. */
    @Test
    void foldsDecomposedBatchNorm() {
        Net net = new Net(4);
        SDVariable x = net.input("x", 2, 3, 5, 4);
        SDVariable conv =
                net.sd.cnn.conv2d(x, net.parameter(2, 2, 3, 4), Net.conv(2, 2).build());
        SDVariable deviation =
                net.sd.math.sqrt(net.parameter(net.array(0.3, 3, 4)).add(1e-3));
        SDVariable scale = net.sd.reshape(net.parameter(4).div(deviation), 1, 4, 1, 1);
        SDVariable mean = net.sd.reshape(net.parameter(4), 1, 4, 1, 1);
        conv.sub(mean).mul(scale).add("y", net.parameter(1, 4, 1, 1));

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void foldsLinear() {
        Net net = new Net(5);
        SDVariable x = net.input("x", 3, 5);
        SDVariable hidden = net.sd.nn.linear(x, net.parameter(5, 4), net.parameter(4));
        SDVariable activated = net.sd.nn.relu(net.batchNorm("bn", hidden, 4, 1), 0);
        SDVariable product = net.sd.mmul(activated, net.parameter(6, 4), false, true, false);
        net.sd.math.mul("y", net.sd.mmul(net.sd.nn.relu(product.add(net.parameter(6)), 0), net.parameter(6, 2)), 3.0);

        assertThat(net.deploy("y").ops()).containsExactly("matmul", "add", "relu", "matmul", "add", "relu", "matmul");
    }

    /** Behind a global pool as behind anything else: it is known which axes are left. */
    @ParameterizedTest
    @ValueSource(strings = {"2,3", "-1,-2", "3,2"})
    void foldsLinearBehindMeans(String axes) {
        Net net = new Net(8);
        int[] reduced =
                Arrays.stream(axes.split(",")).mapToInt(Integer::parseInt).toArray();
        SDVariable means = net.input("x", 3, 5, 4, 6).mean(reduced);
        SDVariable linear = net.sd.nn.linear(means, net.parameter(5, 4), net.parameter(4));
        net.sd.math.mul("y", linear, 3.0);

        assertThat(net.deploy("y").ops()).containsExactly("reduce_mean", "matmul", "add");
    }

    @Test
    void axesThatMeansKeepAreThere() {
        Net net = new Net(9);
        SDVariable means = net.input("x", 3, 5, 4).mean(true, 1);
        net.sd.mmul(means, net.parameter(3, 4, 2)).add("y", net.parameter(2));

        assertThat(net.deploy("y").result().before().toString()).contains("its input is not a matrix");
    }

    @Test
    void leavesLinearOfUnknownRank() {
        Net net = new Net(6);
        SDVariable x = net.sd.placeHolder("x", DataType.DOUBLE);
        net.inputs().put("x", net.array(-1, 1, 3, 5));
        net.sd.mmul(x, net.parameter(5, 4)).add("y", net.parameter(4));

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("matmul", "add");
        assertThat(deployed.result().before().toString()).contains("the rank of its input is not known");
    }

    @Test
    void leavesDropoutBecauseSameDiffRunsIt() {
        Net net = new Net(7);
        SDVariable x = net.input("x", 2, 3, 5, 4);
        net.sd.nn.dropout("y", net.convBn("bn", x, 3, 3, 3, 1), 0.5);

        var result = RepPass.standard().apply(net.sd, "y");

        assertThat(Deployment.kinds(result.graph())).containsExactly("conv2d", "dropout");
        assertThat(result.before().toString()).contains("SameDiff drops values in inference, too");
    }

    @Test
    void takesOutDropoutThatKeepsEverything() {
        Net net = new Net(8, DataType.FLOAT); // of doubles, SameDiff's dropout makes floats
        SDVariable x = net.input("x", 2, 3, 5, 4);
        net.batchNorm("y", net.sd.nn.dropout(net.convBn("bn", x, 3, 3, 3, 1), 1.0), 3, 1);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void readsPoolingAndConcatenation() {
        Net net = new Net(9);
        SDVariable x = net.input("x", 2, 3, 6, 4);
        SDVariable pooled = net.sd.cnn.avgPooling2d(
                net.sd.identity(net.convBn("a", x, 3, 3, 3, 1)),
                Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(false).build());
        SDVariable strided = net.sd.identity(net.convBn("b", x, 3, 5, 3, 2));
        net.sd.concat("y", 1, pooled, strided);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactlyInAnyOrder("conv2d", "avgpool2d", "conv2d", "concat");
        assertThat(deployed.result().before().toString()).contains("y[2,8,3,2]");
    }

    @Test
    void neverFoldsIntegers() {
        Net net = new Net(10);
        SDVariable x = net.sd.placeHolder("x", DataType.INT32, 3);
        net.inputs().put("x", Nd4j.createFromArray(1, 2, 3));
        x.add(net.sd.constant(Nd4j.createFromArray(4, 5, 6))).mul("y", net.sd.constant(2));

        assertThat(net.deploy("y").ops()).containsExactly("add", "multiply");
    }
}
