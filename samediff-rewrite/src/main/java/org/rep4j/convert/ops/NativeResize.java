package org.rep4j.convert.ops;

import static org.rep4j.convert.ops.Plain.node;

import java.util.Optional;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping.Exporter;

/** SameDiff's resizing of images [batch, height, width, channels], to a size that is an input or two integers. */
final class NativeResize {
    private NativeResize() {}

    static Exporter linear() {
        return op -> write(op, "linear");
    }

    static Exporter nearest() {
        return op -> write(op, "nearest");
    }

    /** Flags: whether the corners of both images are aligned, and whether pixels have their places at their middles. */
    private static void write(ExportedOp op, String mode) throws NotConvertibleException {
        boolean alignsCorners = op.flag(0, false);
        boolean usesMiddles = op.flag(1, false);
        if (op.rank(0) != 4) {
            throw op.unsupported("it resizes an image without batch");
        }
        if (alignsCorners && usesMiddles) {
            throw op.unsupported("it aligns both corners and middles of pixels");
        }
        String x = op.permuted(0, 0, 3, 1, 2);
        String outer = node(op, "Slice", node(op, "Shape", x), op.vector(0), op.vector(2));
        String sizes =
                op.node("Concat").reads(outer, size(op)).integer("axis", 0).value();
        String resized = op.node("Resize")
                .reads(x, "", "", sizes)
                .text("mode", mode)
                .text(
                        "coordinate_transformation_mode",
                        alignsCorners ? "align_corners" : usesMiddles ? "half_pixel" : "asymmetric")
                .text("nearest_mode", alignsCorners || usesMiddles ? "round_prefer_ceil" : "floor")
                .value();
        op.node("Transpose").reads(resized).integers("perm", 0, 2, 3, 1).writes(0);
    }

    private static String size(ExportedOp op) throws NotConvertibleException {
        if (op.count() == 1) {
            return op.vector(op.integer(0, 0), op.integer(1, 0));
        }
        Optional<long[]> known = op.integers(1);
        return known.isPresent() ? op.vector(known.get()) : ShapeExport.longs(op, 1);
    }
}
