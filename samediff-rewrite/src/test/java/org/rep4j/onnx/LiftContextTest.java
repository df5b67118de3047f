package org.rep4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.testing.OnnxBuilder.integer;
import static org.rep4j.testing.OnnxBuilder.integers;

import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rep4j.graph.Shape;
import org.rep4j.testing.OnnxBuilder;

/** What each of the two kinds of context believes. */
class LiftContextTest {
    @TempDir
    private Path folder;

    private final OnnxBuilder net = new OnnxBuilder(1)
            .input("x", -1, 6, 4, -1)
            .initializer(integers("one", 1))
            .initializer(integers("rest", -1));

    /** A Reshape of {@code value} to {@code [its size on axis 1, −1]}. */
    private OnnxModel sizeOf(String value) {
        net.node("Shape", "shape", List.of(value), "sizes")
                .node("Gather", "gather", List.of("sizes", "one"), "channels", integer("axis", 0))
                .node("Concat", "concat", List.of("channels", "rest"), "target", integer("axis", 0))
                .node("Reshape", "reshape", List.of(value, "target"), "y")
                .output("y");
        return OnnxModel.load(net.save(folder.resolve("model.onnx")));
    }

    @Test
    void sizesThatAreKnownAreConstantWhereOthersAreNot() {
        OnnxModel model = sizeOf("x");
        Inferences strict = Inferences.of(LiftContext.strict(model));
        assertThat(strict.context().constants().get("channels").orElseThrow().readIntegers())
                .containsExactly(6);
        assertThat(strict.context().constants().get("target").orElseThrow().readIntegers())
                .containsExactly(6, -1);
        assertThat(strict.context().constants().get("sizes")).isEmpty();
        assertThat(strict.shape("y")).isEqualTo(Shape.of(6, -1));
    }

    /** The pass leaves nodes alone that read sizes which may vary, but knows what they compute. */
    @Test
    void theLiftKnowsThemToo() {
        Inferences lenient = Inferences.of(new LiftContext(sizeOf("x")));
        assertThat(lenient.context().constants().get("channels")).isEmpty();
        assertThat(lenient.shape("y")).isEqualTo(Shape.of(6, -1));
    }

    /** Declarations inside a net whose batch is free may stem from an export of another size. */
    @Test
    void whatIsOnlyDeclaredIsNoConstant() {
        net.withGraph(g -> g.clearInput()).input("x", -1, 6, 4, 4);
        net.withGraph(g -> g.addNode(OnnxBuilder.proto("Any", "any", List.of("x"), List.of("z")).toBuilder()
                        .setDomain("com.example")))
                .withGraph(g -> g.addValueInfo(OnnxBuilder.info("z", DataType.FLOAT, 1, 9, 2, 2)))
                .with(m -> m.addOpsetImportBuilder().setDomain("com.example").setVersion(1));
        OnnxModel model = sizeOf("z");
        Inferences strict = Inferences.of(LiftContext.strict(model));
        assertThat(strict.shape("z")).isEqualTo(Shape.ofRank(4));
        assertThat(strict.context().constants().get("channels")).isEmpty();
        assertThat(strict.shape("y")).isEqualTo(Shape.ofRank(2));

        Inferences lenient = Inferences.of(new LiftContext(model));
        assertThat(lenient.shape("z")).isEqualTo(Shape.of(1, 9, 2, 2));
        assertThat(lenient.shape("y")).isEqualTo(Shape.ofRank(2));
    }

    /** A batch that is on both sides of a Reshape cancels out, as in a channel shuffle. */
    @Test
    void freeSizesCancelOut() {
        net.withGraph(g -> g.clearInput()).input("x", -1, 6, 4, 4);
        net.initializer(integers("zero", 0))
                .initializer(integers("groups", 2, 3))
                .initializer(integers("image", 4, 4));
        net.node("Shape", "shape", List.of("x"), "sizes")
                .node("Gather", "gather", List.of("sizes", "zero"), "batch")
                .node("Concat", "join", List.of("batch", "groups", "image"), "grouped", integer("axis", 0))
                .node("Reshape", "group", List.of("x", "grouped"), "a")
                .node("Transpose", "turn", List.of("a"), "b", OnnxBuilder.ints("perm", 0, 2, 1, 3, 4))
                .node("Concat", "open", List.of("batch", "rest", "image"), "flat", integer("axis", 0))
                .node("Reshape", "flatten", List.of("b", "flat"), "y")
                .output("y");
        OnnxModel model = OnnxModel.load(net.save(folder.resolve("shuffle.onnx")));
        for (LiftContext context : List.of(LiftContext.strict(model), new LiftContext(model))) {
            Inferences inferences = Inferences.of(context);
            assertThat(inferences.shape("b")).isEqualTo(Shape.of(-1, 3, 2, 4, 4));
            assertThat(inferences.shape("y")).isEqualTo(Shape.of(-1, 6, 4, 4));
        }
    }
}
