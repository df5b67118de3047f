package org.rep4j.convert.ops;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.image.NonMaxSuppressionV3;
import org.nd4j.linalg.api.ops.impl.shape.Concat;
import org.nd4j.linalg.api.ops.impl.shape.StridedSlice;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.onnx.OnnxType;

/**
 * Non-maximum suppression. SameDiff's works on the boxes of one image and the scores of one class, so there is one op for each pair of
 * these. It is non_max_suppression_v3: its predecessor fills up with zeros what it does not select.
 */
public final class SuppressionOps implements OpMapping {
    /** libnd4j drops boxes whose overlap is the threshold, ONNX those beyond it: the factor to the next number. */
    private static final double NEXT = 1 + 0x1p-23;

    @Override
    public Map<String, Importer> importers() {
        return Map.of("NonMaxSuppression", SuppressionOps::suppress);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.of("non_max_suppression_v3", SuppressionOps::write);
    }

    private static List<SDVariable> suppress(ImportedOp op) throws NotConvertibleException {
        long images = Math.max(op.shape(0).dim(0), op.shape(1).dim(0));
        long classes = op.shape(1).dim(1);
        if (images < 0 || classes < 0) {
            throw op.unsupported("the number of images or classes is not known");
        }
        if (!op.has(2) || images == 0 || classes == 0) {
            return ImportedOp.result(op.constant(Nd4j.empty(DataType.LONG).reshape(0, 3)));
        }
        SameDiff graph = op.graph();
        SDVariable boxes = op.node().integer("center_point_box", 0) == 0 ? op.in(0) : corners(op);
        SDVariable most = Elements.as( // PyTorch says "all" by the largest 64-bit number
                graph.math().min(graph.reshape(op.in(2)), op.scalar(Integer.MAX_VALUE, DataType.LONG)), DataType.INT);
        SDVariable overlap = op.has(3) ? graph.reshape(op.in(3)) : op.scalar(0, DataType.FLOAT);
        SDVariable next = overlap.mul(op.scalar(NEXT, DataType.FLOAT)).add(op.scalar(Float.MIN_NORMAL, DataType.FLOAT));
        SDVariable beyond = graph.math().min(next, op.scalar(1, DataType.FLOAT)); // it refuses more
        SDVariable least = op.has(4) ? graph.reshape(op.in(4)) : op.scalar(-Float.MAX_VALUE, DataType.FLOAT);
        SDVariable[] selected = new SDVariable[Math.toIntExact(images * classes)];
        for (int i = 0; i < selected.length; i++) {
            long image = i / classes;
            long type = i % classes;
            SDVariable those = element(op, boxes, image);
            SDVariable scores = element(op, element(op, op.in(1), image), type);
            SDVariable found = new NonMaxSuppressionV3(graph, those, scores, most, beyond, least).outputVariable();
            SDVariable rows = graph.expandDims(found.castTo(DataType.LONG), 1);
            SDVariable zeros = graph.zerosLike(rows);
            selected[i] = new Concat(
                            graph,
                            1,
                            zeros.add(op.scalar(image, DataType.LONG)),
                            zeros.add(op.scalar(type, DataType.LONG)),
                            rows)
                    .outputVariable();
        }
        return ImportedOp.result(selected.length == 1 ? selected[0] : new Concat(graph, 0, selected).outputVariable());
    }

    private static SDVariable element(ImportedOp op, SDVariable variable, long index) {
        return op.graph().gather(variable, op.scalar(index, DataType.LONG), 0);
    }

    /** Opposite corners of boxes of which the middle and the sides are said. */
    private static SDVariable corners(ImportedOp op) {
        SDVariable middles = columns(op, 0);
        SDVariable halves = columns(op, 2).mul(op.scalar(0.5, DataType.FLOAT));
        return new Concat(op.graph(), 2, middles.sub(halves), middles.add(halves)).outputVariable();
    }

    private static SDVariable columns(ImportedOp op, long first) {
        return new StridedSlice(
                        op.graph(),
                        op.in(0),
                        new long[] {0, 0, first},
                        new long[] {0, 0, first + 2},
                        new long[] {1, 1, 1},
                        3,
                        3,
                        0,
                        0,
                        0)
                .outputVariable();
    }

    private static void write(ExportedOp op) throws NotConvertibleException {
        if (op.count() < 5) {
            throw op.unsupported("its thresholds are arguments");
        }
        String boxes = op.node("Unsqueeze").reads(op.in(0), op.vector(0)).value();
        String scores = op.node("Unsqueeze").reads(op.in(1), op.vector(0, 1)).value();
        String most =
                op.node("Reshape").reads(ShapeExport.longs(op, 2), op.vector(1)).value();
        String overlap = op.node("Reshape").reads(op.in(3), op.vector(1)).value();
        String before = op.node("Mul")
                .reads(overlap, op.scalar(1 / NEXT, OnnxType.FLOAT))
                .value();
        String least = op.node("Reshape").reads(op.in(4), op.vector(1)).value();
        String rows = op.node("NonMaxSuppression")
                .reads(boxes, scores, most, before, least)
                .value();
        String column = op.node("Slice")
                .reads(rows, op.vector(2), op.vector(3), op.vector(1))
                .value();
        String indices = op.node("Squeeze").reads(column, op.vector(1)).value();
        SourceOps.converted(op, indices, OnnxType.INT64);
    }
}
