package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/**
 * Normalizations. Only batchnorm is an op of SameDiff that does what ONNX defines; its others lack the small number that keeps
 * divisors from zero, so they are written with means and roots.
 */
public final class NormalizationOps implements OpMapping {
    private static final double EPSILON = 1e-5;

    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("BatchNormalization", NormalizationOps::batch),
                entry("InstanceNormalization", NormalizationOps::instance),
                entry("LayerNormalization", NormalizationOps::layer),
                entry("GroupNormalization", NormalizationOps::group),
                entry("LRN", NormalizationOps::acrossChannels),
                entry("LpNormalization", NormalizationOps::length),
                entry("MeanVarianceNormalization", NormalizationOps::meanVariance));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("batchnorm", NormalizationExport::batch),
                entry("layer_norm", NormalizationExport::layer),
                entry("standardize", NormalizationExport::standardize),
                entry("lrn", NormalizationExport::acrossChannels),
                entry("moments", NormalizationExport::moments));
    }

    private static List<SDVariable> batch(ImportedOp op) throws NotConvertibleException {
        if (op.node().integer("training_mode", 0) != 0) {
            return training(op);
        }
        if (op.wants(1)) {
            throw op.unsupported("it computes statistics, as in training");
        }
        if (op.node().integer("spatial", 1) == 0) {
            throw op.unsupported("it has statistics for each position (spatial 0)");
        }
        int rank = op.rank(0);
        if (rank < 2 || rank > 5) {
            throw op.unsupported("its input has " + rank + " axes");
        }
        SDVariable[] parameters = new SDVariable[4];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = as(op.type(0), op.in(i + 1));
        }
        double epsilon = op.node().number("epsilon", EPSILON);
        return ImportedOp.result(new BatchNorm(
                        op.graph(),
                        op.in(0),
                        parameters[2],
                        parameters[3],
                        parameters[0],
                        parameters[1],
                        epsilon,
                        new int[] {1})
                .outputVariable());
    }

    /** Normalizes by the statistics of what it reads, and moves those that are kept towards them. */
    private static List<SDVariable> training(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        int[] axes = IntStream.range(0, rank).filter(i -> i != 1).toArray();
        Moments moments = Moments.of(op, precise(op.in(0)), op.node().number("epsilon", EPSILON), axes);
        SDVariable result = as(op.type(0), moments.normalized())
                .mul(perChannel(op, 1, rank))
                .add(perChannel(op, 2, rank));
        return List.of(result, moved(op, 3, moments.mean()), moved(op, 4, moments.variance()));
    }

    private static SDVariable moved(ImportedOp op, int input, SDVariable current) {
        SDVariable kept = op.in(input);
        double momentum = op.node().number("momentum", 0.9);
        SDVariable vector = as(kept.dataType(), op.graph().reshape(current, -1));
        return kept.mul(op.scalar(momentum, kept.dataType())).add(vector.mul(op.scalar(1 - momentum, kept.dataType())));
    }

    private static SDVariable as(DataType type, SDVariable x) {
        return x.dataType() == type ? x : x.castTo(type);
    }

    /** Statistics along some axes of a tensor, in single precision at least. */
    private record Moments(SDVariable centered, SDVariable mean, SDVariable variance, SDVariable inverseDeviation) {
        static Moments of(ImportedOp op, SDVariable x, double epsilon, int... axes) {
            SDVariable mean = x.mean(true, axes);
            SDVariable centered = x.sub(mean);
            SDVariable variance = op.graph().math().square(centered).mean(true, axes);
            SDVariable deviation = op.graph().math().sqrt(variance.add(op.scalar(epsilon, x.dataType())));
            return new Moments(centered, mean, variance, op.graph().math().reciprocal(deviation));
        }

        SDVariable normalized() {
            return centered.mul(inverseDeviation);
        }
    }

    /** Half precision is too little for sums of squares. */
    private static SDVariable precise(SDVariable x) {
        return x.dataType() == DataType.HALF || x.dataType() == DataType.BFLOAT16 ? x.castTo(DataType.FLOAT) : x;
    }

    /** A vector of one number for each channel of an image. */
    private static SDVariable perChannel(ImportedOp op, int input, int rank) {
        long[] form = new long[rank];
        Arrays.fill(form, 1);
        form[1] = -1;
        return Operand.of(op, input).reshaped(form).variable();
    }

    private static int[] spatialAxes(int rank) {
        return IntStream.range(2, rank).toArray();
    }

    private static List<SDVariable> instance(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        if (rank < 3) {
            throw op.invalid("normalizes an input of " + rank + " axes");
        }
        SDVariable normalized = Moments.of(
                        op, precise(op.in(0)), op.node().number("epsilon", EPSILON), spatialAxes(rank))
                .normalized();
        return ImportedOp.result(
                as(op.type(0), normalized).mul(perChannel(op, 1, rank)).add(perChannel(op, 2, rank)));
    }

    private static List<SDVariable> layer(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        int first = op.axis(op.node().integer("axis", -1), rank);
        Moments moments = Moments.of(
                op,
                precise(op.in(0)),
                op.node().number("epsilon", EPSILON),
                IntStream.range(first, rank).toArray());
        SDVariable result = as(op.type(0), moments.normalized()).mul(op.in(1));
        if (op.has(2)) {
            result = result.add(op.in(2));
        }
        return List.of(result, moments.mean(), moments.inverseDeviation());
    }

    private static List<SDVariable> group(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        long groups = op.node().integer("num_groups", 0);
        SameDiff graph = op.graph();
        SDVariable batch = graph.gather(op.sizes(0), op.vector(0), 0);
        SDVariable grouped = graph.reshape(precise(op.in(0)), graph.concat(0, batch, op.vector(groups, -1)));
        SDVariable normalized =
                Moments.of(op, grouped, op.node().number("epsilon", EPSILON), 2).normalized();
        boolean perGroup = op.opset() < 21;
        if (perGroup) {
            normalized = as(op.type(0), normalized).mul(perChannel(op, 1, 3)).add(perChannel(op, 2, 3));
        }
        SDVariable result = as(op.type(0), graph.reshape(normalized, op.sizes(0)));
        return ImportedOp.result(
                perGroup ? result : result.mul(perChannel(op, 1, rank)).add(perChannel(op, 2, rank)));
    }

    /** Divides by what the squares of channels around each one add up to. */
    private static List<SDVariable> acrossChannels(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        int size = Math.toIntExact(op.node().integer("size", 0));
        SDVariable x = op.in(0);
        int[] begin = new int[rank];
        int[] end = new int[rank];
        begin[1] = (size - 1) / 2;
        end[1] = size / 2;
        SDVariable squares = Borders.padded(op, op.graph().math().square(x), begin, end, 0);
        int[] steps = new int[rank];
        Arrays.fill(steps, 1);
        List<SDVariable> shifted = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int[] before = new int[rank];
            int[] behind = new int[rank];
            before[1] = i;
            behind[1] = size - 1 - i;
            shifted.add(Borders.cut(op, squares, before, behind, steps));
        }
        SDVariable sum = shifted.stream().reduce(SDVariable::add).orElseThrow();
        SDVariable scaled = sum.mul(op.scalar(op.node().number("alpha", 1e-4) / size, x.dataType()))
                .add(op.scalar(op.node().number("bias", 1), x.dataType()));
        SDVariable power = op.graph().math().pow(scaled, op.scalar(op.node().number("beta", 0.75), x.dataType()));
        return ImportedOp.result(x.div(power));
    }

    /** A vector of zeros stays one. */
    private static List<SDVariable> length(ImportedOp op) throws NotConvertibleException {
        int axis = op.axis(op.node().integer("axis", -1), op.rank(0));
        SDVariable x = op.in(0);
        SameDiff graph = op.graph();
        long p = op.node().integer("p", 2);
        if (p != 1 && p != 2) {
            throw op.invalid("has p " + p);
        }
        SDVariable powers = p == 1 ? graph.math().abs(x) : graph.math().square(x);
        SDVariable sum = Elements.isNothing(op.shape(0), axis)
                ? Elements.stacked(graph, powers, stack -> stack.sum(true, axis + 1))
                : powers.sum(true, axis);
        SDVariable norm = p == 1 ? sum : graph.math().sqrt(sum);
        double smallest = x.dataType() == DataType.HALF ? 0x1p-14 : Float.MIN_NORMAL;
        return ImportedOp.result(x.div(graph.math()
                .max(norm, op.constant(Nd4j.scalar(x.dataType(), smallest).reshape(1)))));
    }

    private static List<SDVariable> meanVariance(ImportedOp op) throws NotConvertibleException {
        int rank = op.rank(0);
        long[] named = op.node().integers("axes").orElse(new long[] {0, 2, 3});
        int[] axes = LongStream.of(named).mapToInt(a -> op.axis(a, rank)).toArray();
        SDVariable x = precise(op.in(0));
        SDVariable centered = x.sub(x.mean(true, axes));
        SDVariable deviation =
                op.graph().math().sqrt(op.graph().math().square(centered).mean(true, axes));
        return ImportedOp.result(as(op.type(0), centered.div(deviation.add(op.scalar(1e-9, x.dataType())))));
    }
}
