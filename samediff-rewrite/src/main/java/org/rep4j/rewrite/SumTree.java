package org.rep4j.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;

/**
 * Sums of sums, seen as one sum of many operands. An inner sum belongs to the tree if the tree alone reads it.
 *
 * @param top the sum whose output leaves the tree
 * @param sums all sums of the tree, the top first
 * @param terms the operands of all sums of the tree, in order, with their signs; one value may occur more than once
 */
public record SumTree(Sum top, List<Sum> sums, List<Term> terms) {

    /** Copies the lists. */
    public SumTree {
        sums = List.copyOf(sums);
        terms = List.copyOf(terms);
    }

    /** Whether {@code sum} is the top of its tree. */
    public static boolean isTop(Sum sum, ConvGraph graph) {
        return parent(sum, graph).isEmpty();
    }

    /** The sum that alone reads the sum {@code node}, and once only; empty if {@code node} is not a sum or leaves its tree. */
    static Optional<Sum> parent(Node node, ConvGraph graph) {
        if (!(node instanceof Sum sum) || graph.isOutput(sum.output())) {
            return Optional.empty();
        }
        if (graph.uses(sum.output()) == 1
                && graph.consumers(sum.output()).iterator().next() instanceof Sum parent) {
            return Optional.of(parent);
        }
        return Optional.empty();
    }

    /** The operands without their signs. */
    public List<Value> leaves() {
        return terms.stream().map(Term::value).toList();
    }

    /** The tree below {@code top}. */
    public static SumTree under(Sum top, ConvGraph graph) {
        List<Sum> sums = new ArrayList<>(List.of(top));
        List<Term> leaves = new ArrayList<>();
        Deque<Term> open = new ArrayDeque<>(top.terms());
        while (!open.isEmpty()) {
            Term operand = open.pop();
            Optional<Sum> inner = graph.producer(operand.value())
                    .filter(Sum.class::isInstance)
                    .map(Sum.class::cast)
                    .filter(s -> parent(s, graph).isPresent());
            if (inner.isPresent()) {
                sums.add(inner.get());
                List<Term> operands = inner.get().terms();
                for (int i = operands.size() - 1; i >= 0; i--) {
                    open.push(operands.get(i).negatedIf(operand.negated()));
                }
            } else {
                leaves.add(operand);
            }
        }
        return new SumTree(top, sums, leaves);
    }
}
