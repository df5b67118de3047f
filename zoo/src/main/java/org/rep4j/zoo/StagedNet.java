package org.rep4j.zoo;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.jspecify.annotations.Nullable;

/** A net of a stem and four stages, each of its own width. */
public abstract class StagedNet extends PublishedNet {
    private static final int STAGES = 4;

    private final int[] widths;

    /** @param published channels of the stem and of the stages, where the builder does not say others */
    StagedNet(Builder<?> builder, int... published) {
        super(builder);
        this.widths = builder.widths == null ? published.clone() : builder.widths;
    }

    /** Channels of a stage; of the stem, 0. */
    final int width(int stage) {
        return widths[stage];
    }

    /**
     * What such nets can be told.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>> extends PublishedNet.Builder<T> {
        private int @Nullable [] widths;

        Builder() {}

        /** Channels of the stem and of the four stages, for a net of another width than the published one. */
        public T widths(int... channels) {
            if (channels.length != 1 + STAGES || Arrays.stream(channels).anyMatch(c -> c < 1)) {
                throw new DL4JInvalidConfigException("widths are " + Arrays.toString(channels)
                        + ", but must be five positive numbers: of the stem and of four stages");
            }
            this.widths = channels.clone();
            return self();
        }
    }
}
