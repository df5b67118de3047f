package org.rep4j.convert.ops;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/**
 * Ops that move elements between channels and places. They are written as reshapes and permutes, because libnd4j's own have
 * other orders of the channels.
 */
public final class ImageOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("DepthToSpace", ImageOps::depthToSpace, "SpaceToDepth", ImageOps::spaceToDepth);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.of(
                "depth_to_space", op -> write(op, "DepthToSpace"),
                "space_to_depth", op -> write(op, "SpaceToDepth"));
    }

    private static long block(ImportedOp op) throws NotConvertibleException {
        long block = op.node().integer("blocksize", 0);
        if (block < 1 || op.rank(0) != 4) {
            throw op.invalid("has blocks of " + block + " in " + op.rank(0) + " axes");
        }
        return block;
    }

    private static List<SDVariable> depthToSpace(ImportedOp op) throws NotConvertibleException {
        long block = block(op);
        Extent[] sizes = Extent.all(op, 0);
        if (sizes[1].isKnown() && sizes[1].known() % (block * block) != 0) {
            throw op.invalid("makes blocks of " + block + " from " + sizes[1].known() + " channels");
        }
        Extent side = Extent.of(block);
        Extent channels = sizes[1].dividedBy(op, block * block);
        boolean columnRowDepth = op.node().text("mode", "DCR").equals("CRD");
        List<Extent> split = columnRowDepth
                ? List.of(sizes[0], channels, side, side, sizes[2], sizes[3])
                : List.of(sizes[0], side, side, channels, sizes[2], sizes[3]);
        int[] order = columnRowDepth ? new int[] {0, 1, 4, 2, 5, 3} : new int[] {0, 3, 4, 1, 5, 2};
        SDVariable blocks = op.graph().permute(Extent.reshape(op, op.in(0), split), order);
        return ImportedOp.result(Extent.reshape(
                op,
                blocks,
                sizes[0],
                channels,
                Extent.product(op, sizes[2], side),
                Extent.product(op, sizes[3], side)));
    }

    private static List<SDVariable> spaceToDepth(ImportedOp op) throws NotConvertibleException {
        long block = block(op);
        Extent[] sizes = Extent.all(op, 0);
        for (int axis = 2; axis < sizes.length; axis++) {
            if (sizes[axis].isKnown() && sizes[axis].known() % block != 0) {
                throw op.invalid("makes blocks of " + block + " from a size of " + sizes[axis].known());
            }
        }
        Extent side = Extent.of(block);
        Extent height = sizes[2].dividedBy(op, block);
        Extent width = sizes[3].dividedBy(op, block);
        SDVariable split = Extent.reshape(op, op.in(0), sizes[0], sizes[1], height, side, width, side);
        SDVariable blocks = op.graph().permute(split, 0, 3, 5, 1, 2, 4);
        Extent channels = Extent.product(op, sizes[1], Extent.of(block * block));
        return ImportedOp.result(Extent.reshape(op, blocks, sizes[0], channels, height, width));
    }

    /** Arguments: side of the blocks, and whether the channels come last. */
    private static void write(ExportedOp op, String type) throws NotConvertibleException {
        boolean channelsLast = op.integer(1, 1) != 0;
        String image = channelsLast ? op.permuted(0, 0, 3, 1, 2) : op.in(0);
        String moved = op.node(type)
                .reads(image)
                .integer("blocksize", op.integer(0, 2))
                .value();
        if (channelsLast) {
            op.node("Transpose").reads(moved).integers("perm", 0, 2, 3, 1).writes(0);
        } else {
            op.node("Identity").reads(moved).writes(0);
        }
    }
}
