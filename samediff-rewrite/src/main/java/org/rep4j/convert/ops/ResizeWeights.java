package org.rep4j.convert.ops;

import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/** Resizes one axis. */
final class ResizeWeights {
    private final ImportedOp op;
    private final SameDiff graph;
    private final ResizeMethod method;
    private final ResizedAxis axis;

    ResizeWeights(ImportedOp op, ResizeMethod method, ResizedAxis axis) {
        this.op = op;
        this.graph = op.graph();
        this.method = method;
        this.axis = axis;
    }

    /** Gathers the nearest elements. */
    SDVariable nearest(SDVariable x) throws NotConvertibleException {
        if (!axis.isKnown()) {
            return graph.gather(x, nearest(), axis.axis());
        }
        long from = axis.from().known();
        long[] indices = new long[Math.toIntExact(axis.to().known())];
        for (int i = 0; i < indices.length; i++) {
            double index = method.nearest(op, axis, method.source(op, axis, i));
            indices[i] = (long) Math.max(0, Math.min(from - 1, index));
        }
        return extrapolated(graph.gather(x, op.vector(indices), axis.axis()), axis.axis(), op.rank(0));
    }

    /**
     * Multiplies with the weights of the elements.
     *
     * @param place where the axis is in {@code x}
     * @param rank number of axes of {@code x}
     * @param moves whether the axis may become the last one
     */
    SDVariable interpolated(SDVariable x, int place, int rank, boolean moves) throws NotConvertibleException {
        SDVariable weights = axis.isKnown() ? op.constant(weights(x.dataType())) : computedWeights(x.dataType());
        SDVariable product = graph.tensorMmul(x, weights, new int[] {place}, new int[] {0});
        SDVariable result = extrapolated(product, rank - 1, rank);
        if (moves || place == rank - 1) {
            return result;
        }
        int[] order = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = i < place ? i : i == place ? rank - 1 : i - 1;
        }
        return graph.permute(result, order);
    }

    /** What each element before weighs in each one afterwards: [before, afterwards]. */
    private INDArray weights(DataType type) throws NotConvertibleException {
        int from = Math.toIntExact(axis.from().known());
        int to = Math.toIntExact(axis.to().known());
        double[][] weights = new double[from][to];
        for (int x = 0; x < to; x++) {
            float source = method.source(op, axis, x);
            if (method.mode().equals("linear")) {
                float inside = Math.max(0, Math.min(from - 1, source));
                int left = (int) Math.floor(inside);
                weights[left][x] += 1 - (inside - left);
                weights[Math.min(left + 1, from - 1)][x] += inside - left;
            } else {
                addCubic(weights, x, source);
            }
        }
        return Nd4j.createFromArray(weights).castTo(type);
    }

    private void addCubic(double[][] weights, int x, float source) throws NotConvertibleException {
        if (!method.mode().equals("cubic")) {
            throw op.unsupported("its mode is " + method.mode());
        }
        int left = (int) Math.floor(source);
        double total = 0;
        double[] taps = new double[4];
        for (int tap = 0; tap < taps.length; tap++) {
            int place = left - 1 + tap;
            boolean outside = place < 0 || place >= weights.length;
            taps[tap] = method.excludesOutside() && outside ? 0 : cubic(Math.abs(source - place));
            total += taps[tap];
        }
        for (int tap = 0; tap < taps.length; tap++) {
            int place = Math.max(0, Math.min(weights.length - 1, left - 1 + tap));
            weights[place][x] += method.excludesOutside() ? taps[tap] / total : taps[tap];
        }
    }

    /** Keys' cubic convolution kernel. */
    private double cubic(double distance) {
        double a = method.cubicCoefficient();
        if (distance <= 1) {
            return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
        }
        return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0;
    }

    /** Puts the number for what lies beyond the border where that is. */
    private SDVariable extrapolated(SDVariable x, int place, int rank) throws NotConvertibleException {
        if (!method.extrapolates()) {
            return x;
        }
        long last = axis.from().known() - 1;
        float[] inside = new float[Math.toIntExact(axis.to().known())];
        for (int i = 0; i < inside.length; i++) {
            float source = method.source(op, axis, i);
            inside[i] = source >= 0 && source <= last ? 1 : 0;
        }
        long[] shape = SliceOps.ones(rank);
        shape[place] = inside.length;
        INDArray mask = Nd4j.createFromArray(inside).reshape(shape).castTo(x.dataType());
        INDArray fill = mask.rsub(1).mul(method.extrapolation());
        return x.mul(op.constant(mask)).add(op.constant(fill));
    }

    /** The indices of the nearest elements, worked out when the graph runs. */
    private SDVariable nearest() throws NotConvertibleException {
        SDVariable places = sources();
        SDVariable rounded = switch (method.rounding()) {
            case "floor" -> graph.math().floor(places);
            case "ceil" -> graph.math().ceil(places);
            case "round_prefer_floor" -> graph.math().ceil(places.sub(half()));
            case "round_prefer_ceil" -> graph.math().floor(places.add(half()));
            default -> {
                SDVariable shrinks = graph.lt(scale(), op.scalar(1, DataType.FLOAT));
                SDVariable down = graph.math().floor(places);
                SDVariable step = graph.math().ceil(places).sub(down);
                yield down.add(step.mul(shrinks.castTo(DataType.FLOAT)));
            }
        };
        return within(rounded).castTo(DataType.LONG);
    }

    private SDVariable half() {
        return op.scalar(0.5, DataType.FLOAT);
    }

    private SDVariable within(SDVariable places) {
        SDVariable last = axis.from().variable(op).castTo(DataType.FLOAT).sub(op.scalar(1, DataType.FLOAT));
        SDVariable positive = graph.math().max(places, op.scalar(0, DataType.FLOAT));
        return graph.math().min(positive, last);
    }

    /** {@link #weights}, worked out when the graph runs. */
    private SDVariable computedWeights(DataType type) throws NotConvertibleException {
        SDVariable indices =
                graph.expandDims(SourceOps.positions(op, axis.from()).castTo(DataType.FLOAT), 1);
        return Elements.as(
                switch (method.mode()) {
                    case "linear" -> linearWeights(indices);
                    case "cubic" -> cubicWeights(indices);
                    default -> throw op.unsupported("its mode is " + method.mode());
                },
                type);
    }

    /** Of a vector and a matrix of one element libnd4j would make a vector. */
    private SDVariable row(SDVariable vector) {
        return graph.expandDims(vector, 0);
    }

    /** max(0, 1 − |place − index|). */
    private SDVariable linearWeights(SDVariable indices) throws NotConvertibleException {
        SDVariable distance = graph.math().abs(within(row(sources())).sub(indices));
        SDVariable one = op.scalar(1, DataType.FLOAT);
        return graph.math().max(one.sub(distance), op.scalar(0, DataType.FLOAT));
    }

    /** The sum over the four elements around each place. */
    private SDVariable cubicWeights(SDVariable indices) throws NotConvertibleException {
        SDVariable places = row(sources());
        SDVariable left = graph.math().floor(places);
        SDVariable[] weights = new SDVariable[4];
        SDVariable[] spread = new SDVariable[4];
        for (int tap = 0; tap < weights.length; tap++) {
            SDVariable index = left.add(op.scalar(tap - 1, DataType.FLOAT));
            SDVariable nearest = within(index);
            SDVariable weight = cubic(graph.math().abs(places.sub(index)), tap == 1 || tap == 2);
            weights[tap] = method.excludesOutside()
                    ? weight.mul(graph.eq(index, nearest).castTo(DataType.FLOAT))
                    : weight;
            spread[tap] = graph.eq(indices, nearest).castTo(DataType.FLOAT).mul(weights[tap]);
        }
        return method.excludesOutside() ? sum(spread).div(sum(weights)) : sum(spread);
    }

    private static SDVariable sum(SDVariable... terms) {
        SDVariable sum = terms[0];
        for (int i = 1; i < terms.length; i++) {
            sum = sum.add(terms[i]);
        }
        return sum;
    }

    private SDVariable cubic(SDVariable distance, boolean near) {
        double a = method.cubicCoefficient();
        double[] factors = near ? new double[] {a + 2, -(a + 3), 0, 1} : new double[] {a, -5 * a, 8 * a, -4 * a};
        SDVariable sum = op.scalar(factors[0], DataType.FLOAT);
        for (int i = 1; i < factors.length; i++) {
            sum = distance.mul(sum).add(op.scalar(factors[i], DataType.FLOAT));
        }
        return sum;
    }

    private SDVariable scale() {
        return Float.isNaN(axis.scale())
                ? Objects.requireNonNull(axis.computedScale())
                : op.scalar(axis.scale(), DataType.FLOAT);
    }

    /** {@link ResizeMethod#source} of all places, worked out when the graph runs. */
    private SDVariable sources() throws NotConvertibleException {
        SDVariable places = SourceOps.positions(op, axis.to()).castTo(DataType.FLOAT);
        SDVariable one = op.scalar(1, DataType.FLOAT);
        SDVariable from = axis.from().variable(op).castTo(DataType.FLOAT);
        SDVariable to = axis.to().variable(op).castTo(DataType.FLOAT);
        SDVariable scale = scale();
        SDVariable middles = places.add(half()).div(scale);
        return switch (method.coordinates()) {
            case "half_pixel" -> middles.sub(half());
            case "half_pixel_symmetric" -> {
                SDVariable stretch = one.sub(to.div(scale.mul(from)));
                yield from.mul(half()).mul(stretch).add(middles.sub(half()));
            }
            case "pytorch_half_pixel" ->
                middles.sub(half()).mul(graph.gt(to, one).castTo(DataType.FLOAT));
            case "align_corners" -> places.mul(from.sub(one)).div(graph.math().max(to.sub(one), one));
            case "asymmetric" -> places.div(scale);
            case "tf_half_pixel_for_nn" -> middles;
            default ->
                throw op.unsupported("its coordinates are " + method.coordinates() + " and the sizes are not known");
        };
    }
}
