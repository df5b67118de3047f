package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Layout;
import org.rep4j.graph.Shape;

/** The geometry attributes that convolutions and pools share. */
final class Geometries {
    private Geometries() {}

    /**
     * @param kernel window size on each axis
     * @param input shape of the op's input, {@code [N, C, …]}
     */
    static ConvGeometry read(Attributes attributes, String label, List<Integer> kernel, Shape input) {
        int axes = kernel.size();
        int[] strides = attributes.integers("strides", axes, 1);
        int[] dilations = attributes.integers("dilations", axes, 1);
        String autoPad = attributes.text("auto_pad", "NOTSET");
        int[] pads = autoPad.equals("NOTSET") ? attributes.integers("pads", 2 * axes, 0) : new int[2 * axes];
        List<ConvAxis> list = new ArrayList<>();
        long[] sizes = Layout.CHANNELS_FIRST.spatialSizes(input, axes);
        for (int i = 0; i < axes; i++) {
            try {
                list.add(new ConvAxis(kernel.get(i), strides[i], dilations[i], pads[i], pads[axes + i]));
            } catch (IllegalArgumentException e) {
                throw new InvalidGraphException(label + ": " + e.getMessage(), e);
            }
        }
        return switch (autoPad) {
            case "NOTSET", "VALID" -> ConvGeometry.of(list);
            case "SAME_UPPER" -> ConvGeometry.same(list, sizes, AutoPad.SAME_UPPER);
            case "SAME_LOWER" -> ConvGeometry.same(list, sizes, AutoPad.SAME_LOWER);
            default -> throw new InvalidGraphException(label + " has auto_pad " + autoPad);
        };
    }
}
