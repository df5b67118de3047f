package org.rep4j.layers.block;

import java.util.List;

/**
 * A chain of linear steps from the block's input to its sum; the input itself where there is none.
 *
 * @param name what it is called, for messages
 * @param steps in order
 * @param subtracted whether the sum takes it off instead of adding it
 */
public record Branch(String name, List<Step> steps, boolean subtracted) {
    /** Copies the list. */
    public Branch {
        steps = List.copyOf(steps);
    }

    /** A branch that is added. */
    public Branch(String name, List<Step> steps) {
        this(name, steps, false);
    }

    /** A branch of these steps. */
    public static Branch of(String name, Step... steps) {
        return new Branch(name, List.of(steps));
    }

    /** A branch of these steps that is taken off the sum. */
    public static Branch minus(String name, Step... steps) {
        return new Branch(name, List.of(steps), true);
    }

    /** Height and width of what it adds. */
    public long[] outputSizes(long... sizes) {
        long[] result = sizes;
        for (Step step : steps) {
            result = step.outputSizes(result);
        }
        return result;
    }
}
