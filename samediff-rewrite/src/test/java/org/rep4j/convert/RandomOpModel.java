package org.rep4j.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;
import org.rep4j.verify.Tensor;
import org.rep4j.verify.TensorType;

/**
 * A model of one op at random: its inputs are fed, computed, transposed or constant, their sizes declared or open. The same seed
 * makes the same model.
 */
final class RandomOpModel {
    private static final int OLDEST_OPSET = 7;

    private final SplittableRandom random;
    private final int opset;
    private final OnnxModelBuilder model;
    private final OnnxNode.Builder node;
    private final boolean open;
    private final List<String> inputs = new ArrayList<>();
    private final List<OnnxType> outputs = new ArrayList<>();
    private final Map<String, Tensor> feeds = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private OnnxType type = OnnxType.FLOAT;

    private RandomOpModel(String op, int since, int until, long seed) {
        random = new SplittableRandom(seed);
        opset = any(Math.max(OLDEST_OPSET, since), until);
        model = new OnnxModelBuilder(op, opset);
        node = OnnxNode.of(op).name("op");
        open = chance(3);
        text.append(op).append(" of opset ").append(opset);
    }

    /**
     * Makes a model.
     *
     * @param op its type, and how it is made
     * @param seed decides what is random
     */
    static RandomOpModel of(RandomOp op, long seed) {
        RandomOpModel model = new RandomOpModel(op.type(), op.since(), op.until(), seed);
        op.generator().accept(model);
        return model;
    }

    int opset() {
        return opset;
    }

    /** One of these, both included. */
    int any(int from, int to) {
        return random.nextInt(from, to + 1);
    }

    /** True once in {@code n} times. */
    boolean chance(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    final <T> T one(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** A number of either sign. */
    double real() {
        return Math.round(random.nextGaussian() * 64) / 32.0;
    }

    /** Small sizes, many of them 1. */
    long[] dims(int leastRank, int mostRank) {
        return sizes(any(leastRank, mostRank), 1, 5);
    }

    /** Small sizes, now and then one of them 0. */
    long[] dimsOrNone(int leastRank, int mostRank) {
        long[] dims = dims(leastRank, mostRank);
        if (dims.length > 0 && chance(12)) {
            dims[any(0, dims.length - 1)] = 0;
        }
        return dims;
    }

    /** So many sizes. */
    long[] sizes(int count, int from, int to) {
        return LongStream.generate(() -> from == 1 && chance(4) ? 1 : any(from, to))
                .limit(count)
                .toArray();
    }

    /** An axis, counted from the first or from behind the last. */
    int axis(int rank) {
        return any(-rank, rank - 1);
    }

    /** Some different axes in any order, counted from either side; never none. */
    long[] axes(int rank) {
        List<Long> all = new ArrayList<>();
        for (long axis = 0; axis < rank; axis++) {
            all.add(any(0, all.size()), chance(2) ? axis : axis - rank);
        }
        return all.subList(0, any(1, rank)).stream().mapToLong(a -> a).toArray();
    }

    /** The numbers 0 to {@code rank} − 1 in any order. */
    long[] order(int rank) {
        List<Long> all = new ArrayList<>();
        for (long axis = 0; axis < rank; axis++) {
            all.add(any(0, all.size()), axis);
        }
        return all.stream().mapToLong(a -> a).toArray();
    }

    /** {@code dims} with some sizes 1, or without some of the first, so that it broadcasts to them. */
    long[] broadcast(long... dims) {
        long[] sizes = Arrays.copyOfRange(dims, chance(2) ? any(0, dims.length) : 0, dims.length);
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = chance(4) ? 1 : sizes[i];
        }
        return sizes;
    }

    /** The format of the inputs that follow, and of the outputs if nothing else is said. */
    RandomOpModel type(OnnxType newType) {
        type = newType;
        return this;
    }

    OnnxType type() {
        return type;
    }

    /** Inputs that follow are real numbers. */
    RandomOpModel reals() {
        return type(chance(5) ? one(OnnxType.DOUBLE, OnnxType.FLOAT16) : OnnxType.FLOAT);
    }

    /** Inputs that follow are numbers of any common format. */
    RandomOpModel numbers() {
        return chance(2) ? reals() : type(one(OnnxType.INT32, OnnxType.INT64));
    }

    /** Adds an input of random elements. */
    RandomOpModel data(long... dims) {
        return given(dims, random(dims));
    }

    /** Random elements of the format that was chosen: real numbers, small integers. */
    double[] random(long... dims) {
        double[] values = new double[Math.toIntExact(Shape.of(dims).elements())];
        Arrays.setAll(values, i -> switch (type) {
            case FLOAT, DOUBLE, FLOAT16 -> (float) (chance(3) ? any(-6, 6) / 2.0 : random.nextGaussian());
            case BOOL -> any(0, 1);
            case UINT8 -> any(0, 12);
            default -> any(-9, 9);
        });
        return values;
    }

    /** Adds an input of these elements: fed, computed or constant. */
    RandomOpModel given(long[] dims, double... values) {
        if (type != OnnxType.FLOAT16 && !feeds.isEmpty() && chance(3)) {
            return constant(dims, values);
        }
        String name = next("x");
        text.append(' ').append(type).append(Arrays.toString(dims));
        if (dims.length > 1 && chance(4)) {
            feedTransposed(name, dims, values);
        } else if (chance(4)) {
            text.append(" computed");
            feed(name + "fed", dims, values);
            model.node(OnnxNode.of("Identity").reads(name + "fed").writes(name).build());
        } else {
            feed(name, dims, values);
        }
        return this;
    }

    private void feedTransposed(String name, long[] dims, double... values) {
        text.append(" transposed");
        long[] order = order(dims.length); // axis i of what is read is axis order[i] of what is fed
        long[] fed = new long[dims.length];
        long[] strides = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            fed[Math.toIntExact(order[i])] = dims[i];
        }
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= fed[i];
        }
        double[] moved = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int rest = i;
            long at = 0;
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                at += rest % dims[axis] * strides[Math.toIntExact(order[axis])];
                rest /= Math.toIntExact(dims[axis]);
            }
            moved[Math.toIntExact(at)] = values[i];
        }
        feed(name + "fed", fed, moved);
        model.node(OnnxNode.of("Transpose")
                .reads(name + "fed")
                .writes(name)
                .integers("perm", order)
                .build());
    }

    private void feed(String name, long[] dims, double... values) {
        long[] declared =
                LongStream.of(dims).map(d -> open && chance(2) ? -1 : d).toArray();
        text.append(Arrays.toString(declared));
        model.input(name, type, Shape.of(declared));
        TensorType format = switch (type) {
            case FLOAT -> TensorType.FLOAT32;
            case DOUBLE -> TensorType.FLOAT64;
            default -> TensorType.valueOf(type.name());
        };
        feeds.put(
                name,
                format.isFloatingPoint()
                        ? Tensor.ofReals(format, Shape.of(dims), values)
                        : Tensor.ofIntegers(
                                format,
                                Shape.of(dims),
                                Arrays.stream(values).mapToLong(v -> (long) v).toArray()));
    }

    /** Adds a constant input. */
    RandomOpModel constant(long[] dims, double... values) {
        String name = next("w");
        text.append(" constant ").append(type).append(Arrays.toString(dims));
        if (values.length < 9) {
            text.append(Arrays.toString(values));
        }
        model.tensor(name, OpModel.tensor(type, values, dims));
        return this;
    }

    /** Adds an input that is a vector of integers, a constant more often than not. */
    RandomOpModel integers(long... values) {
        OnnxType before = type;
        double[] elements = LongStream.of(values).asDoubleStream().toArray();
        type(OnnxType.INT64);
        if (chance(6)) {
            given(new long[] {values.length}, elements);
        } else {
            constant(new long[] {values.length}, elements);
        }
        return type(before);
    }

    /** Adds an integer as a constant of no axes. */
    RandomOpModel integer(long value) {
        OnnxType before = type;
        type(OnnxType.INT64).constant(new long[0], value);
        return type(before);
    }

    /** Adds an attribute before an operator set, and an input from there on. */
    RandomOpModel attributeBefore(int opsetOfInput, String attribute, long... values) {
        return opset < opsetOfInput ? list(attribute, values) : integers(values);
    }

    private String next(String prefix) {
        String name = prefix + inputs.size();
        inputs.add(name);
        return name;
    }

    /** Leaves an optional input out. */
    RandomOpModel without() {
        inputs.add("");
        text.append(" -");
        return this;
    }

    RandomOpModel set(String attribute, long value) {
        node.integer(attribute, value);
        return says(attribute, value);
    }

    RandomOpModel set(String attribute, double value) {
        node.number(attribute, value);
        return says(attribute, value);
    }

    RandomOpModel set(String attribute, String value) {
        node.text(attribute, value);
        return says(attribute, value);
    }

    RandomOpModel list(String attribute, long... values) {
        node.integers(attribute, values);
        return says(attribute, Arrays.toString(values));
    }

    /** Sets a flag, or says nothing of it. */
    RandomOpModel flag(String attribute) {
        return chance(3) ? this : set(attribute, any(0, 1));
    }

    /** Sets a number, or says nothing of it. */
    RandomOpModel parameter(String attribute) {
        return chance(3) ? this : set(attribute, real());
    }

    /** Names an axis, or says nothing of it. */
    RandomOpModel axisOf(long... dims) {
        return chance(3) ? this : set("axis", axis(dims.length));
    }

    private RandomOpModel says(String attribute, Object value) {
        text.append(", ").append(attribute).append(' ').append(value);
        return this;
    }

    /** Says what the outputs are where they are not one of the inputs' format. */
    RandomOpModel makes(OnnxType... types) {
        outputs.addAll(List.of(types));
        return this;
    }

    /** The model; call it once. */
    OnnxModel build() {
        if (outputs.isEmpty()) {
            outputs.add(type);
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            names.add("y" + i);
        }
        model.node(node.reads(inputs.toArray(String[]::new))
                .writes(names.toArray(String[]::new))
                .build());
        if (outputs.get(0) == OnnxType.FLOAT && chance(4)) {
            model.node(OnnxNode.of("Neg").reads("y0").writes("negative").build());
            names.set(0, "negative");
            text.append(", negative");
        }
        for (int i = 0; i < outputs.size(); i++) {
            model.output(names.get(i), outputs.get(i), Shape.unknown());
        }
        return model.build();
    }

    Map<String, Tensor> feeds() {
        return feeds;
    }

    /** What was made. */
    @Override
    public String toString() {
        return text.toString();
    }
}
