package org.rep4j.layers;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.Filter;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.Window;

/** A block that adds its input where it can, and where it cannot what a {@link Shortcut} says. */
public abstract class ShortcutConvolution extends RepConvolution {
    /** What is added where the input cannot be. */
    protected Shortcut shortcut = Shortcut.NONE;

    /** For Jackson. */
    protected ShortcutConvolution() {}

    /** Takes over what the builder holds. */
    protected ShortcutConvolution(Builder<?> builder) {
        super(builder);
        this.shortcut = builder.shortcut;
    }

    @Override
    protected void validate() {
        super.validate();
        validateOddKernel();
    }

    /**
     * Adds the branch of the input, or what takes its place, to others.
     *
     * @param behind the steps that this branch has in any case
     */
    protected final void addInput(List<Branch> branches, String name, Step... behind) {
        if (!keepsShape() && shortcut == Shortcut.NONE) {
            return;
        }
        List<Step> steps = new ArrayList<>();
        if (!keepsShape()) {
            boolean pools = shortcut == Shortcut.AVERAGE_POOL;
            if (!pools || inputs() != nOut) {
                steps.add(convolution(name, pools ? Window.pointwise(1, 1) : window(1, 1)));
            }
            if (pools) {
                steps.add(new FilterStep(Filter.AVERAGE, nOut, window(kernelSize)));
            }
        }
        steps.addAll(List.of(behind));
        branches.add(new Branch(name, steps));
    }

    /**
     * What such blocks can be told.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>> extends RepConvolution.Builder<T> {
        private Shortcut shortcut = Shortcut.NONE;

        /** Starts with a 3×3 kernel that keeps the size of the image. */
        protected Builder() {}

        /** What is added where the input cannot be, because it has other channels or another size; nothing if nothing is said. */
        public T shortcut(Shortcut kind) {
            this.shortcut = kind;
            return self();
        }
    }
}
