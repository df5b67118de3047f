package org.rep4j.convert;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;

/** An ONNX op on its way into a SameDiff graph: what it reads, and what is known of that. */
public final class ImportedOp {
    private final OnnxNode node;
    private final GraphImport target;

    ImportedOp(OnnxNode node, GraphImport target) {
        this.node = node;
        this.target = target;
    }

    /** The op with its attributes. */
    public OnnxNode node() {
        return node;
    }

    /** Version of the operator set that defines the op. */
    public long opset() {
        return target.opset();
    }

    /** The graph that is written to. Ops and variables that are added may have any name: they get new ones. */
    public SameDiff graph() {
        return target.graph();
    }

    /** Number of inputs, those that are left out in the middle included. */
    public int count() {
        return node.inputs().size();
    }

    /** Whether it has this input; optional ones may be left out. */
    public boolean has(int input) {
        return node.has(input);
    }

    /** Whether somebody may read this output. */
    public boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    private String name(int input) {
        if (!has(input)) {
            throw new InvalidGraphException(node.label() + " lacks input " + input);
        }
        return node.inputs().get(input);
    }

    /**
     * The variable that holds an input; a constant of the graph where the input is one.
     *
     * @throws InvalidGraphException if the op lacks that input
     */
    public SDVariable in(int input) {
        return target.variable(name(input));
    }

    /** All inputs. */
    public SDVariable[] all() {
        SDVariable[] all = new SDVariable[count()];
        for (int i = 0; i < all.length; i++) {
            all[i] = in(i);
        }
        return all;
    }

    /** Whether an input is there and the same in each run. */
    public boolean isConstant(int input) {
        return has(input) && target.isConstant(name(input));
    }

    /** The content of an input that is there and the same in each run; not to be changed. */
    public Optional<INDArray> constant(int input) {
        return has(input) ? target.constant(name(input)) : Optional.empty();
    }

    /** The elements of an input of integers that is there and the same in each run. */
    public Optional<long[]> integers(int input) {
        return constant(input).map(ArrayCodec::integers);
    }

    /**
     * Integers that old operator sets have as an attribute and new ones as an input; empty where both are left out.
     *
     * @throws NotConvertibleException if the input is computed
     */
    public Optional<long[]> integers(String attribute, int input) throws NotConvertibleException {
        Optional<long[]> list = node.integers(attribute);
        if (list.isPresent() || !has(input)) {
            return list;
        }
        return Optional.of(integers(input).orElseThrow(() -> unsupported("its " + attribute + " are computed")));
    }

    /** The element of a constant input of one number, {@code otherwise} where the input is left out. */
    public double number(int input, double otherwise) throws NotConvertibleException {
        if (!has(input)) {
            return otherwise;
        }
        INDArray array = constant(input).orElseThrow(() -> unsupported("its input " + name(input) + " is computed"));
        if (array.length() != 1) {
            throw new InvalidGraphException(
                    node.label() + " needs one number as input " + input + ", not " + array.length());
        }
        return array.getDouble(0);
    }

    /** An attribute that is a tensor. */
    public Optional<INDArray> tensor(String attribute) {
        return node.tensor(attribute).map(tensor -> ArrayCodec.array(node.label(), tensor));
    }

    /** What is known of the shape of an input. */
    public Shape shape(int input) {
        return target.shape(name(input));
    }

    /** What is known of the shape of an output. */
    public Shape outputShape(int output) {
        return target.shape(node.outputs().get(output));
    }

    /**
     * The number of axes of an input.
     *
     * @throws NotConvertibleException if it is not known
     */
    public int rank(int input) throws NotConvertibleException {
        int rank = shape(input).rank();
        if (rank < 0) {
            throw unsupported("the number of axes of its input " + name(input)
                    + " is not known: declare the shapes of the model's inputs");
        }
        return rank;
    }

    /**
     * Which of {@code rank} axes an attribute names, negative ones counted from the end.
     *
     * @throws InvalidGraphException if there is no such axis
     */
    public int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new InvalidGraphException(
                    node.label() + " works on axis " + axis + ", but its input has " + rank + " axes");
        }
        return Math.floorMod((int) axis, rank);
    }

    /** The format of the elements of an input. */
    public DataType type(int input) {
        return in(input).dataType();
    }

    /**
     * The format that ONNX has this number for.
     *
     * @throws NotConvertibleException if SameDiff does not have it
     */
    public DataType dataType(long number) throws NotConvertibleException {
        return OnnxType.of(number)
                .map(ArrayCodec::dataType)
                .orElseThrow(() -> unsupported("SameDiff has no elements of ONNX's type " + number));
    }

    /** Adds a constant. */
    public SDVariable constant(INDArray array) {
        return target.constant(node, array);
    }

    /** A constant vector of 64-bit integers. */
    public SDVariable vector(long... values) {
        return constant(values.length == 0 ? Nd4j.empty(DataType.LONG).reshape(0) : Nd4j.createFromArray(values));
    }

    /** A constant without axes. */
    public SDVariable scalar(double value, DataType type) {
        return constant(Nd4j.scalar(type, value));
    }

    /**
     * An input with its axes in another order. Constants are stored in that order, once for all ops that want the same.
     *
     * @param axes which axis of the input comes first, second, …
     */
    public SDVariable permuted(int input, int... axes) {
        if (isConstant(input)) {
            return rearranged(input, Arrays.toString(axes), array -> array.permute(axes));
        }
        return graph().permute(in(input), axes);
    }

    /**
     * A constant input in another form, stored once for all ops that want the same.
     *
     * @param form tells that form from others of the same constant
     * @param change makes it of the content, which it must not change
     */
    public SDVariable rearranged(int input, String form, UnaryOperator<INDArray> change) {
        return target.rearranged(name(input), form, change);
    }

    /** The sizes of an input as they are when the graph runs: a vector of 64-bit integers. */
    public SDVariable sizes(int input) {
        return sizes(in(input));
    }

    /** The sizes of a variable as they are when the graph runs: a vector of 64-bit integers. */
    public SDVariable sizes(SDVariable variable) {
        return graph().shape(variable);
    }

    /** What a mapping throws where SameDiff cannot do exactly what the op does. */
    public NotConvertibleException unsupported(String reason) {
        return new NotConvertibleException(Objects.requireNonNull(reason));
    }

    /** What a mapping throws where no runtime could run the op: "conv_3 (Conv) has ...". */
    public InvalidGraphException invalid(String reason) {
        return new InvalidGraphException(node.label() + " " + reason);
    }

    /** A result of one variable. */
    public static List<SDVariable> result(SDVariable variable) {
        return List.of(variable);
    }
}
