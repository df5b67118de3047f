package org.rep4j.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Value;

/** Builds the ConvGraph of a model. */
final class OnnxLift {
    private static final Map<String, OpReader> READERS = Map.ofEntries(
            entry("Conv", KernelOps::conv),
            entry("ConvTranspose", KernelOps::convTranspose),
            entry("Gemm", KernelOps::gemm),
            entry("MatMul", KernelOps::matMul),
            entry("BatchNormalization", AffineOps::batchNormalization),
            entry("Add", AffineOps::add),
            entry("Sub", AffineOps::subtract),
            entry("Mul", AffineOps::multiply),
            entry("Div", AffineOps::divide),
            entry("Neg", AffineOps::negate),
            entry("Sum", AffineOps::sum),
            entry("Identity", StructureOps::identity),
            entry("Dropout", StructureOps::dropout),
            entry("Concat", StructureOps::concat),
            entry("Reshape", StructureOps::reshape),
            entry("Flatten", StructureOps::reshape),
            entry("Expand", StructureOps::reshape),
            entry("Transpose", StructureOps::transpose),
            entry("Cast", StructureOps::cast),
            entry("AveragePool", PoolOps::averagePool),
            entry("MaxPool", PoolOps::maxPool),
            entry("Pad", PadOps::pad),
            entry("Slice", PadOps::slice),
            entry("ScatterND", StructureOps::scatter));

    private final LiftContext context;
    private final SizeReaders sizeReaders;
    private final List<Node> nodes = new ArrayList<>();
    /** Position in {@link #nodes} of the MatMul that writes a value. */
    private final Map<String, Integer> bareLinears = new HashMap<>();

    OnnxLift(OnnxModel model) {
        this.context = new LiftContext(model);
        this.sizeReaders = new SizeReaders(context.index());
    }

    GraphIndex index() {
        return context.index();
    }

    Constants constants() {
        return context.constants();
    }

    SizeReaders sizeReaders() {
        return sizeReaders;
    }

    ConvGraph lift() {
        GraphProto graph = context.index().graph();
        ConvGraph.Builder builder = ConvGraph.builder(graph.getName());
        graph.getInputList().stream()
                .filter(i -> context.constants().get(i.getName()).isEmpty())
                .forEach(i -> builder.input(context.value(i.getName())));
        builder.reserve(context.index()::isName);
        // Sparse initializers are there before any node runs, and never folded: to the algebra they are fed.
        graph.getSparseInitializerList()
                .forEach(t -> builder.input(context.value(t.getValues().getName())));
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeProto node = graph.getNode(i);
            if (!context.isConstant(node)) {
                add(node, i);
            } else if (node.getOpType().equals("Shape")
                    && context.constant(node, 0).isEmpty()) {
                sizeReaders.add(i);
            }
        }
        FilledBorders.join(sizeReaders.takenOutOf(nodes), context).forEach(builder::node);
        graph.getOutputList().forEach(o -> builder.output(context.value(o.getName())));
        return builder.build();
    }

    private void add(NodeProto node, int number) {
        if (joinsLinear(node, number)) {
            return;
        }
        NodeInfo info = context.info(node, NativeNodes.of(number));
        Node lifted = read(node, info, number);
        if (lifted instanceof Linear linear && node.getOpType().equals("MatMul")) {
            bareLinears.put(linear.output().name(), nodes.size());
        }
        nodes.add(lifted);
    }

    private Node read(NodeProto node, NodeInfo info, int number) {
        OpReader reader = READERS.get(node.getOpType());
        if (reader == null || !context.isStandard(node) || !LiftContext.has(node, 0) || node.getOutputCount() == 0) {
            return opaque(node, info, number, "");
        }
        try {
            return reader.read(node, info, context);
        } catch (OpReader.Unfoldable e) {
            return opaque(node, info, number, e.reason());
        } catch (ArithmeticException e) {
            throw new InvalidGraphException(GraphIndex.describe(node) + " has sizes beyond all bounds", e);
        }
    }

    private Opaque opaque(NodeProto node, NodeInfo info, int number, String reason) {
        List<Value> inputs = new ArrayList<>();
        node.getInputList().stream().filter(n -> !n.isEmpty()).forEach(n -> inputs.add(context.value(n)));
        List<Value> captured =
                context.index().captured(number).stream().map(context::value).toList();
        List<Value> outputs = OutputShapes.define(node, context);
        return new Opaque(info, inputs, captured, outputs, reason.isEmpty() ? null : reason);
    }

    /**
     * MatMul knows no bias; its idiom is an Add of a vector behind it. The two are one linear layer here, and become the same
     * two nodes again when lowered.
     */
    private boolean joinsLinear(NodeProto node, int number) {
        if (!node.getOpType().equals("Add") || node.getInputCount() != 2) {
            return false;
        }
        int constant = context.constant(node, 0).isPresent() ? 0 : 1;
        ConstantTensor bias = context.constant(node, constant).orElse(null);
        Integer position = bareLinears.get(node.getInput(1 - constant));
        if (bias == null || position == null || context.index().uses(node.getInput(1 - constant)) != 1) {
            return false;
        }
        Linear linear = (Linear) nodes.get(position);
        if (bias.type() != linear.kernel().type()
                || bias.shape().rank() != 1
                || bias.shape().elements() != linear.kernel().shape().outChannels()) {
            return false;
        }
        NativeNodes handle = NativeNodes.of(linear).and(number);
        Value output = context.define(
                node.getOutput(0), linear.output().shape(), linear.output().type());
        nodes.set(
                position,
                new Linear(
                        new NodeInfo(linear.name(), linear.info().op(), handle),
                        linear.input(),
                        output,
                        FoldedKernel.absorb(linear.kernel(), ChannelAffine.shifting(bias.read()))));
        bareLinears.remove(node.getInput(1 - constant));
        return true;
    }
}
