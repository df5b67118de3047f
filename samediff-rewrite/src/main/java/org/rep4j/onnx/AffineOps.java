package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Shape;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;

/** BatchNormalization, and arithmetic with a constant or between computed values. */
final class AffineOps {
    private static final double DEFAULT_EPSILON = 1e-5f;

    /** No net has more: what a file declares is not believed beyond that. */
    private static final int LARGEST_CHANNELS = 1 << 20;

    private AffineOps() {}

    static Node batchNormalization(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        String label = GraphIndex.describe(node);
        Attributes attributes = new Attributes(node, label);
        if (attributes.integer("training_mode", 0) != 0 || LiftContext.namedOutputs(node) > 1) {
            throw new OpReader.Unfoldable("it is in training mode: export the model in inference mode");
        }
        if (attributes.integer("spatial", 1) == 0) {
            throw new OpReader.Unfoldable("it has statistics per element (spatial=0), not per channel");
        }
        List<double[]> parameters = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            int input = i;
            if (!LiftContext.has(node, input)) {
                throw new InvalidGraphException(label + " has no input " + input);
            }
            ConstantTensor parameter = context.constant(node, input)
                    .orElseThrow(() -> new OpReader.Unfoldable(
                            "its parameter " + node.getInput(input) + " is computed while the model runs"));
            if (!parameter.type().isFloatingPoint() || parameter.shape().rank() != 1) {
                throw new InvalidGraphException(label + " has the parameter " + node.getInput(input) + " of shape "
                        + parameter.shape() + ", which is no vector of floating-point numbers");
            }
            parameters.add(parameter.read());
        }
        BatchNormStatistics statistics;
        try {
            statistics = new BatchNormStatistics(
                    parameters.get(0),
                    parameters.get(1),
                    parameters.get(2),
                    parameters.get(3),
                    attributes.number("epsilon", DEFAULT_EPSILON));
        } catch (IllegalArgumentException e) {
            throw new InvalidGraphException(label + ": " + e.getMessage(), e);
        }
        Value input = context.input(node, 0);
        return new BatchNormalization(
                info, input, OutputShapes.define(node, context).get(0), statistics, 1);
    }

    static Node add(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        int operand = constantOperand(node, context);
        if (operand < 0) {
            return sum(node, info, context);
        }
        Value input = context.input(node, 1 - operand);
        ChannelConstant constant = constant(node, operand, context, v -> v);
        return new ChannelShift(info, input, OutputShapes.define(node, context).get(0), constant);
    }

    static Node subtract(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        int operand = constantOperand(node, context);
        if (operand < 0) {
            Value left = context.input(node, 0);
            Value right = context.input(node, 1);
            return new Sum(
                    info,
                    List.of(Sum.Term.plus(left), Sum.Term.minus(right)),
                    OutputShapes.define(node, context).get(0));
        }
        if (operand == 0) {
            return subtractFromConstant(node, info, context);
        }
        Value input = context.input(node, 0);
        ChannelConstant constant = constant(node, 1, context, v -> -v);
        return new ChannelShift(info, input, OutputShapes.define(node, context).get(0), constant);
    }

    /** {@code c − x} scales by −1 and shifts by c: a BatchNorm of γ = −1 and β = c. */
    private static Node subtractFromConstant(NodeProto node, NodeInfo info, LiftContext context)
            throws OpReader.Unfoldable {
        Value input = context.input(node, 1);
        ChannelConstant constant = constant(node, 0, context, v -> v);
        int rank = input.shape().rank();
        boolean single = constant.values().length == 1;
        int axis = single ? 1 : Math.floorMod(constant.axis(), Math.max(rank, 1));
        long channels = input.shape().dim(axis);
        if (channels < 0 || channels > LARGEST_CHANNELS || constant.rank() > rank) {
            throw new OpReader.Unfoldable("it subtracts from a constant, and the channels of " + input.name()
                    + " are not known: export the model with known channels");
        }
        if (!single && channels != constant.values().length) {
            throw new OpReader.Unfoldable(
                    "it stretches " + input.name() + " to " + constant.values().length + " channels");
        }
        double[] gamma = filled((int) channels, -1);
        double[] variance = filled((int) channels, 1);
        BatchNormStatistics statistics = new BatchNormStatistics(
                gamma, constant.expanded((int) channels), new double[(int) channels], variance, 0);
        return new BatchNormalization(
                info, input, OutputShapes.define(node, context).get(0), statistics, axis);
    }

    private static double[] filled(int count, double value) {
        double[] array = new double[count];
        Arrays.fill(array, value);
        return array;
    }

    static Node negate(NodeProto node, NodeInfo info, LiftContext context) {
        Value input = context.input(node, 0);
        return new ChannelScale(info, input, OutputShapes.define(node, context).get(0), ChannelConstant.scalar(-1));
    }

    static Node multiply(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        int operand = constantOperand(node, context);
        if (operand < 0) {
            throw new OpReader.Unfoldable("");
        }
        Value input = context.input(node, 1 - operand);
        ChannelConstant constant = constant(node, operand, context, v -> v);
        return new ChannelScale(info, input, OutputShapes.define(node, context).get(0), constant);
    }

    static Node divide(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        int operand = constantOperand(node, context);
        if (operand <= 0) {
            throw new OpReader.Unfoldable(operand < 0 ? "" : "it divides a constant, which is not linear");
        }
        Value input = context.input(node, 0);
        ChannelConstant constant = constant(node, 1, context, v -> 1 / v);
        return new ChannelScale(info, input, OutputShapes.define(node, context).get(0), constant);
    }

    static Node sum(NodeProto node, NodeInfo info, LiftContext context) throws OpReader.Unfoldable {
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < node.getInputCount(); i++) {
            if (context.constant(node, i).isPresent()) {
                throw new OpReader.Unfoldable("one of its operands is constant: write it as an Add of its own");
            }
            operands.add(context.input(node, i));
        }
        if (operands.size() == 1) {
            return StructureOps.identity(node, info, context);
        }
        return Sum.of(info, operands, OutputShapes.define(node, context).get(0));
    }

    /** Which of the two operands is constant, −1 if none is. */
    private static int constantOperand(NodeProto node, LiftContext context) throws OpReader.Unfoldable {
        if (!LiftContext.has(node, 0) || !LiftContext.has(node, 1)) {
            throw new InvalidGraphException(GraphIndex.describe(node) + " needs two operands");
        }
        boolean first = context.constant(node, 0).isPresent();
        boolean second = context.constant(node, 1).isPresent();
        if (first && second) {
            throw new OpReader.Unfoldable("");
        }
        return first ? 0 : second ? 1 : -1;
    }

    private static ChannelConstant constant(
            NodeProto node, int operand, LiftContext context, DoubleUnaryOperator change) throws OpReader.Unfoldable {
        Optional<ConstantTensor> tensor = context.constant(node, operand);
        if (tensor.isEmpty() || !tensor.get().type().isFloatingPoint()) {
            throw new OpReader.Unfoldable(""); // shape arithmetic
        }
        Shape shape = tensor.get().shape();
        if (shape.dims() == null || shape.dims().stream().filter(d -> d != 1).count() > 1) {
            throw new OpReader.Unfoldable("its constant of shape " + shape
                    + " differs from element to element, not only " + "from channel to channel");
        }
        double[] values = tensor.get().read();
        for (int i = 0; i < values.length; i++) {
            values[i] = change.applyAsDouble(values[i]);
        }
        return ChannelConstant.fromBroadcast(shape, values).orElseThrow(() -> new OpReader.Unfoldable(""));
    }
}
