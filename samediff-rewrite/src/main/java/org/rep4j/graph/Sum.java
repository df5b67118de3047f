package org.rep4j.graph;

import java.util.List;

/**
 * The signed sum of two or more computed values (a constant summand makes a {@link ChannelShift}): additions, and
 * subtractions of one value from another. Operands may broadcast.
 *
 * @param info name, op, native handle
 * @param terms the operands with their signs; one value may occur more than once
 * @param output the sum
 */
public record Sum(NodeInfo info, List<Term> terms, Value output) implements Node {

    /**
     * One operand.
     *
     * @param value what is added
     * @param negated whether it is subtracted instead
     */
    public record Term(Value value, boolean negated) {
        /** An operand that is added. */
        public static Term plus(Value value) {
            return new Term(value, false);
        }

        /** An operand that is subtracted. */
        public static Term minus(Value value) {
            return new Term(value, true);
        }

        /** The same operand, with the other sign if {@code negate}. */
        public Term negatedIf(boolean negate) {
            return negate ? new Term(value, !negated) : this;
        }

        /** For example {@code -features}, without the sign if it is added. */
        @Override
        public String toString() {
            return (negated ? "-" : "") + value.name();
        }
    }

    /** Copies the list. */
    public Sum {
        terms = List.copyOf(terms);
    }

    /** A sum without a negative sign. */
    public static Sum of(NodeInfo info, List<Value> operands, Value output) {
        return new Sum(info, operands.stream().map(Term::plus).toList(), output);
    }

    @Override
    public List<Value> inputs() {
        return terms.stream().map(Term::value).toList();
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public Sum withInput(Value old, Value replacement) {
        return new Sum(
                info,
                terms.stream()
                        .map(t -> t.value().equals(old) ? new Term(replacement, t.negated()) : t)
                        .toList(),
                output);
    }
}
