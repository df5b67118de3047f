package org.rep4j.samediff;

import java.util.List;

/**
 * The ops that one node stands for: the node's handle. Compared by identity.
 *
 * @param ops one or more, the one that writes the node's output last; ops that only prepare weights are not among them
 * @param samePadding whether it is a convolution whose padding follows from the size of its input (SAME)
 * @param trainable whether training would change its parameters
 */
record NativeGroup(List<NativeOp> ops, boolean samePadding, boolean trainable) {

    /** Copies the list. */
    NativeGroup {
        ops = List.copyOf(ops);
    }
}
