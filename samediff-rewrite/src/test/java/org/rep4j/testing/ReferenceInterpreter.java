package org.rep4j.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.rep4j.algebra.BatchNormStatistics;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.algebra.ConvKernel;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Identity;
import org.rep4j.graph.Linear;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.graph.Pad;
import org.rep4j.graph.Sum;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/**
 * Evaluates a {@link ConvGraph} in double precision by the definitions of its ops, loop by loop and without the algebra that it
 * is there to check. Opaque ops are told apart by their op name: Relu, Sigmoid, Split (two halves along axis 1), Captures (adds
 * up what it reads and captures).
 */
public final class ReferenceInterpreter {
    private final Map<String, Tensor> values = new HashMap<>();

    private ReferenceInterpreter(Map<String, Tensor> feeds) {
        values.putAll(feeds);
    }

    /** The graph's outputs by name, for inputs by name. */
    public static Map<String, Tensor> run(ConvGraph graph, Map<String, Tensor> feeds) {
        ReferenceInterpreter interpreter = new ReferenceInterpreter(feeds);
        Set<Node> needed = needed(graph);
        for (Node node : graph.topologicalOrder()) {
            if (!needed.contains(node)) {
                continue;
            }
            List<Tensor> results = interpreter.evaluate(node);
            for (int i = 0; i < results.size(); i++) {
                interpreter.put(node.outputs().get(i), results.get(i));
            }
        }
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        graph.outputs().forEach(v -> outputs.put(v.name(), interpreter.get(v)));
        return outputs;
    }

    /** The nodes that an output depends on: a graph may hold others that cannot run. */
    private static Set<Node> needed(ConvGraph graph) {
        Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Value> open = new ArrayDeque<>(graph.outputs());
        while (!open.isEmpty()) {
            graph.producer(open.pop()).filter(needed::add).ifPresent(n -> open.addAll(n.reads()));
        }
        return needed;
    }

    private void put(Value value, Tensor tensor) {
        for (int i = 0; i < value.shape().rank(); i++) {
            long size = value.shape().dim(i);
            if (value.shape().rank() != tensor.dims().length || (size >= 0 && size != tensor.dims()[i])) {
                throw new IllegalStateException(
                        value + " is said to have that shape but has " + Arrays.toString(tensor.dims()));
            }
        }
        values.put(value.name(), tensor);
    }

    private Tensor get(Value value) {
        return Objects.requireNonNull(values.get(value.name()), value.name());
    }

    private List<Tensor> evaluate(Node node) {
        if (node instanceof Opaque opaque) {
            return opaque(opaque);
        }
        return List.of(single(node));
    }

    private Tensor single(Node node) {
        Tensor x = get(node.inputs().get(0));
        if (node instanceof Convolution conv) {
            Tensor y = convolve(x.channelsFirst(conv.layout()), conv.kernel().read(), resolve(conv, x));
            return y.to(conv.layout());
        } else if (node instanceof TransposedConvolution conv) {
            return transposedConvolve(x.channelsFirst(conv.layout()), conv).to(conv.layout());
        } else if (node instanceof Linear linear) {
            return linear(x, linear.kernel().read());
        } else if (node instanceof BatchNormalization norm) {
            return batchNorm(x, norm.statistics(), norm.channelAxis());
        } else if (node instanceof ChannelScale scale) {
            return broadcast(x, constant(scale.constant()), (a, b) -> a * b);
        } else if (node instanceof ChannelShift shift) {
            return broadcast(x, constant(shift.constant()), Double::sum);
        } else if (node instanceof Sum sum) {
            return sum.terms().stream()
                    .map(this::signed)
                    .reduce((a, b) -> broadcast(a, b, Double::sum))
                    .orElseThrow();
        } else if (node instanceof Pad pad) {
            return pad(x, pad);
        } else if (node instanceof AveragePool pool) {
            return averagePool(x.channelsFirst(pool.layout()), pool).to(pool.layout());
        } else if (node instanceof Concat concat) {
            return concat(concat.inputs().stream().map(this::get).toList(), concat.axis());
        } else if (node instanceof Identity) {
            return x;
        }
        throw new IllegalArgumentException("no definition of " + node.label());
    }

    private List<Tensor> opaque(Opaque node) {
        Tensor x = get(node.inputs().get(0));
        return switch (node.info().op()) {
            case "Relu" -> List.of(map(x, v -> Math.max(v, 0)));
            case "Sigmoid" -> List.of(map(x, v -> 1 / (1 + Math.exp(-v))));
            case "Split" -> List.of(half(x, 0), half(x, 1));
            case "Captures" ->
                List.of(node.reads().stream().skip(1).map(this::get).reduce(x, (a, b) -> broadcast(a, b, Double::sum)));
            default -> throw new IllegalArgumentException("no definition of " + node.label());
        };
    }

    private static Tensor map(Tensor x, DoubleUnaryOperator f) {
        return new Tensor(x.dims(), Arrays.stream(x.data()).map(f).toArray());
    }

    private static Tensor half(Tensor x, int which) {
        int[] dims = x.dims().clone();
        dims[1] /= 2;
        Tensor half = Tensor.zeros(dims);
        Tensor.forEachIndex(dims, index -> {
            int[] source = index.clone();
            source[1] += which * dims[1];
            half.set(index, x.at(source));
        });
        return half;
    }

    /** The axes with the padding that SAME means for this input. */
    private static List<ConvAxis> resolve(Convolution conv, Tensor x) {
        ConvGeometry geometry = conv.geometry();
        if (geometry.autoPad() == AutoPad.EXPLICIT) {
            return geometry.axes();
        }
        List<ConvAxis> axes = new ArrayList<>();
        for (int i = 0; i < geometry.rank(); i++) {
            ConvAxis axis = geometry.axes().get(i);
            int in = x.dims()[conv.layout().spatialAxis(i)];
            int out = (int) Math.ceil(in / (double) axis.stride());
            int total = Math.max(0, (out - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() + 1 - in);
            int begin = geometry.autoPad() == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
            axes.add(new ConvAxis(axis.kernel(), axis.stride(), axis.dilation(), begin, total - begin));
        }
        return axes;
    }

    private static int[] outputDims(Tensor x, int channels, List<ConvAxis> axes) {
        int[] dims = new int[axes.size() + 2];
        dims[0] = x.dims()[0];
        dims[1] = channels;
        for (int i = 0; i < axes.size(); i++) {
            ConvAxis axis = axes.get(i);
            int reach = (axis.kernel() - 1) * axis.dilation() + 1;
            dims[i + 2] = (x.dims()[i + 2] + axis.padBegin() + axis.padEnd() - reach) / axis.stride() + 1;
        }
        return dims;
    }

    private static int[] taps(List<ConvAxis> axes) {
        return axes.stream().mapToInt(ConvAxis::kernel).toArray();
    }

    /** Where a tap reads; null in the padding. */
    private static int @Nullable [] source(int[] out, int[] tap, List<ConvAxis> axes, Tensor x) {
        int[] source = out.clone();
        for (int i = 0; i < axes.size(); i++) {
            ConvAxis axis = axes.get(i);
            source[i + 2] = out[i + 2] * axis.stride() + tap[i] * axis.dilation() - axis.padBegin();
            if (source[i + 2] < 0 || source[i + 2] >= x.dims()[i + 2]) {
                return null;
            }
        }
        return source;
    }

    /** Convolution by its definition; {@code x} is {@code [N, C, …]}, negative padding cuts off. */
    public static Tensor convolve(Tensor x, ConvKernel kernel, List<ConvAxis> axes) {
        int groups = kernel.shape().groups();
        int ins = kernel.shape().inChannelsPerGroup();
        int outsPerGroup = kernel.shape().outChannels() / groups;
        Tensor y = Tensor.zeros(outputDims(x, kernel.shape().outChannels(), axes));
        int taps = Arrays.stream(taps(axes)).reduce(1, (a, b) -> a * b);
        Tensor.forEachIndex(y.dims(), out -> {
            int channel = out[1];
            double[] sum = {kernel.bias()[channel]};
            int[] tapNumber = {0};
            Tensor.forEachIndex(taps(axes), tap -> {
                int[] source = source(out, tap, axes, x);
                for (int i = 0; source != null && i < ins; i++) {
                    source[1] = channel / outsPerGroup * ins + i;
                    sum[0] += x.at(source) * kernel.weights()[(channel * ins + i) * taps + tapNumber[0]];
                }
                tapNumber[0]++;
            });
            y.set(out, sum[0]);
        });
        return y;
    }

    private static Tensor transposedConvolve(Tensor x, TransposedConvolution conv) {
        ConvKernel kernel = conv.kernel().read();
        List<ConvAxis> axes = conv.geometry().axes();
        int ins = kernel.shape().inChannelsPerGroup();
        int outsPerGroup = kernel.shape().outChannels() / kernel.shape().groups();
        int[] dims = x.dims().clone();
        dims[1] = kernel.shape().outChannels();
        for (int i = 0; i < axes.size(); i++) {
            ConvAxis a = axes.get(i);
            dims[i + 2] = (dims[i + 2] - 1) * a.stride()
                    + (a.kernel() - 1) * a.dilation()
                    + 1
                    - a.padBegin()
                    - a.padEnd()
                    + conv.outputPadding().get(i);
        }
        Tensor y = Tensor.zeros(dims);
        Tensor.forEachIndex(dims, out -> y.set(out, kernel.bias()[out[1]]));
        int taps = Arrays.stream(taps(axes)).reduce(1, (a, b) -> a * b);
        Tensor.forEachIndex(x.dims(), in -> {
            int[] tapNumber = {0};
            Tensor.forEachIndex(taps(axes), tap -> {
                int[] target = in.clone();
                boolean inside = true;
                for (int i = 0; i < axes.size(); i++) {
                    ConvAxis a = axes.get(i);
                    target[i + 2] = in[i + 2] * a.stride() + tap[i] * a.dilation() - a.padBegin();
                    inside &= target[i + 2] >= 0 && target[i + 2] < dims[i + 2];
                }
                for (int o = 0; inside && o < outsPerGroup; o++) {
                    target[1] = in[1] / ins * outsPerGroup + o;
                    y.add(target, x.at(in) * kernel.weights()[(target[1] * ins + in[1] % ins) * taps + tapNumber[0]]);
                }
                tapNumber[0]++;
            });
        });
        return y;
    }

    private static Tensor linear(Tensor x, ConvKernel kernel) {
        int ins = kernel.shape().inChannels();
        int[] dims = x.dims().clone();
        dims[dims.length - 1] = kernel.shape().outChannels();
        Tensor y = Tensor.zeros(dims);
        Tensor.forEachIndex(dims, out -> {
            int channel = out[dims.length - 1];
            int[] source = out.clone();
            double sum = kernel.bias()[channel];
            for (int i = 0; i < ins; i++) {
                source[dims.length - 1] = i;
                sum += x.at(source) * kernel.weights()[channel * ins + i];
            }
            y.set(out, sum);
        });
        return y;
    }

    private static Tensor batchNorm(Tensor x, BatchNormStatistics s, int channelAxis) {
        int axis = channelAxis < 0 ? channelAxis + x.dims().length : channelAxis;
        Tensor y = Tensor.zeros(x.dims());
        Tensor.forEachIndex(x.dims(), index -> {
            int c = index[axis];
            double normalized = (x.at(index) - s.mean()[c]) / Math.sqrt(s.variance()[c] + s.epsilon());
            y.set(index, s.gamma()[c] * normalized + s.beta()[c]);
        });
        return y;
    }

    private static Tensor constant(ChannelConstant constant) {
        int[] dims = new int[constant.rank()];
        Arrays.fill(dims, 1);
        if (constant.values().length > 1) {
            dims[constant.axis() < 0 ? constant.axis() + dims.length : constant.axis()] = constant.values().length;
        }
        return new Tensor(dims, constant.values());
    }

    private static Tensor broadcast(Tensor a, Tensor b, DoubleBinaryOperator op) {
        int[] dims = new int[Math.max(a.dims().length, b.dims().length)];
        for (int i = 1; i <= dims.length; i++) {
            int sizeA = i <= a.dims().length ? a.dims()[a.dims().length - i] : 1;
            int sizeB = i <= b.dims().length ? b.dims()[b.dims().length - i] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1) {
                throw new IllegalArgumentException(
                        Arrays.toString(a.dims()) + " and " + Arrays.toString(b.dims()) + " do not broadcast");
            }
            dims[dims.length - i] = sizeA == 1 ? sizeB : sizeA;
        }
        Tensor result = Tensor.zeros(dims);
        Tensor.forEachIndex(
                dims, index -> result.set(index, op.applyAsDouble(a.at(project(index, a)), b.at(project(index, b)))));
        return result;
    }

    private static int[] project(int[] index, Tensor to) {
        int[] projected = new int[to.dims().length];
        int shift = index.length - projected.length;
        for (int i = 0; i < projected.length; i++) {
            projected[i] = to.dims()[i] == 1 ? 0 : index[i + shift];
        }
        return projected;
    }

    private static Tensor pad(Tensor x, Pad pad) {
        int[] dims = x.dims().clone();
        for (int i = 0; i < dims.length; i++) {
            dims[i] += pad.begin().get(i) + pad.end().get(i);
        }
        Tensor y = Tensor.zeros(dims);
        Tensor.forEachIndex(dims, index -> {
            int[] source = index.clone();
            boolean inside = true;
            for (int i = 0; i < dims.length; i++) {
                source[i] -= pad.begin().get(i);
                inside &= source[i] >= 0 && source[i] < x.dims()[i];
            }
            y.set(index, inside ? x.at(source) : fill(pad, index));
        });
        return y;
    }

    private Tensor signed(Sum.Term term) {
        Tensor value = get(term.value());
        return term.negated() ? broadcast(value, value, (a, b) -> -a) : value;
    }

    private static double fill(Pad pad, int[] index) {
        double[] values = pad.fill().values();
        int axis = pad.fill().axis();
        return values.length == 1 ? values[0] : values[index[axis < 0 ? axis + index.length : axis]];
    }

    private static Tensor averagePool(Tensor x, AveragePool pool) {
        List<ConvAxis> axes = pool.geometry().axes();
        Tensor y = Tensor.zeros(outputDims(x, x.dims()[1], axes));
        Tensor.forEachIndex(y.dims(), out -> {
            double[] sumAndCount = new double[2];
            Tensor.forEachIndex(taps(axes), tap -> {
                int[] source = source(out, tap, axes, x);
                sumAndCount[0] += source == null ? 0 : x.at(source);
                sumAndCount[1] += source == null && !pool.countIncludesPadding() ? 0 : 1;
            });
            y.set(out, sumAndCount[0] / sumAndCount[1]);
        });
        return y;
    }

    private static Tensor concat(List<Tensor> parts, int concatAxis) {
        int axis = concatAxis < 0 ? concatAxis + parts.get(0).dims().length : concatAxis;
        int[] dims = parts.get(0).dims().clone();
        dims[axis] = parts.stream().mapToInt(p -> p.dims()[axis]).sum();
        Tensor whole = Tensor.zeros(dims);
        int[] offset = {0};
        for (Tensor part : parts) {
            Tensor.forEachIndex(part.dims(), index -> {
                int[] target = index.clone();
                target[axis] += offset[0];
                whole.set(target, part.at(index));
            });
            offset[0] += part.dims()[axis];
        }
        return whole;
    }
}
