package org.rep4j.graph;

import org.rep4j.algebra.ConvGeometry;

/** No format has convolutions or pools with negative padding: it exists in the algebra alone, as a crop. */
final class NodePadding {
    private NodePadding() {}

    /** @throws InvalidGraphException if {@code geometry} cuts off elements of its input */
    static void requireNotNegative(NodeInfo info, ConvGeometry geometry) {
        if (geometry.isCropped()) {
            throw new InvalidGraphException(info.name() + " (" + info.op() + ") has negative padding (" + geometry
                    + "): elements are cut off by a Pad or Slice before it");
        }
    }
}
