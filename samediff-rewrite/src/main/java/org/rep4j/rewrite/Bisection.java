package org.rep4j.rewrite;

import java.util.function.IntPredicate;

/** Finds the step that spoils a sequence of steps, in O(log n) looks. */
public final class Bisection {
    private Bisection() {}

    /**
     * A number n from 1 to {@code steps} such that all is well after n − 1 steps and not after n. Where steps also repair what
     * others spoiled there may be several such numbers, and this one need not be the smallest.
     *
     * @param steps number of steps, after which all is not well; at least 1
     * @param isWell whether all is well after a number of steps; it is after 0, and neither 0 nor {@code steps} is asked for
     */
    public static int spoilingStep(int steps, IntPredicate isWell) {
        if (steps < 1) {
            throw new IllegalArgumentException("there is no step that could have spoiled anything");
        }
        int well = 0;
        int spoiled = steps;
        while (spoiled - well > 1) {
            int middle = (well + spoiled) >>> 1;
            if (isWell.test(middle)) {
                well = middle;
            } else {
                spoiled = middle;
            }
        }
        return spoiled;
    }
}
