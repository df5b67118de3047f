package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.List;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OpReader.Unfoldable;

/**
 * The arithmetic of a Reshape: the sizes before and behind it have the same product. Unknown sizes that are on both sides cancel
 * out, so that {@code [N, 29, 2, 7, 7] → [N, −1, 7, 7]} makes 58 channels whatever the batch is.
 */
final class Reshaping {
    private final List<Long> sizes = new ArrayList<>();
    /** The position of the size that takes what is left, −1 if there is none. */
    private int open = -1;

    private Reshaping() {}

    /**
     * A reshape of {@code input} to {@code target}, in which −1 takes what is left and 0 keeps a size.
     *
     * @param keepsZeros whether 0 is a size instead (allowzero)
     */
    static Reshaping of(Shape input, List<Size> target, boolean keepsZeros) throws Unfoldable {
        Reshaping reshaping = new Reshaping();
        for (int i = 0; i < target.size(); i++) {
            reshaping.add(target.get(i), i, input, keepsZeros);
        }
        if (input.dims() != null) {
            reshaping.balance(input.dims(), input, target.stream().allMatch(s -> s.isKnown() || s.number() < -1));
        }
        return reshaping;
    }

    private void add(Size size, int position, Shape input, boolean keepsZeros) throws Unfoldable {
        long number = size.number();
        if (!size.isKnown()) {
            sizes.add(number);
        } else if (number == 0 && !keepsZeros) {
            if (input.rank() >= 0 && position >= input.rank()) {
                throw new Contradiction("it keeps the size of axis " + position + ", which its input of rank "
                        + input.rank() + " has not");
            }
            sizes.add(input.dim(position));
        } else if (number < -1 || (number == -1 && open >= 0)) {
            throw new Contradiction("it asks for " + (number < -1 ? "the size " + number : "two sizes −1"));
        } else {
            open = number == -1 ? position : open;
            sizes.add(number);
        }
    }

    /** @param isSized whether each size but the open one is told, by number or by name */
    private void balance(List<Long> input, Shape shape, boolean isSized) throws Unfoldable {
        List<Long> before = new ArrayList<>(input);
        List<Long> behind = new ArrayList<>(sizes);
        if (open >= 0) {
            behind.remove(open);
        }
        for (long size : List.copyOf(before)) {
            if (size < -1 && behind.remove(size)) {
                before.remove(size);
            }
        }
        if (!isSized || behind.stream().anyMatch(d -> d < 0)) {
            return;
        }
        long divisor = Dims.product(behind);
        List<Long> named = before.stream().filter(d -> d < 0).toList();
        long product = Dims.product(before.stream().filter(d -> d >= 0).toList());
        if (open >= 0 && divisor > 0) {
            if (named.isEmpty() && product % divisor != 0) {
                throw new Contradiction(
                        "it asks for " + this + " but its input has the shape " + shape + ", which does not divide");
            }
            boolean single = named.size() == 1 && product == divisor;
            sizes.set(open, named.isEmpty() ? product / divisor : single ? named.get(0) : Shape.UNKNOWN_DIM);
        } else if (open < 0 && named.isEmpty() && product != divisor) {
            throw new Contradiction("it asks for " + this + " but its input has the shape " + shape);
        } else if (open >= 0 && named.isEmpty() && product > 0) {
            throw new Contradiction("it asks for " + this + " but its input has the shape " + shape);
        }
    }

    /** The shape behind; −1 for the open size if it does not follow. */
    Shape result() {
        return new Shape(sizes);
    }

    @Override
    public String toString() {
        return result().toString();
    }
}
