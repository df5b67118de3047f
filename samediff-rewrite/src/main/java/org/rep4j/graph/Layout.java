package org.rep4j.graph;

import java.util.Arrays;
import org.rep4j.algebra.ConvGeometry;

/** Which axis of an activation holds its channels. */
public enum Layout {
    /** {@code [N, C, …]}: NCHW and its kin. */
    CHANNELS_FIRST(1),
    /** {@code [N, …, C]}: NHWC and its kin. */
    CHANNELS_LAST(-1);

    private final int channelAxis;

    Layout(int channelAxis) {
        this.channelAxis = channelAxis;
    }

    /** The channel axis, counted from the end if negative. */
    public int channelAxis() {
        return channelAxis;
    }

    /** The axis of spatial dimension {@code spatial}: 0 is the outermost. */
    public int spatialAxis(int spatial) {
        return this == CHANNELS_FIRST ? spatial + 2 : spatial + 1;
    }

    /** Sizes of the {@code axes} spatial axes, −1 where unknown; all of them if the rank is another. */
    public long[] spatialSizes(Shape shape, int axes) {
        long[] sizes = new long[axes];
        Arrays.fill(sizes, Shape.UNKNOWN_DIM);
        for (int i = 0; i < axes && shape.rank() == axes + 2; i++) {
            sizes[i] = shape.dim(spatialAxis(i));
        }
        return sizes;
    }

    /** {@code shape} with other spatial sizes; where its rank is not theirs, nothing else is known of the result. */
    public Shape withSpatialSizes(Shape shape, long[] sizes) {
        Shape resized = shape.rank() == sizes.length + 2 ? shape : Shape.ofRank(sizes.length + 2);
        for (int i = 0; i < sizes.length; i++) {
            resized = resized.withDim(spatialAxis(i), Math.max(sizes[i], Shape.UNKNOWN_DIM));
        }
        return resized;
    }

    /** What a convolution or pool of this geometry makes of {@code input}: as far as that is known, with {@code channels}. */
    public Shape outputShape(Shape input, ConvGeometry geometry, long channels) {
        return withSpatialSizes(input, geometry.outputSizes(spatialSizes(input, geometry.rank())))
                .withDim(channelAxis, channels);
    }
}
