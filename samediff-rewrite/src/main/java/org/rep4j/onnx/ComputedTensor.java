package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;

/**
 * A constant that follows from others. What is small, like all that it follows from, is computed at once and kept; of the rest only
 * the recipe is kept, which runs whenever it is read. What a file can make a recipe cost is bounded: by the size of its result where
 * an op makes more elements than it takes, and by how much is computed again for one reading.
 */
final class ComputedTensor implements ConstantTensor {
    /** Up to so many elements a tensor is computed at once and kept. */
    private static final int KEPT = 4096;

    /** Number of elements that an op may make from fewer. */
    private static final long LARGEST_GROWN = 1 << 22;

    /** Number of elements that an op may take or make at all. */
    private static final long LARGEST = 1 << 27;

    /** How deep recipes may nest. */
    private static final int DEEPEST = 16;

    /** How many elements one reading may compute for each element of the largest tensor that it reads or makes. */
    private static final long MOST_WORK = 64;

    private final int dataType;
    private final Shape shape;
    private final Supplier<double[]> content;
    private final int depth;
    private final Cost cost;

    /**
     * What one reading costs.
     *
     * @param work number of elements that are read or computed, on all levels together
     * @param largest number of elements of the largest tensor among them
     */
    private record Cost(long work, long largest) {
        Cost plus(Cost operand) {
            return new Cost(work + operand.work, Math.max(largest, operand.largest));
        }
    }

    private ComputedTensor(int dataType, Shape shape, Supplier<double[]> content, int depth, Cost cost) {
        this.dataType = dataType;
        this.shape = shape;
        this.content = content;
        this.depth = depth;
        this.cost = cost;
    }

    /**
     * The tensor of {@code dims} that {@code recipe} computes.
     *
     * @param dataType ONNX's number for its format
     * @param operands what the recipe reads
     * @throws OpReader.Unfoldable if that would take more memory or time than any net needs
     */
    static ComputedTensor of(
            int dataType, List<Long> dims, List<? extends ConstantTensor> operands, Supplier<double[]> recipe)
            throws OpReader.Unfoldable {
        long elements = Dims.elements(dims);
        Cost cost = new Cost(elements, elements);
        int depth = 1;
        long taken = 0;
        for (ConstantTensor operand : operands) {
            long size = operand.shape().elements();
            taken = Math.max(taken, size);
            if (operand instanceof ComputedTensor computed) {
                cost = cost.plus(computed.cost);
                depth = Math.max(depth, computed.depth + 1);
            } else {
                cost = cost.plus(new Cost(size, size));
            }
        }
        if (elements > Math.max(taken, LARGEST_GROWN) || cost.largest > LARGEST) {
            throw new OpReader.Unfoldable("");
        }
        Shape shape = new Shape(dims);
        if (cost.largest <= KEPT) {
            double[] values = recipe.get();
            return new ComputedTensor(dataType, shape, values::clone, 0, new Cost(elements, elements));
        }
        if (depth > DEEPEST || cost.work > MOST_WORK * cost.largest) {
            throw new OpReader.Unfoldable("");
        }
        return new ComputedTensor(dataType, shape, recipe, depth, cost);
    }

    /** The few integers that were computed elsewhere. */
    static ComputedTensor ofIntegers(int dataType, List<Long> dims, long[] numbers) {
        double[] values = LongStream.of(numbers).asDoubleStream().toArray();
        return new ComputedTensor(dataType, new Shape(dims), values::clone, 0, new Cost(values.length, values.length));
    }

    @Override
    public int dataType() {
        return dataType;
    }

    @Override
    public ElementType type() {
        return TensorCodec.elementType(dataType);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public double[] read() {
        return content.get();
    }

    @Override
    public long[] readIntegers() {
        if (type().isFloatingPoint()) {
            throw new InvalidGraphException("a computed constant should hold integers");
        }
        double[] values = content.get();
        long[] integers = new long[values.length];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = (long) values[i];
        }
        return integers;
    }

    @Override
    public double[] readNumbers() {
        return content.get();
    }

    @Override
    public ByteBuffer encode(OnnxType format) {
        double[] values = content.get();
        return TensorCodec.encode(format.number(), values.length, i -> values[i], i -> (long) values[i]);
    }

    @Override
    public ComputedTensor reshaped(List<Long> dims) {
        return new ComputedTensor(dataType, new Shape(dims), content, depth, cost);
    }
}
