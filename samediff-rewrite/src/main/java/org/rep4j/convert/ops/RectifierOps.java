package org.rep4j.convert.ops;

import static java.util.Map.entry;
import static org.rep4j.convert.ops.Plain.node;
import static org.rep4j.convert.ops.Plain.number;
import static org.rep4j.convert.ops.Plain.unary;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.transforms.custom.ThresholdRelu;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;

/** Activations in pieces: what is below, above or between bounds is treated in another way. */
public final class RectifierOps implements OpMapping {
    /** The first operator set in which the bounds of Clip are inputs. */
    private static final int CLIP_INPUTS_OPSET = 11;

    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_GAMMA = 1.0507009873554805;
    private static final double HARD_SIGMOID_ALPHA = 0.2;
    private static final double HARD_SIGMOID_BETA = 0.5;

    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("Relu", unary((graph, x) -> graph.nn().relu(x, 0))),
                entry(
                        "LeakyRelu",
                        op -> ImportedOp.result(
                                op.graph().nn().leakyRelu(op.in(0), op.node().number("alpha", 0.01)))),
                entry("PRelu", RectifierOps::prelu),
                entry(
                        "Elu",
                        op -> ImportedOp.result(
                                elu(op.graph(), op.in(0), 1, op.node().number("alpha", 1)))),
                entry("Celu", RectifierOps::celu),
                entry("Selu", RectifierOps::selu),
                entry(
                        "ThresholdedRelu",
                        op -> ImportedOp.result(new ThresholdRelu(
                                        op.graph(), op.in(0), false, op.node().number("alpha", 1))
                                .outputVariable())),
                entry("Shrink", RectifierOps::shrink),
                entry("HardSigmoid", RectifierOps::hardSigmoid),
                entry(
                        "HardSwish",
                        unary((graph, x) ->
                                x.mul(graph.math().clipByValue(x.mul(1.0 / 6).add(0.5), 0, 1)))),
                entry("Clip", RectifierOps::clip));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("relu", RectifierOps::writeRelu),
                entry("relu6", op -> writeClip(op, op.scalar(), 6)),
                entry(
                        "leakyrelu",
                        op -> op.node("LeakyRelu")
                                .reads(op.in(0))
                                .number("alpha", op.scalar())
                                .writes(0)),
                entry("prelu", RectifierOps::writePrelu),
                entry(
                        "elu",
                        op -> op.node("Elu")
                                .reads(op.in(0))
                                .number("alpha", op.number(0, 1))
                                .writes(0)),
                entry(
                        "selu",
                        op -> op.node("Selu")
                                .reads(op.in(0))
                                .number("alpha", SELU_ALPHA)
                                .number("gamma", SELU_GAMMA)
                                .writes(0)),
                entry(
                        "thresholdedrelu",
                        op -> op.node("ThresholdedRelu")
                                .reads(op.in(0))
                                .number("alpha", op.number(0, 0))
                                .writes(0)),
                entry(
                        "hard_sigmoid",
                        op -> op.node("HardSigmoid")
                                .reads(op.in(0))
                                .number("alpha", HARD_SIGMOID_ALPHA)
                                .number("beta", HARD_SIGMOID_BETA)
                                .writes(0)),
                entry("hardtanh", op -> writeClip(op, -1, 1)),
                entry("ClipByValue", op -> writeClip(op, op.number(0, 0), op.number(1, 0))),
                entry("step", RectifierOps::writeStep));
    }

    /** One slope for each channel is the native op's; any other way of broadcasting it is spelled out. */
    private static List<SDVariable> prelu(ImportedOp op) {
        SDVariable x = op.in(0);
        SDVariable slope = op.in(1);
        Shape shape = op.shape(0);
        Shape slopes = op.shape(1);
        boolean perChannel = shape.rank() > 2
                && slopes.rank() == shape.rank() - 1
                && slopes.dim(0) == shape.dim(1)
                && slopes.dim(0) > 0
                && IntStream.range(1, slopes.rank()).allMatch(axis -> slopes.dim(axis) == 1);
        if (perChannel && x.dataType().isFPType()) {
            int[] shared = IntStream.range(2, shape.rank()).toArray();
            return ImportedOp.result(op.graph().nn().prelu(x, slope, shared));
        }
        SDVariable zero = op.scalar(0, x.dataType());
        SDVariable negative = op.graph().math().min(x, zero);
        return ImportedOp.result(op.graph().math().max(x, zero).add(negative.mul(slope)));
    }

    /** {@code x} above zero, {@code outer · (exp(x / inner) − 1)} below. */
    private static SDVariable elu(SameDiff graph, SDVariable x, double inner, double outer) {
        if (inner == 1 && outer == 1) {
            return graph.nn().elu(x);
        }
        SDVariable bent = graph.nn().elu(inner == 1 ? x : x.mul(1 / inner));
        // min(v, 0) = -relu(-v)
        SDVariable below = graph.nn().relu(graph.math().neg(bent), 0).mul(-outer);
        return graph.nn().relu(x, 0).add(below);
    }

    private static List<SDVariable> celu(ImportedOp op) {
        double alpha = op.node().number("alpha", 1);
        if (alpha == 0) {
            throw op.invalid("has an alpha of 0, by which it divides");
        }
        return ImportedOp.result(elu(op.graph(), op.in(0), alpha, alpha));
    }

    private static List<SDVariable> selu(ImportedOp op) {
        double alpha = op.node().number("alpha", SELU_ALPHA);
        double gamma = op.node().number("gamma", SELU_GAMMA);
        if ((float) alpha == (float) SELU_ALPHA && (float) gamma == (float) SELU_GAMMA) {
            return ImportedOp.result(op.graph().nn().selu(op.in(0)));
        }
        return ImportedOp.result(elu(op.graph(), op.in(0), 1, alpha).mul(gamma));
    }

    /** {@code x + bias} below −lambda, {@code x − bias} above lambda, 0 between. */
    private static List<SDVariable> shrink(ImportedOp op) {
        SameDiff graph = op.graph();
        SDVariable x = op.in(0);
        double bias = op.node().number("bias", 0);
        double bound = op.node().number("lambd", 0.5);
        SDVariable none = graph.zerosLike(x);
        SDVariable above = graph.where(x.sub(bias), none, graph.gt(x, bound));
        return ImportedOp.result(graph.where(x.add(bias), above, graph.lt(x, -bound)));
    }

    private static List<SDVariable> hardSigmoid(ImportedOp op) {
        double alpha = op.node().number("alpha", HARD_SIGMOID_ALPHA);
        double beta = op.node().number("beta", HARD_SIGMOID_BETA);
        if ((float) alpha == (float) HARD_SIGMOID_ALPHA && beta == HARD_SIGMOID_BETA) {
            return ImportedOp.result(op.graph().nn().hardSigmoid(op.in(0)));
        }
        return ImportedOp.result(
                op.graph().math().clipByValue(op.in(0).mul(alpha).add(beta), 0, 1));
    }

    private static List<SDVariable> clip(ImportedOp op) throws NotConvertibleException {
        SDVariable x = op.in(0);
        boolean inputs = op.opset() >= CLIP_INPUTS_OPSET;
        boolean known = !inputs || (!op.has(1) || op.isConstant(1)) && (!op.has(2) || op.isConstant(2));
        if (known && x.dataType().isFPType()) {
            double low =
                    inputs ? op.number(1, Double.NEGATIVE_INFINITY) : op.node().number("min", Double.NEGATIVE_INFINITY);
            double high =
                    inputs ? op.number(2, Double.POSITIVE_INFINITY) : op.node().number("max", Double.POSITIVE_INFINITY);
            if (low < high) {
                return ImportedOp.result(op.graph().math().clipByValue(x, low, high));
            }
            // the native op refuses bounds that are not in order; ONNX lowers what was raised
            SDVariable raised = op.graph().math().max(x, op.scalar(low, x.dataType()));
            return ImportedOp.result(op.graph().math().min(raised, op.scalar(high, x.dataType())));
        }
        SDVariable raised = op.has(1) ? op.graph().math().max(x, op.in(1)) : x;
        return ImportedOp.result(op.has(2) ? op.graph().math().min(raised, op.in(2)) : raised);
    }

    private static void writeRelu(ExportedOp op) throws NotConvertibleException {
        boolean integers = !op.onnxType(0).isFloatingPoint(); // Relu has them from operator set 14 on, few runtimes do
        if (op.scalar() == 0 && !integers) {
            op.node("Relu").reads(op.in(0)).writes(0);
        } else {
            op.node("Max").reads(op.in(0), number(op)).writes(0);
        }
    }

    private static void writeClip(ExportedOp op, double low, double high) throws NotConvertibleException {
        op.node("Clip")
                .reads(
                        op.in(0),
                        low == Double.NEGATIVE_INFINITY ? "" : number(op, low),
                        high == Double.POSITIVE_INFINITY ? "" : number(op, high))
                .writes(0);
    }

    /** SameDiff's slopes have the shape of one example, 1 where they are shared; ONNX's are aligned with the last axes. */
    private static void writePrelu(ExportedOp op) throws NotConvertibleException {
        if (op.rank(1) != op.rank(0) - 1) {
            throw op.unsupported("its slopes have not the shape of one example");
        }
        op.node("PRelu").reads(op.in(0), op.in(1)).writes(0);
    }

    private static void writeStep(ExportedOp op) throws NotConvertibleException {
        String above = node(op, "Greater", op.in(0), number(op));
        op.node("Cast")
                .reads(above)
                .integer("to", op.onnxOutputType(0).number())
                .writes(0);
    }
}
