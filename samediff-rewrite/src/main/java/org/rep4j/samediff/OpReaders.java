package org.rep4j.samediff;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Node;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Value;

/** Which ops the adapter understands, and who reads them. */
final class OpReaders {
    private static final ArithmeticReader ARITHMETIC = new ArithmeticReader();
    private static final NoOpReader NO_OP = new NoOpReader();
    private static final OpSeriesReader LINEAR = OpSeriesReader.of(new LinearReader());

    private static final Map<String, ConvolutionReader> CONVOLUTIONS = Map.of(
            "conv1d", new ConvolutionReader(1, false),
            "conv2d", new ConvolutionReader(2, false),
            "conv3dnew", new ConvolutionReader(3, false),
            "depthwise_conv2d", new ConvolutionReader(2, true));

    private static final Map<String, OpSeriesReader> OTHERS = Map.ofEntries(
            entry("sconv2d", new SeparableReader()),
            entry("deconv2d", OpSeriesReader.of(new TransposedConvolutionReader(2))),
            entry("deconv3d", OpSeriesReader.of(new TransposedConvolutionReader(3))),
            entry("batchnorm", OpSeriesReader.of(new BatchNormReader())),
            entry("matmul", LINEAR),
            entry("xw_plus_b", LINEAR),
            entry("add", ARITHMETIC),
            entry("mergeadd", ARITHMETIC),
            entry("subtract", ARITHMETIC),
            entry("reversesubtract", ARITHMETIC),
            entry("multiply", ARITHMETIC),
            entry("divide", ARITHMETIC),
            entry("realdiv", ARITHMETIC),
            entry("reversedivide", ARITHMETIC),
            entry("neg", ARITHMETIC),
            entry("add_scalar", ARITHMETIC),
            entry("sub_scalar", ARITHMETIC),
            entry("rsub_scalar", ARITHMETIC),
            entry("mul_scalar", ARITHMETIC),
            entry("div_scalar", ARITHMETIC),
            entry("biasadd", ARITHMETIC),
            entry("pad", OpSeriesReader.of(CropReader::pad)),
            entry("strided_slice", OpSeriesReader.of(CropReader::crop)),
            entry("slice", OpSeriesReader.of(CropReader::crop)),
            entry("identity", OpSeriesReader.of(StructureReader::identity)),
            entry("dropout", OpSeriesReader.of(StructureReader::dropout)),
            entry("concat", OpSeriesReader.of(StructureReader::concat)),
            entry("avgpool2d", OpSeriesReader.of(new AveragePoolReader(2))),
            entry("avgpool3dnew", OpSeriesReader.of(new AveragePoolReader(3))),
            entry("maxpool2d", NO_OP),
            entry("cast", NO_OP),
            entry("reshape", NO_OP),
            entry("permute", NO_OP),
            entry("transpose", NO_OP),
            entry("tile", NO_OP));

    private OpReaders() {}

    /** What an op convolves with what; empty if it is no convolution or not one of constant weights. */
    static Optional<NativeConvolution> convolution(NativeOp op, LiftContext context) {
        ConvolutionReader reader = CONVOLUTIONS.get(op.kind());
        if (reader == null || op.ordered() || op.outputs().size() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.parts(op, context));
        } catch (NotLiftableException | IllegalArgumentException | ArithmeticException | InvalidGraphException e) {
            return Optional.empty(); // read(…) will come here again, and keep the reason
        }
    }

    /** The nodes for a single op, in order: an opaque one if the algebra has none for it. */
    static List<Node> read(NativeOp op, LiftContext context) {
        OpSeriesReader reader = CONVOLUTIONS.containsKey(op.kind())
                ? OpSeriesReader.of(CONVOLUTIONS.get(op.kind()))
                : OTHERS.get(op.kind());
        if (reader == null) {
            return List.of(opaque(op, context, null));
        }
        if (op.ordered()) {
            return List.of(opaque(op, context, "it takes part in a control dependency"));
        }
        if (op.outputs().size() != 1) {
            return List.of(opaque(op, context, "it has " + op.outputs().size() + " outputs"));
        }
        try {
            List<Node> nodes = reader.read(op, context);
            return nodes.isEmpty() ? List.of(opaque(op, context, null)) : nodes;
        } catch (NotLiftableException e) {
            return List.of(opaque(op, context, e.reason()));
        } catch (IllegalArgumentException | ArithmeticException | InvalidGraphException e) {
            return List.of(opaque(op, context, "its parameters do not fit: " + e.getMessage()));
        }
    }

    private static Opaque opaque(NativeOp op, LiftContext context, @Nullable String reason) {
        List<Value> inputs = op.inputs().stream()
                .filter(i -> !context.closesLoop(i))
                .map(context::value)
                .toList();
        List<Value> outputs = op.outputs().stream()
                .map(o -> context.output(o, Shapes.of(op, context)))
                .toList();
        return new Opaque(
                new NodeInfo(op.name(), op.kind(), new NativeGroup(List.of(op), false, false)),
                inputs,
                context.awaited(op),
                outputs,
                reason);
    }
}
