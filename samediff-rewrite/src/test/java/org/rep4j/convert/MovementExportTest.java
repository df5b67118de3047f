package org.rep4j.convert;

import static org.rep4j.convert.ConvertAssert.assertThatExports;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.DataFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterNdUpdate;
import org.nd4j.linalg.api.ops.impl.shape.Flatten2D;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.Shape;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/** Ops of SameDiff's own that move elements, written at all operator sets. */
class MovementExportTest {
    private SameDiff graph;
    private SDVariable x;

    @BeforeEach
    void aPlaceholder() {
        graph = SameDiff.create();
        x = graph.placeHolder("x", DataType.FLOAT, 2, 4, 6, 8);
    }

    private void exports(SDVariable... outputs) {
        String[] names = new String[outputs.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = outputs[i].name();
        }
        assertThatExports(graph, names);
    }

    private SDVariable integers(long... values) {
        return graph.constant(Nd4j.createFromArray(values));
    }

    @Test
    void shapes() {
        exports(
                graph.reshape(x, 8, -1),
                graph.reshape(x, integers(4, 96)),
                graph.permute(x, 0, 2, 3, 1),
                graph.transpose(x),
                graph.expandDims(x, -1),
                graph.squeeze(graph.expandDims(x, 1), 1),
                new Flatten2D(graph, x, 2).outputVariable());
    }

    @Test
    void joins() {
        exports(graph.concat(-1, x, x), graph.stack(1, x, x));
    }

    @Test
    void equalParts() {
        SDVariable[] parts = graph.split(x, 2, 1);
        exports(graph.concat(1, parts[1], parts[0]));
    }

    @Test
    void unequalParts() {
        SDVariable[] parts = graph.splitV(x, integers(1, 3), 2, 1);
        exports(graph.concat(1, parts[1], parts[0]));
    }

    @Test
    void rows() {
        SDVariable[] rows = graph.unstack(x, 0, 2);
        exports(graph.stack(0, rows[1], rows[0]));
    }

    @Test
    void slicesWithMasks() {
        long[] begin = {0, 1, 1};
        long[] end = {0, 3, 9};
        long[] steps = {1, 1, 2};
        exports(
                new StridedSlice(graph, x, new long[] {0, 1, 0, 0}, new long[] {2, 3, 6, 8}, new long[] {1, 1, 2, 3})
                        .outputVariable(),
                new StridedSlice(graph, x, new long[] {1, 1}, new long[] {2, 3}, new long[] {1, 1}, 0, 0, 0, 0, 1)
                        .outputVariable(),
                new StridedSlice(graph, x, begin, end, steps, 0, 5, 0, 1, 0).outputVariable(),
                graph.slice(x, new int[] {0, 1, 2, 3}, 2, 2, -1, 4),
                graph.slice(x, integers(0, 1, 2, 3), integers(1, 2, 3, -1)));
    }

    @Test
    void gathersAndScatters() {
        SDVariable rows = graph.var("rows", Nd4j.rand(DataType.FLOAT, 5, 3));
        SDVariable updates = graph.placeHolder("updates", DataType.FLOAT, 2, 3);
        exports(
                graph.gather(x, integers(3, 0), 1),
                graph.gather(x, graph.constant(Nd4j.createFromArray(1, 2)), 2),
                graph.gatherNd(rows, graph.constant(Nd4j.createFromArray(new long[][] {{1, 2}, {0, 1}}))),
                new ScatterNdUpdate(graph, rows, graph.constant(Nd4j.createFromArray(new long[][] {{1}, {4}})), updates)
                        .outputVariable());
    }

    @Test
    void sizesAndSources() {
        exports(
                graph.shape(x),
                graph.size(x),
                graph.sizeAt(x, -1),
                graph.rank(x),
                graph.onesLike(x),
                graph.zerosLike(x),
                graph.fill(graph.shape(x), DataType.FLOAT, 2.5),
                graph.range(
                        graph.constant(Nd4j.scalar(0L)),
                        graph.sizeAt(x, 3),
                        graph.constant(Nd4j.scalar(3L)),
                        DataType.LONG),
                graph.tile(x, 1, 2, 1, 1),
                graph.tile(x, integers(2, 1, 1, 3)),
                graph.reverse(x, 1, -1));
    }

    @Test
    void oneHotsLeaveOthersCold() {
        SDVariable indices = graph.placeHolder("i", DataType.LONG, 4);
        SDVariable hot = graph.oneHot(indices, 3, 0, 5, 2, DataType.FLOAT);
        Tensor fed = Tensor.ofIntegers(TensorType.INT64, Shape.of(4), new long[] {0, -1, 2, 7});
        assertThatExports(graph, List.of(hot.name()), Map.of("i", fed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NCHW", "NHWC"})
    void blocksInBothLayouts(String layout) {
        DataFormat format = DataFormat.valueOf(layout);
        exports(graph.cnn().depthToSpace(x, 2, format), graph.cnn().spaceToDepth(x, 2, format));
    }

    @Test
    void upsampling() {
        exports(graph.cnn().upsampling2d(x, 2, 3, true), graph.cnn().upsampling2d(x, 2, 3, false));
    }
}
