package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;
import static org.rep4j.testing.OnnxBuilder.ints;
import static org.rep4j.testing.OnnxBuilder.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.testing.OnnxBuilder;

/** Ops that no runtime could compute are refused by name where that is asked for, and are merely unknown to the lift. */
class ContradictionsTest {
    @TempDir
    private Path folder;

    /**
     * An op in contradiction with what it reads.
     *
     * @param reads sizes of computed inputs (long[]) and constant inputs (TensorProto), in their order
     * @param reason what is said of it
     */
    private record Case(String op, int opset, String reason, List<Object> reads, List<AttributeProto> attributes) {
        static Case of(String op, String reason) {
            return new Case(op, 13, reason, List.of(), List.of());
        }

        Case opset(int version) {
            return new Case(op, version, reason, reads, attributes);
        }

        Case x(long... dims) {
            return new Case(op, opset, reason, plus(reads, dims), attributes);
        }

        Case c(long... values) {
            return new Case(op, opset, reason, plus(reads, integers("c" + reads.size(), values)), attributes);
        }

        Case with(AttributeProto attribute) {
            return new Case(op, opset, reason, reads, plus(attributes, attribute));
        }

        private static <T> List<T> plus(List<T> list, T element) {
            return Stream.concat(list.stream(), Stream.of(element)).toList();
        }

        @Override
        public String toString() {
            return op + ": " + reason;
        }

        OnnxBuilder net() {
            OnnxBuilder net = new OnnxBuilder(1).opset(opset);
            List<String> names = new ArrayList<>();
            for (Object read : reads) {
                if (read instanceof TensorProto constant) {
                    net.initializer(constant);
                    names.add(constant.getName());
                } else {
                    names.add("x" + names.size());
                    net.input(names.get(names.size() - 1), (long[]) read);
                }
            }
            int outputs = op.equals("Split") ? 2 : 1;
            List<String> written = List.of("y", "z").subList(0, outputs);
            net.node(op, "node", names, written, attributes.toArray(new AttributeProto[0]));
            written.forEach(net::output);
            return net;
        }
    }

    static List<Case> cases() {
        AttributeProto window = ints("kernel_shape", 3, 3);
        return List.of(
                Case.of("Add", "[2,3] and [2,4] do not broadcast to each other")
                        .x(2, 3)
                        .x(2, 4),
                Case.of("Mul", "[2,3] and [2] do not broadcast").x(2, 3).x(2),
                Case.of("PRelu", "slopes of shape [4,3] do not stretch to [1,3]")
                        .x(1, 3)
                        .x(4, 3),
                Case.of("Conv", "its input has 4 channels but its weights want 3")
                        .x(1, 4, 5, 5)
                        .x(6, 3, 3, 3),
                Case.of("Conv", "its weights of shape [5,2,3,3] do not form 2 groups")
                        .x(1, 4, 5, 5)
                        .x(5, 2, 3, 3)
                        .with(integer("group", 2)),
                Case.of("Conv", "its input has rank 3 but its weights have rank 4")
                        .x(1, 4, 5)
                        .x(5, 4, 3, 3),
                Case.of("Conv", "its bias has 5 elements for 6 output channels")
                        .x(1, 3, 5, 5)
                        .x(6, 3, 3, 3)
                        .x(5),
                Case.of("Conv", "its weights have 3 taps on an axis where its kernel_shape has 5")
                        .x(1, 3, 5, 5)
                        .x(6, 3, 3, 3)
                        .with(ints("kernel_shape", 5, 3)),
                Case.of("Conv", "its window spans 5 elements of axis 3, which has 3 and 1 of padding")
                        .x(1, 3, 5, 3)
                        .x(6, 3, 1, 5)
                        .with(ints("pads", 0, 1, 0, 0)),
                Case.of("ConvTranspose", "its input has 3 channels but its weights want 4")
                        .x(1, 3, 5, 5)
                        .x(4, 3, 3, 3),
                Case.of("ConvTranspose", "its padding leaves 0 elements of axis 2")
                        .x(1, 3, 1, 5)
                        .x(3, 3, 2, 2)
                        .with(ints("pads", 1, 0, 1, 0)),
                Case.of("Gemm", "its factors have 3 and 4 elements to sum over")
                        .x(2, 3)
                        .x(4, 5),
                Case.of("Gemm", "its input 0 has the shape [2,3,1], which is no matrix")
                        .x(2, 3, 1)
                        .x(3, 5),
                Case.of("Gemm", "its summands of shape [2,5] do not stretch to [1,5]")
                        .x(1, 3)
                        .x(3, 5)
                        .x(2, 5),
                Case.of("MatMul", "its factors have 3 and 4 elements to sum over")
                        .x(7, 2, 3)
                        .x(4, 5),
                Case.of("MatMul", "[2] and [3] do not broadcast").x(2, 4, 5).x(3, 5, 6),
                Case.of("BatchNormalization", "its input has 3 channels but its parameter 3 has 4 elements")
                        .x(1, 3, 5)
                        .x(3)
                        .x(3)
                        .x(4)
                        .x(3),
                Case.of("InstanceNormalization", "its input has 3 channels but its parameter 1 has 2 elements")
                        .x(1, 3, 5)
                        .x(2)
                        .x(3),
                Case.of("GroupNormalization", "no 2 groups of channels")
                        .opset(21)
                        .x(1, 3, 5)
                        .x(3)
                        .x(3)
                        .with(integer("num_groups", 2)),
                Case.of("MaxPool", "its window spans 3 elements of axis 2, which has 2 and 0 of padding")
                        .x(1, 3, 2, 5)
                        .with(window),
                Case.of("AveragePool", "its input has rank 3 but its window has 2 axes")
                        .x(1, 3, 5)
                        .with(window),
                Case.of("Concat", "it joins parts with 3 and 4 elements on another axis")
                        .x(2, 3)
                        .x(2, 4)
                        .with(integer("axis", 0)),
                Case.of("Concat", "it joins shapes of other ranks: [2,3] and [2]")
                        .x(2, 3)
                        .x(2)
                        .with(integer("axis", 0)),
                Case.of("Concat", "its sizes are beyond all bounds")
                        .x(Long.MAX_VALUE, 3)
                        .x(1, 3)
                        .with(integer("axis", 0)),
                Case.of("OneHot", "it has the depth -1").x(2, 3).c(-1).c(0, 1),
                Case.of("Concat", "it has the axis 2 but works on rank 2")
                        .x(2, 3)
                        .x(2, 3)
                        .with(integer("axis", 2)),
                Case.of("Reshape", "it asks for [4,2] but its input has the shape [2,3]")
                        .x(2, 3)
                        .c(4, 2),
                Case.of("Reshape", "it asks for [4,?] but its input has the shape [2,3]")
                        .x(2, 3)
                        .c(4, -1),
                Case.of("Reshape", "it asks for two sizes −1").x(2, 3).c(-1, -1),
                Case.of("Reshape", "it asks for the size -2").x(2, 3).c(-2, 3),
                Case.of("Reshape", "it keeps the size of axis 2").x(2, 3).c(2, 3, 0),
                Case.of("Reshape", "its sizes multiply to more than any tensor has")
                        .x(2, 3)
                        .c(Long.MAX_VALUE, Long.MAX_VALUE),
                Case.of("Expand", "[2,3] and [2,4] do not broadcast").x(2, 3).c(2, 4),
                Case.of("Expand", "it expands to the size -1").x(2, 3).c(2, -1),
                Case.of("Tile", "its input has rank 2 but it repeats 3 axes")
                        .x(2, 3)
                        .c(1, 2, 2),
                Case.of("Transpose", "its perm [0, 0] is no order of 2 axes")
                        .x(2, 3)
                        .with(ints("perm", 0, 0)),
                Case.of("Transpose", "it orders 3 axes but its input has rank 2")
                        .x(2, 3)
                        .with(ints("perm", 0, 2, 1)),
                Case.of("Flatten", "it has the axis 3 but works on rank 2")
                        .x(2, 3)
                        .with(integer("axis", 3)),
                Case.of("Squeeze", "it removes axis 1 of [2,3], which has not 1 element")
                        .x(2, 3)
                        .c(1),
                Case.of("Squeeze", "it names the axis -2 twice").x(1, 3).c(0, -2),
                Case.of("Unsqueeze", "it has the axis 3 but works on rank 3")
                        .x(2, 3)
                        .c(3),
                Case.of("Split", "its axis has 5 elements but its parts have 6")
                        .x(5, 3)
                        .c(2, 4),
                Case.of("Split", "it has 2 outputs but parts of the sizes [5]")
                        .x(5, 3)
                        .c(5),
                Case.of("Split", "its axis of 5 elements does not part into 2 equal parts")
                        .x(5, 3),
                Case.of("Pad", "it has 3 pads for 2 axes").x(2, 3).c(1, 1, 1),
                Case.of("Pad", "it cuts 4 of 3 elements off").x(2, 3).c(0, -2, 0, -2),
                Case.of("Slice", "it has the step 0").x(2, 3).c(0).c(1).c(0).c(0),
                Case.of("Slice", "it has 1 starts, 2 ends").x(2, 3).c(0).c(1, 1),
                Case.of("Slice", "it has the axis 2 but works on rank 2")
                        .x(2, 3)
                        .c(0)
                        .c(1)
                        .c(2),
                Case.of("Gather", "it picks element 3 of 3").x(2, 3).c(3).with(integer("axis", 1)),
                Case.of("GatherElements", "its input has rank 2 but its indices have rank 1")
                        .x(2, 3)
                        .c(1),
                Case.of("GatherND", "its indices are for 3 axes but there are 2")
                        .x(2, 3)
                        .c(0, 0, 0),
                Case.of("TopK", "it picks 4 of 3 elements").x(2, 3).c(4),
                Case.of("ReduceMean", "it has the axis 2 but works on rank 2")
                        .x(2, 3)
                        .with(ints("axes", 2)),
                Case.of("ArgMax", "it has the axis -3 but works on rank 2")
                        .x(2, 3)
                        .with(integer("axis", -3)),
                Case.of("Softmax", "it has the axis 4 but works on rank 2")
                        .x(2, 3)
                        .with(integer("axis", 4)),
                Case.of("DepthToSpace", "its 6 channels are no multiple of 4")
                        .x(1, 6, 2, 2)
                        .with(integer("blocksize", 2)),
                Case.of("SpaceToDepth", "its 3 rows are no multiple of 2")
                        .x(1, 1, 3, 2)
                        .with(integer("blocksize", 2)),
                Case.of("Einsum", "[3] and [4] do not broadcast")
                        .x(2, 3)
                        .x(4, 5)
                        .with(text("equation", "ij,jk->ik")),
                Case.of("Einsum", "it names the axes ijk of an input of shape [2,3]")
                        .x(2, 3)
                        .with(text("equation", "ijk->i")),
                Case.of("LSTM", "its input has 3 features but its weights want 4")
                        .x(5, 1, 3)
                        .x(1, 8, 4)
                        .x(1, 8, 2)
                        .with(integer("hidden_size", 2)),
                Case.of("GRU", "its weights have 8 rows but want 6")
                        .x(5, 1, 3)
                        .x(1, 8, 3)
                        .x(1, 6, 2)
                        .with(integer("hidden_size", 2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whoIsStrictRefusesByName(Case contradiction) {
        OnnxModel model = OnnxModel.load(contradiction.net().save(folder.resolve("model.onnx")));
        assertThatThrownBy(() -> Inferences.of(LiftContext.strict(model)))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageStartingWith("node (" + contradiction.op() + "): ")
                .hasMessageContaining(contradiction.reason());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void othersKnowNothing(Case contradiction) {
        OnnxModel model = OnnxModel.load(contradiction.net().save(folder.resolve("model.onnx")));
        assertThat(Inferences.of(new LiftContext(model)).shape("y")).isEqualTo(Shape.unknown());
    }

    /** What is wrong with the attributes alone is refused by all. */
    @Test
    void geometriesAreRefused() {
        for (AttributeProto wrong :
                List.of(ints("pads", 1, 1, 1), ints("strides", 0, 1), ints("strides", 1), ints("dilations", -1, 1))) {
            OnnxBuilder net = new OnnxBuilder(1)
                    .input("x", 1, 3, 5, 5)
                    .weights("w", 6, 3, 3, 3)
                    .node("Conv", "conv", List.of("x", "w"), "y", wrong)
                    .output("y");
            OnnxModel model = OnnxModel.load(net.save(folder.resolve("geometry.onnx")));
            assertThatThrownBy(() -> Inferences.of(LiftContext.strict(model)))
                    .isInstanceOf(InvalidGraphException.class)
                    .hasMessageStartingWith("conv (Conv)");
        }
    }

    /** Tensors beyond what an array holds are nobody's contradiction. */
    @Test
    void largeSizesAreKnown() {
        OnnxBuilder net = new OnnxBuilder(1)
                .input("x", 1 << 20, 1 << 20)
                .initializer(integers("to", 1 << 10, -1))
                .node("Reshape", "reshape", List.of("x", "to"), "y")
                .output("y");
        OnnxModel model = OnnxModel.load(net.save(folder.resolve("large.onnx")));
        assertThat(Inferences.strict(model).shape("y")).isEqualTo(Shape.of(1 << 10, 1 << 30));
    }
}
