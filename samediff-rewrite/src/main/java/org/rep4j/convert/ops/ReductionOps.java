package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.reduce.same.Max;
import org.nd4j.linalg.api.ops.impl.reduce.same.Min;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;
import org.rep4j.graph.Shape;

/** Sums, products, extremes and norms over some of the axes. */
public final class ReductionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(
                entry("ReduceSum", importer(Axes::sum, false)),
                entry("ReduceProd", importer(Axes::product, false)),
                entry("ReduceMax", importer(Axes::max, false)),
                entry("ReduceMin", importer(Axes::min, false)),
                entry("ReduceMean", importer(Axes::mean, true)),
                entry(
                        "ReduceL1",
                        importer((axes, x) -> axes.sum(axes.graph().math().abs(x)), false)),
                entry(
                        "ReduceSumSquare",
                        importer((axes, x) -> axes.sum(axes.graph().math().square(x)), false)),
                entry("ReduceL2", importer(ReductionOps::norm, true)),
                entry("ReduceLogSum", importer((axes, x) -> axes.graph().math().log(axes.sum(x)), true)),
                entry("ReduceLogSumExp", importer(ReductionOps::logSumExp, true)));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("reduce_sum", ReductionExport.as("ReduceSum")),
                entry("reduce_prod", ReductionExport.as("ReduceProd")),
                entry("reduce_max", ReductionExport.as("ReduceMax")),
                entry("reduce_min", ReductionExport.as("ReduceMin")),
                entry("reduce_mean", ReductionExport.as("ReduceMean")),
                entry("reduce_norm1", ReductionExport.as("ReduceL1")),
                entry("reduce_norm2", ReductionExport.as("ReduceL2")),
                entry("reduce_sqnorm", ReductionExport.as("ReduceSumSquare")),
                entry("reduce_logsumexp", ReductionExport::writeLogSumExp),
                entry("asum", ReductionExport.as("ReduceL1")),
                entry("amean", ReductionExport.ofSizes("ReduceMean")),
                entry("amax", ReductionExport.ofSizes("ReduceMax")),
                entry("amin", ReductionExport.ofSizes("ReduceMin")),
                entry("reduce_normmax", ReductionExport.ofSizes("ReduceMax")),
                entry("all", ReductionExport.ofFlags("ReduceMin")),
                entry("any", ReductionExport.ofFlags("ReduceMax")));
    }

    /** What is computed of an input over axes. */
    @FunctionalInterface
    private interface Reduction {
        SDVariable of(Axes axes, SDVariable x);
    }

    /**
     * An importer.
     *
     * @param real whether something between is no integer even where the input is
     */
    private static Importer importer(Reduction reduction, boolean real) {
        return op -> ImportedOp.result(reduce(op, reduction, real));
    }

    private static SDVariable reduce(ImportedOp op, Reduction reduction, boolean real) throws NotConvertibleException {
        SDVariable x = op.in(0);
        Optional<Axes> axes = Axes.of(op);
        if (axes.isEmpty()) {
            return x;
        }
        DataType type = x.dataType();
        DataType inner = type == DataType.BOOL ? DataType.INT : real && !type.isFPType() ? DataType.DOUBLE : type;
        if (inner == type) {
            return axes.get().over(op.shape(0), x, reduction);
        }
        return axes.get().over(op.shape(0), x.castTo(inner), reduction).castTo(type);
    }

    private static SDVariable norm(Axes axes, SDVariable x) {
        return axes.graph().math().sqrt(axes.sum(axes.graph().math().square(x)));
    }

    /** The largest element is taken out before the exponential, so that nothing overflows; if that is infinite, the nearest number. */
    private static SDVariable logSumExp(Axes axes, SDVariable x) {
        SameDiff graph = axes.graph();
        double bound = bound(x.dataType());
        SDVariable largest = graph.math().clipByValue(axes.keeping(true).max(x), -bound, bound);
        SDVariable logarithm = graph.math().log(axes.sum(graph.math().exp(x.sub(largest))));
        return axes.keepsDims()
                ? logarithm.add(largest)
                : logarithm.add(graph.math().clipByValue(axes.max(x), -bound, bound));
    }

    private static double bound(DataType type) {
        return switch (type) {
            case HALF -> 65504;
            case BFLOAT16 -> 3.3e38;
            case DOUBLE -> Double.MAX_VALUE;
            default -> Float.MAX_VALUE;
        };
    }

    /**
     * The axes that are reduced. Those that are known are in ascending order: with others the native ops err. Those that are computed
     * are put in order when the graph runs.
     *
     * @param known none for all axes
     */
    private record Axes(SameDiff graph, int[] known, Optional<SDVariable> computed, boolean keepsDims) {
        /** Empty if nothing is to be reduced. */
        static Optional<Axes> of(ImportedOp op) throws NotConvertibleException {
            boolean keepsDims = op.node().integer("keepdims", 1) != 0;
            boolean none = !op.node().hasAttribute("axes")
                    && (!op.has(1) || op.shape(1).rank() == 1 && op.shape(1).dim(0) == 0);
            if (none) {
                return op.node().integer("noop_with_empty_axes", 0) != 0
                        ? Optional.empty()
                        : Optional.of(new Axes(op.graph(), new int[0], Optional.empty(), keepsDims));
            }
            if (op.has(1) && !op.isConstant(1)) {
                if (op.shape(1).dim(0) < 0) {
                    throw op.unsupported("the number of its axes is computed");
                }
                // the native ops do not find what is fed, only what another op writes
                SDVariable axes = op.in(1).isPlaceHolder() ? op.graph().identity(op.in(1)) : op.in(1);
                return Optional.of(new Axes(op.graph(), new int[0], Optional.of(axes), keepsDims));
            }
            long[] list = op.integers("axes", 1).orElse(new long[0]);
            int rank = op.rank(0);
            int[] known = Arrays.stream(list)
                    .mapToInt(axis -> op.axis(axis, rank))
                    .sorted()
                    .distinct()
                    .toArray();
            return Optional.of(new Axes(op.graph(), known, Optional.empty(), keepsDims));
        }

        /** Reduces {@code x} of a shape. */
        SDVariable over(Shape shape, SDVariable x, Reduction reduction) {
            boolean mayBeNothing =
                    computed.isPresent() ? shape.rank() == 2 : known.length == 1 && Elements.isNothing(shape, known[0]);
            if (!mayBeNothing) {
                return reduction.of(this, x);
            }
            Optional<SDVariable> later = computed.map(axes -> {
                DataType type = axes.dataType();
                SDVariable counted = graph.math().floorMod(axes, graph.constant(Nd4j.scalar(type, 2)));
                return counted.add(graph.constant(Nd4j.scalar(type, 1)));
            });
            int[] next = Arrays.stream(known).map(axis -> axis + 1).toArray();
            Axes stacked = new Axes(graph, next, later, keepsDims);
            return Elements.stacked(graph, x, stack -> reduction.of(stacked, stack));
        }

        Axes keeping(boolean keep) {
            return new Axes(graph, known, computed, keep);
        }

        SDVariable sum(SDVariable x) {
            return computed.isPresent()
                    ? new Sum(graph, x, computed.get(), keepsDims).outputVariable()
                    : graph.sum(x, keepsDims, known);
        }

        SDVariable product(SDVariable x) {
            return computed.isPresent() ? graph.prod(x, computed.get(), keepsDims) : graph.prod(x, keepsDims, known);
        }

        SDVariable max(SDVariable x) {
            return computed.isPresent()
                    ? new Max(graph, x, computed.get(), keepsDims).outputVariable()
                    : graph.max(x, keepsDims, known);
        }

        SDVariable min(SDVariable x) {
            return computed.isPresent()
                    ? new Min(graph, x, computed.get(), keepsDims).outputVariable()
                    : graph.min(x, keepsDims, known);
        }

        SDVariable mean(SDVariable x) {
            return computed.isPresent() ? graph.mean(x, computed.get(), keepsDims) : graph.mean(x, keepsDims, known);
        }
    }
}
