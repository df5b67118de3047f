package org.rep4j.convert.ops;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/** A factor of an Einsum, or the product of some: a variable whose axes have names, each a letter or a digit. Immutable. */
final class EinsumTerm {
    private final ImportedOp op;
    private final SDVariable variable;
    private final String axes;
    private final Map<Character, Extent> sizes;

    private EinsumTerm(ImportedOp op, SDVariable variable, String axes, Map<Character, Extent> sizes) {
        this.op = op;
        this.variable = variable;
        this.axes = axes;
        this.sizes = sizes;
    }

    /** An input with these axes, some of which may be the same. */
    static EinsumTerm of(ImportedOp op, int input, String axes) throws NotConvertibleException {
        Map<Character, Extent> sizes = new HashMap<>();
        for (int i = 0; i < axes.length(); i++) {
            Extent size = Extent.of(op, input, i);
            Extent other = sizes.put(axes.charAt(i), size);
            if (other != null && other.isKnown() && size.isKnown() && other.known() != size.known()) {
                throw op.invalid("has axes of " + other.known() + " and " + size.known() + " elements, both called "
                        + axes.charAt(i));
            }
            if (size.isKnown() && size.known() == 0) {
                throw op.unsupported("it sums over nothing, since an input is empty");
            }
        }
        return new EinsumTerm(op, op.in(input), axes, sizes);
    }

    /** Its axes, in their order. */
    String axes() {
        return axes;
    }

    private EinsumTerm with(SDVariable changed, String newAxes) {
        return new EinsumTerm(op, changed, newAxes, sizes);
    }

    private static String kept(String axes, IntPredicate keep) {
        return axes.chars()
                .filter(keep)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean has(String axes, int axis) {
        return axes.indexOf(axis) >= 0;
    }

    /** Where an axis is named twice: the elements that have the same place along both. */
    EinsumTerm diagonal() {
        EinsumTerm term = this;
        for (char axis : axes.toCharArray()) {
            while (term.axes.indexOf(axis) != term.axes.lastIndexOf(axis)) {
                term = term.diagonal(axis, term.axes.indexOf(axis), term.axes.lastIndexOf(axis));
            }
        }
        return term;
    }

    /** The two axes are made the last ones: of their square, the elements that are on the diagonal are kept, and summed with zeros. */
    private EinsumTerm diagonal(char axis, int first, int second) {
        StringBuilder rest = new StringBuilder(axes).deleteCharAt(second).deleteCharAt(first);
        int[] order = new int[axes.length()];
        int next = 0;
        for (int i = 0; i < axes.length(); i++) {
            if (i != first && i != second) {
                order[next++] = i;
            }
        }
        order[next++] = first;
        order[next] = second;
        SDVariable square = op.graph().permute(variable, order);
        SDVariable numbers = numbers(axis);
        SDVariable same = op.graph()
                .eq(op.graph().expandDims(numbers, 0), op.graph().expandDims(numbers, 1))
                .castTo(variable.dataType());
        return with(square.mul(same).sum(order.length - 1), rest.append(axis).toString());
    }

    /** 0, 1, … as many as there are along an axis. */
    private SDVariable numbers(char axis) {
        Extent size = size(axis);
        if (size.isKnown()) {
            return op.constant(Nd4j.arange(size.known()).castTo(DataType.LONG));
        }
        return op.graph()
                .range(op.scalar(0, DataType.LONG), size.variable(op), op.scalar(1, DataType.LONG), DataType.LONG);
    }

    private Extent size(char axis) {
        return Objects.requireNonNull(sizes.get(axis));
    }

    /** The sum over all axes that are none of {@code needed}. */
    EinsumTerm summedUnless(String needed) {
        int[] summed = axes.chars()
                .filter(axis -> !has(needed, axis))
                .map(axes::indexOf)
                .toArray();
        return summed.length == 0 ? this : with(variable.sum(summed), kept(axes, axis -> has(needed, axis)));
    }

    /**
     * The product with another factor, summed over the axes that nothing {@code later} needs: a product of matrices, in which the
     * axes that both have and somebody needs are a batch.
     */
    EinsumTerm times(EinsumTerm other, String later) throws NotConvertibleException {
        requireSameSizes(other);
        String batch = kept(axes, axis -> has(other.axes, axis) && has(later, axis));
        String inner = kept(axes, axis -> has(other.axes, axis) && !has(later, axis));
        String left = kept(axes, axis -> !has(other.axes, axis));
        String right = kept(other.axes, axis -> !has(axes, axis));
        Map<Character, Extent> all = new HashMap<>(other.sizes);
        all.putAll(sizes);
        SDVariable product = op.graph().mmul(grouped(batch, left, inner), other.grouped(batch, inner, right));
        String together = batch + left + right;
        return new EinsumTerm(op, Extent.reshape(op, product, extents(together, all)), together, all);
    }

    private void requireSameSizes(EinsumTerm other) throws NotConvertibleException {
        for (char axis : axes.toCharArray()) {
            Extent mine = size(axis);
            Extent theirs = other.sizes.get(axis);
            if (theirs == null || !has(other.axes, axis) || !mine.isKnown() || !theirs.isKnown()) {
                continue;
            }
            if (mine.known() != theirs.known() && mine.known() != 1 && theirs.known() != 1) {
                throw op.invalid(
                        "has axes of " + mine.known() + " and " + theirs.known() + " elements, both called " + axis);
            }
            if (mine.known() != theirs.known()) {
                throw op.unsupported("it stretches axes of one element");
            }
        }
    }

    private static Extent[] extents(String axes, Map<Character, Extent> sizes) {
        return axes.chars().mapToObj(axis -> sizes.get((char) axis)).toArray(Extent[]::new);
    }

    /** The variable with three axes, each of which is a group of its own. */
    private SDVariable grouped(String... groups) {
        EinsumTerm ordered = with(as(String.join("", groups)), String.join("", groups));
        Extent[] products = new Extent[groups.length];
        for (int i = 0; i < groups.length; i++) {
            products[i] = Extent.product(op, extents(groups[i], sizes));
        }
        return Extent.reshape(op, ordered.variable, products);
    }

    /** The variable with its axes, all of them, in another order. */
    SDVariable as(String order) {
        if (order.equals(axes)) {
            return variable;
        }
        return op.graph().permute(variable, order.chars().map(axes::indexOf).toArray());
    }
}
