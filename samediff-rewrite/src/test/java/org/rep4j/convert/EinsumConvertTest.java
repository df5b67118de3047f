package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;

/** Einsum computes in SameDiff, and written back, what ONNX Runtime does. */
class EinsumConvertTest {
    /** A model whose inputs have these shapes, separated by spaces; {@code ?} is a size that is left open, and fed as 3. */
    private static OnnxModel einsum(String equation, OnnxType type, String... shapes) {
        OnnxModelBuilder model = new OnnxModelBuilder("einsum", 13);
        OnnxNode.Builder node = OnnxNode.of("Einsum").name("sum").text("equation", equation);
        for (int i = 0; i < shapes.length; i++) {
            String[] sizes = shapes[i].isEmpty() ? new String[0] : shapes[i].split(" ");
            long[] dims = new long[sizes.length];
            for (int axis = 0; axis < dims.length; axis++) {
                dims[axis] = sizes[axis].equals("?") ? -1 : Long.parseLong(sizes[axis]);
            }
            model.input("x" + i, type, Shape.of(dims));
            node.reads("x" + i);
        }
        model.node(node.writes("y").build());
        model.output("y", type, Shape.unknown());
        return model.build();
    }

    @ParameterizedTest
    @CsvSource({
        "'ij->ji', 2 3, ",
        "'ij->i', 2 3, ",
        "'ij->', 2 3, ",
        "'ij', 2 3, ",
        "'ba', 2 3, ",
        "'ii->i', 3 3, ",
        "'ii', 3 3, ",
        "'...ii->...i', 2 3 3, ",
        "'iji->ij', 3 2 3, ",
        "'iii->i', 3 3 3, ",
        "'i,i', 4, 4",
        "'i,j->ij', 4, 3",
        "'i,i->i', 4, 4",
        "'ij,jk->ik', 2 3, 3 4",
        "'ij,jk', 2 3, 3 4",
        "'bij, bjk -> bik', 5 2 3, 5 3 4",
        "'bhid,bhjd->bhij', 2 3 4 5, 2 3 6 5",
        "'bhij,bhjd->bhid', 2 3 4 5, 2 3 5 6",
        "'bhid,bhjd->bhij', ? 2 ? 5, ? 2 ? 5",
        "'bchw,cd->bdhw', ? 4 ? ?, 4 2",
        "'nctkv,kvw->nctw', 2 3 4 2 5, 2 5 5",
        "'...ij,...jk->...ik', 2 3 4, 2 4 5",
        "'...ij,...jk', 2 3 4, 2 4 5",
        "'...ij,jk->...ik', 2 3 4, 4 5",
        "'ij,kl->', 2 3, 4 5",
        "'ii,ij->j', 3 3, 3 4",
        "',ij->ij', '', 2 3",
        "'bn,anm,bm->ba', 2 3, '5 3 4, 2 4'",
    })
    void sumsOfProducts(String equation, String first, String others) {
        String[] shapes = others == null ? new String[] {first} : (first + "," + others).split(" *, *", -1);
        ConvertAssert.assertThatConverts(einsum(equation, OnnxType.FLOAT, shapes));
    }

    @Test
    void doubles() {
        ConvertAssert.assertThatConverts(einsum("ij,kj->ki", OnnxType.DOUBLE, "2 3", "4 3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ij,jk->ik", "ijk->i", "ij->k", "ij->ii", "i$->i", "ij->i->j", ""})
    void contradictionsAreTold(String equation) {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(einsum(equation, OnnxType.FLOAT, "2 3")))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("sum (Einsum)");
    }

    @Test
    void sizesOfAnAxisMustBeTheSame() {
        assertThatThrownBy(() -> OnnxToSameDiff.convert(einsum("ij,jk->ik", OnnxType.FLOAT, "2 3", "4 5")))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("sum (Einsum)");
    }
}
