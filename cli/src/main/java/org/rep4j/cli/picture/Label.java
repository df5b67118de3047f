package org.rep4j.cli.picture;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/**
 * What is written in a box: the op with what matters most of its geometry, {@code Conv 3×3 s2 dw}, and below it the end of
 * its name, which tells more than the beginning.
 *
 * @param title first line
 * @param subtitle second line
 */
record Label(String title, String subtitle) {
    /** Height of a box, in pixels. */
    static final int HEIGHT = 38;

    private static final int LONGEST_TITLE = 24;
    private static final int LONGEST_SUBTITLE = 26;
    /** Advance of a character, in pixels: the style sheet asks for a fixed-width font of 12 and of 10 pixels. */
    private static final double TITLE_ADVANCE = 7.3;

    private static final double SUBTITLE_ADVANCE = 6.1;
    private static final int MARGIN = 20;
    /** Room for the group's number. */
    private static final int BADGE = 26;

    private static final int NARROWEST = 84;

    /** The label of an op. */
    static Label of(Node node) {
        String geometry = geometry(node);
        String title = Text.head(node.info().op(), LONGEST_TITLE) + (geometry.isEmpty() ? "" : " " + geometry);
        return new Label(title, Text.tail(node.name(), LONGEST_SUBTITLE));
    }

    /** The label of an input or output of the net. */
    static Label of(String role, Value value) {
        return new Label(role, Text.tail(value.name(), LONGEST_SUBTITLE));
    }

    /** Width of the box, in pixels. */
    double width() {
        double text = Math.max(Text.cells(title) * TITLE_ADVANCE + BADGE, Text.cells(subtitle) * SUBTITLE_ADVANCE);
        return Math.ceil(Math.max(text + MARGIN, NARROWEST));
    }

    private static String geometry(Node node) {
        if (node instanceof Convolution conv) {
            return geometry(conv.geometry(), conv.kernel().shape());
        }
        if (node instanceof TransposedConvolution conv) {
            return geometry(conv.geometry(), conv.kernel().shape());
        }
        if (node instanceof AveragePool pool) {
            return taps(pool.geometry());
        }
        if (node instanceof KernelNode linear) {
            KernelShape shape = linear.kernel().shape();
            return shape.inChannels() + "→" + shape.outChannels();
        }
        return "";
    }

    private static String geometry(ConvGeometry geometry, KernelShape shape) {
        String groups = shape.isDepthwise() ? " dw" : shape.groups() > 1 ? " g" + shape.groups() : "";
        return taps(geometry) + groups;
    }

    private static String taps(ConvGeometry geometry) {
        List<ConvAxis> axes = geometry.axes();
        return join(axes, ConvAxis::kernel)
                + other(" s", axes, ConvAxis::stride)
                + other(" d", axes, ConvAxis::dilation);
    }

    /** What is not 1, once where it is the same on all axes. */
    private static String other(String sign, List<ConvAxis> axes, ToIntFunction<ConvAxis> number) {
        int first = number.applyAsInt(axes.get(0));
        boolean same = axes.stream().allMatch(a -> number.applyAsInt(a) == first);
        if (same) {
            return first == 1 ? "" : sign + first;
        }
        return sign + join(axes, number);
    }

    private static String join(List<ConvAxis> axes, ToIntFunction<ConvAxis> number) {
        return axes.stream().map(a -> Integer.toString(number.applyAsInt(a))).collect(Collectors.joining("×"));
    }
}
