package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Sum.Term;
import org.rep4j.graph.Value;

/**
 * A sum or difference of computed values, with the negations that alone serve it:
 *
 * <pre>
 * x → neg → add → y        y = z − x
 *       z ↗
 * </pre>
 *
 * @param ops the negations, then the addition or subtraction
 */
record SignedSumIdiom(List<NativeOp> ops) implements Idiom {
    private static final Set<String> KINDS = Set.of("add", "mergeadd", "subtract", "reversesubtract");

    /** Copies the list. */
    SignedSumIdiom {
        ops = List.copyOf(ops);
    }

    /** The sum that {@code op} is, if a negation belongs to it. */
    static Optional<SignedSumIdiom> match(NativeOp op, LiftContext context) {
        if (!KINDS.contains(op.kind())
                || op.ordered()
                || op.outputs().size() != 1
                || op.inputs().size() < 2
                || op.inputs().stream().anyMatch(context.constants()::isConstant)
                || !ArithmeticReader.hasOneType(op, context)) {
            return Optional.empty();
        }
        List<NativeOp> all = new ArrayList<>();
        op.inputs().forEach(i -> context.view().ownProducer(op, i, "neg").ifPresent(all::add));
        if (all.isEmpty()) {
            return Optional.empty();
        }
        all.add(op);
        return Optional.of(new SignedSumIdiom(all));
    }

    /** The sum that {@code op} alone is. */
    static Sum plain(NativeOp op, LiftContext context) {
        return new SignedSumIdiom(List.of(op)).node(context);
    }

    @Override
    public Sum node(LiftContext context) {
        NativeOp sum = root();
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < sum.inputs().size(); i++) {
            Term term = term(sum.inputs().get(i), context);
            boolean subtracted =
                    sum.kind().equals("subtract") ? i == 1 : sum.kind().equals("reversesubtract") && i == 0;
            terms.add(term.negatedIf(subtracted));
        }
        Shape shape = terms.stream()
                .map(Term::value)
                .map(Value::shape)
                .reduce(Shapes::broadcast)
                .orElse(Shape.unknown());
        return new Sum(
                context.info(sum, new NativeGroup(ops, false, false)), terms, context.output(sum.output(), shape));
    }

    private Term term(String operand, LiftContext context) {
        return ops.stream()
                .filter(op -> op != root() && op.output().equals(operand))
                .findFirst()
                .map(neg -> Term.minus(context.value(neg.inputs().get(0))))
                .orElseGet(() -> Term.plus(context.value(operand)));
    }
}
