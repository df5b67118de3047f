package org.rep4j.verify;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.rep4j.rewrite.Bisection;
import org.rep4j.rewrite.RewriteReport.Rewrite;

/**
 * The rewrite that made a deploy form compute something else: with the rewrites before it the form is equivalent, with it, it is
 * not.
 *
 * @param number its number among the rewrites, from 1
 * @param of how many rewrites there are
 * @param rewrite the rewrite
 */
public record Culprit(int number, int of, Rewrite rewrite) {

    /**
     * Finds a culprit by bisection. Where several rewrites break the graph, or where it takes two to do so, the rule that is
     * named is one of them.
     *
     * @param rewrites of a pass whose result is not equivalent
     * @param isEquivalentAfter whether the form after that many of the rewrites is; asked {@link #checks} times at most
     * @return empty if the form after no rewrite is not equivalent either, so that no rule is to blame
     */
    public static Optional<Culprit> among(List<Rewrite> rewrites, IntPredicate isEquivalentAfter) {
        if (rewrites.isEmpty() || !isEquivalentAfter.test(0)) {
            return Optional.empty();
        }
        int step = Bisection.spoilingStep(rewrites.size(), isEquivalentAfter);
        return Optional.of(new Culprit(step, rewrites.size(), rewrites.get(step - 1)));
    }

    /** How many forms {@link #among} checks at most: about the binary logarithm of the number of rewrites. */
    public static int checks(int rewrites) {
        return 1 + Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(rewrites - 1, 0));
    }

    /** {@code rewrite 17 of 42: MergeParallelConvolutions on add_3 (Add)}. */
    @Override
    public String toString() {
        return "rewrite " + number + " of " + of + ": " + rewrite.rule() + " on " + rewrite.op();
    }
}
