package org.rep4j.convert;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxType;
import org.rep4j.samediff.NativeOp;

/** A SameDiff op on its way into an ONNX model: its arguments, what it reads, and what is known of that. */
public final class ExportedOp {
    private final NativeOp op;
    private final GraphExport target;
    private final List<NativeOp> groups;

    ExportedOp(NativeOp op, GraphExport target) {
        this(op, target, List.of(op));
    }

    /**
     * An op that works on groups of channels.
     *
     * @param op reads what all groups are made of, and writes what they become
     * @param groups the op of each group; their inputs but the first are their own
     */
    ExportedOp(NativeOp op, GraphExport target, List<NativeOp> groups) {
        this.op = op;
        this.target = target;
        this.groups = List.copyOf(groups);
    }

    /** How many groups of channels it works on, each with inputs of its own but the first. */
    public int groups() {
        return groups.size();
    }

    /** The op that works on a group of channels. */
    public ExportedOp group(int group) {
        return new ExportedOp(groups.get(group), target);
    }

    /** What SameDiff calls the op: {@code conv2d}. */
    public String kind() {
        return op.kind();
    }

    /** The op itself. */
    public DifferentialFunction function() {
        return op.function();
    }

    /** Version of the operator set that is written. */
    public int opset() {
        return target.opset();
    }

    /** Integer argument {@code index}, or {@code otherwise} where the op has fewer. */
    public int integer(int index, int otherwise) {
        return op.integer(index, otherwise);
    }

    /** All integer arguments; a copy. */
    public long[] integers() {
        return op.arguments();
    }

    /** Floating-point argument {@code index}, or {@code otherwise} where the op has fewer. */
    public double number(int index, double otherwise) {
        return op.number(index, otherwise);
    }

    /** Boolean argument {@code index}, or {@code otherwise} where the op has fewer. */
    public boolean flag(int index, boolean otherwise) {
        return op.flag(index, otherwise);
    }

    /** Type argument {@code index}, if the op has it. */
    public Optional<DataType> typeArgument(int index) {
        return op.function() instanceof CustomOp custom && index < custom.numDArguments()
                ? Optional.of(custom.dArgs()[index])
                : Optional.empty();
    }

    /** The number that ops like {@code add_scalar} compute with. */
    public double scalar() throws NotConvertibleException {
        if (op.function() instanceof ScalarOp scalar && scalar.scalar() != null) {
            return scalar.scalar().getDouble(0);
        }
        throw unsupported("its number is not known");
    }

    /** Number of inputs. */
    public int count() {
        return op.inputs().size();
    }

    /** The ONNX value of an input; an initializer where it is constant. */
    public String in(int input) throws NotConvertibleException {
        return target.value(op.inputs().get(input));
    }

    /** The ONNX values of all inputs. */
    public String[] all() throws NotConvertibleException {
        String[] all = new String[count()];
        for (int i = 0; i < all.length; i++) {
            all[i] = in(i);
        }
        return all;
    }

    /** The content of an input that is a constant or a variable; not to be changed. */
    public Optional<INDArray> constant(int input) {
        return input < count() ? target.constant(op.inputs().get(input)) : Optional.empty();
    }

    /** The elements of a constant input of integers. */
    public Optional<long[]> integers(int input) {
        return constant(input).map(ArrayCodec::integers);
    }

    /** The format of the elements of an input, as SameDiff has it. */
    public DataType type(int input) {
        return target.type(op.inputs().get(input));
    }

    /** The format of the elements of an input. */
    public OnnxType onnxType(int input) throws NotConvertibleException {
        return target.onnxType(op.inputs().get(input));
    }

    /** The format of the elements of an output. */
    public OnnxType onnxOutputType(int output) throws NotConvertibleException {
        return target.onnxType(op.outputs().get(output));
    }

    /** The format of the elements of an output, as SameDiff has it. */
    public DataType outputType(int output) {
        return target.type(op.outputs().get(output));
    }

    /** Number of outputs. */
    public int outputs() {
        return op.outputs().size();
    }

    /** Whether somebody reads this output. */
    public boolean wants(int output) {
        return output < outputs() && target.isRead(op.outputs().get(output));
    }

    /** The name of the ONNX value that this op must write for output {@code output}. */
    public String out(int output) {
        return op.outputs().get(output);
    }

    /** What is known of the shape of an ONNX value that was written. */
    public Shape shape(String value) {
        return target.shape(value);
    }

    /** The number of axes of an input. */
    public int rank(int input) throws NotConvertibleException {
        int rank = shape(in(input)).rank();
        if (rank < 0) {
            throw unsupported("the number of axes of its input " + op.inputs().get(input)
                    + " is not known: declare the shapes of the graph's placeholders");
        }
        return rank;
    }

    /** Starts an ONNX node. */
    public NodeWriter node(String type) {
        return new NodeWriter(type, this, target);
    }

    /** An initializer: a vector of 64-bit integers. */
    public String vector(long... values) {
        return target.integers(op.output() + "/integers", values);
    }

    /** An initializer without axes. */
    public String scalar(double value, OnnxType type) {
        return target.scalar(op.output() + "/scalar", value, type);
    }

    /** An initializer. */
    public String constant(INDArray array) throws NotConvertibleException {
        return target.initializer(op.output() + "/constant", array);
    }

    /** An initializer that is called like an input that it stands for. */
    public String initializer(int input, INDArray array) throws NotConvertibleException {
        return target.initializer(op.inputs().get(input), array);
    }

    /** An input with its axes in another order; constants are stored in that order. */
    public String permuted(int input, int... axes) throws NotConvertibleException {
        Optional<INDArray> constant = constant(input);
        if (constant.isPresent()) {
            return initializer(input, constant.get().permute(axes));
        }
        return node("Transpose")
                .reads(in(input))
                .integers("perm", Arrays.stream(axes).asLongStream().toArray())
                .value();
    }

    /** {@code value} with elements of another format. */
    public String cast(String value, OnnxType type) {
        return node("Cast").reads(value).integer("to", type.number()).value();
    }

    /** A name like that of an output, for a node or a value between. */
    String base() {
        return op.output();
    }

    /** What a mapping throws where ONNX cannot do exactly what the op does. */
    public NotConvertibleException unsupported(String reason) {
        return new NotConvertibleException(Objects.requireNonNull(reason));
    }
}
