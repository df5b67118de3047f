package org.rep4j.graph;

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
}
