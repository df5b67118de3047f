package org.rep4j.samediff;

import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.Layout;
import org.rep4j.graph.StoredKernel;

/**
 * What samediff-import-onnx makes of a Conv:
 *
 * <pre>
 * x (NCHW) → pad → permute to NHWC → conv2d → concat → [add bias] → permute to NCHW → y
 * </pre>
 *
 * with a {@linkplain GroupedConvolutionIdiom grouped} or depthwise convolution in the middle where there are groups. It is read
 * as one NCHW convolution with the pads and the bias in it.
 */
final class ImportedConvolutionIdiom {
    private static final List<Integer> TO_CHANNELS_LAST = List.of(0, 2, 3, 1);
    private static final List<Integer> TO_CHANNELS_FIRST = List.of(0, 3, 1, 2);

    private ImportedConvolutionIdiom() {}

    /** The convolution whose output {@code last}, a transposition to NCHW, writes. */
    static Optional<NativeConvolution> match(NativeOp last, LiftContext context) {
        if (!isPermute(last, TO_CHANNELS_FIRST)) {
            return Optional.empty();
        }
        SameDiffView view = context.view();
        String result = last.inputs().get(0);
        Optional<NativeOp> add = view.ownProducer(last, result, "add");
        NativeOp afterConcat = add.orElse(last);
        String whole = add.isPresent() ? add.get().inputs().get(0) : result;
        return inner(afterConcat, whole, context)
                .flatMap(conv -> add.isPresent() ? withBias(conv, add.get(), context) : Optional.of(conv))
                .filter(conv -> conv.layout() == Layout.CHANNELS_LAST)
                .flatMap(conv -> transposed(conv, last, context))
                .map(conv -> PaddedConvolutionIdiom.absorb(conv, context).orElse(conv));
    }

    /** The convolution that writes {@code variable}, through a concat of one or several parts or directly. */
    private static Optional<NativeConvolution> inner(NativeOp reader, String variable, LiftContext context) {
        SameDiffView view = context.view();
        NativeOp op = view.producer(variable)
                .filter(p -> view.isOwn(reader, variable))
                .orElse(null);
        if (op == null) {
            return Optional.empty();
        }
        if (!op.kind().equals("concat")) {
            return OpReaders.convolution(op, context);
        }
        if (op.inputs().size() != 1) {
            return GroupedConvolutionIdiom.match(op, context);
        }
        String part = op.inputs().get(0);
        return view.producer(part)
                .filter(p -> view.isOwn(op, part) && !op.ordered())
                .flatMap(p -> OpReaders.convolution(p, context))
                .map(conv -> conv.before(op, conv.kernel(), conv.trainable()));
    }

    private static Optional<NativeConvolution> withBias(NativeConvolution conv, NativeOp add, LiftContext context) {
        if (add.inputs().size() != 2
                || conv.kernel().hasBias()
                || !(conv.kernel() instanceof StoredKernel kernel)
                || !context.constants().isConstant(add.inputs().get(1))) {
            return Optional.empty();
        }
        String name = add.inputs().get(1);
        INDArray bias = context.constants().array(name).orElse(null);
        if (bias == null
                || bias.rank() != 1
                || bias.length() != kernel.shape().outChannels()
                || context.type(name) != kernel.type()) {
            return Optional.empty();
        }
        StoredKernel biased = new StoredKernel(
                kernel.shape(), kernel.weights(), kernel.layout(), new NdArrayData(bias, kernel.type()));
        return Optional.of(conv.before(add, biased, conv.trainable() || context.isTrainable(add)));
    }

    /** The convolution between its two transpositions. */
    private static Optional<NativeConvolution> transposed(NativeConvolution conv, NativeOp last, LiftContext context) {
        return context.view()
                .ownProducer(conv.ops().get(0), conv.input(), "permute")
                .filter(p -> isPermute(p, TO_CHANNELS_LAST))
                .map(p -> conv.after(p, conv.axes())
                        .before(last, conv.kernel(), conv.trainable())
                        .in(Layout.CHANNELS_FIRST));
    }

    private static boolean isPermute(NativeOp op, List<Integer> axes) {
        if (!op.kind().equals("permute") || op.ordered() || op.inputs().size() != 1 || op.integers() != axes.size()) {
            return false;
        }
        for (int i = 0; i < axes.size(); i++) {
            if (op.integer(i, -1) != axes.get(i)) {
                return false;
            }
        }
        return true;
    }
}
