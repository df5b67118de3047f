package org.rep4j.rewrite.rules;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.rep4j.graph.AffineNode;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.Pad;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;

/**
 * One operand of a sum and the linear ops that lead to it, from the nearest value that somebody else reads as well: only there
 * can a sibling branch begin.
 *
 * @param term the operand
 * @param source where the branch begins; the operand itself if others read it, too
 * @param ops from the source to the operand, in the order of execution
 */
record Branch(Term term, Value source, List<SingleInputNode> ops) {
    /** Longer branches than this are cut: no block has them, and looking at a sum stays cheap. */
    private static final int LONGEST = 16;

    /** What a branch is made of, which decides the rule that writes it as one convolution. */
    enum Kind {
        /** Nothing. */
        IDENTITY,
        /** BatchNorms, scales, biases. */
        AFFINE,
        /** An average pool, among others. */
        AVERAGE_POOL,
        /** At most one convolution, and a padding or crop. */
        PADDED,
        /** Several convolutions, or one behind a BatchNorm. */
        SEQUENCE,
        /** A convolution or linear layer alone. */
        KERNEL
    }

    /** Copies the list. */
    Branch {
        ops = List.copyOf(ops);
    }

    /** The branch that ends in {@code term}, an operand of a sum in {@code graph}. */
    static Branch of(Term term, ConvGraph graph) {
        Deque<SingleInputNode> ops = new ArrayDeque<>();
        Value value = term.value();
        while (ops.size() < LONGEST) {
            SingleInputNode op = linear(value, graph).orElse(null);
            if (op == null) {
                break;
            }
            ops.addFirst(op);
            value = op.input();
        }
        return new Branch(term, value, List.copyOf(ops));
    }

    /** The op that writes {@code value}, if it is linear and the value has one reader. */
    static Optional<SingleInputNode> linear(Value value, ConvGraph graph) {
        return Uses.isOwn(value, graph)
                ? graph.producer(value).filter(Branch::isLinear).map(SingleInputNode.class::cast)
                : Optional.empty();
    }

    /** Whether {@code node} can be part of a branch. */
    static boolean isLinear(Node node) {
        return node instanceof Convolution
                || node instanceof Linear
                || node instanceof AffineNode
                || node instanceof AveragePool
                || node instanceof Pad;
    }

    Kind kind() {
        long kernels = ops.stream().filter(KernelNode.class::isInstance).count();
        if (ops.isEmpty()) {
            return Kind.IDENTITY;
        } else if (has(AveragePool.class)) {
            return Kind.AVERAGE_POOL;
        } else if (kernels <= 1 && has(Pad.class)) {
            return Kind.PADDED;
        } else if (kernels == 0) {
            return Kind.AFFINE;
        }
        return ops.size() == 1 ? Kind.KERNEL : Kind.SEQUENCE;
    }

    private boolean has(Class<? extends Node> type) {
        return ops.stream().anyMatch(type::isInstance);
    }

    /** Whether a kernel is in it, so that it can be host to others. */
    boolean hasKernel() {
        return has(KernelNode.class);
    }

    /** The convolution or linear layer that the branch is, if it is one and nothing else. */
    Optional<KernelNode> kernel() {
        return kind() == Kind.KERNEL ? Optional.of((KernelNode) ops.get(0)) : Optional.empty();
    }

    /** For reports: the op that writes the operand, or the operand. */
    String label() {
        return ops.isEmpty() ? term.value().name() : ops.get(ops.size() - 1).label();
    }
}
