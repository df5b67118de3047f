package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.ConvGeometry.AutoPad;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.AveragePool;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.Layout;
import org.rep4j.graph.NodeInfo;
import org.rep4j.graph.Pad;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Sum;
import org.rep4j.graph.Value;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.AveragePoolStep;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.ShiftStep;
import org.rep4j.layers.block.SqueezeExcite;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;
import org.rep4j.layers.block.Window;
import org.rep4j.samediff.NdArrayData;

/** Lifts one block: a node for each step of its branches, their sum, and what comes behind that. */
final class BlockReader {
    private final Lift lift;
    private final String vertex;
    private final String inside;
    private final CNN2DFormat format;
    private final Layout layout;
    private final Map<String, INDArray> parameters;
    private final long[] sizes;

    /**
     * @param vertex the block's name, which what it puts out gets
     * @param prefix of the names of what is made of the block
     * @param parameters by name
     * @param sizes height and width of the images it reads, −1 where they are not known
     */
    BlockReader(
            Lift lift,
            String vertex,
            String prefix,
            CNN2DFormat format,
            Map<String, INDArray> parameters,
            long... sizes) {
        this.lift = lift;
        this.vertex = vertex;
        this.inside = prefix;
        this.format = format;
        this.layout = Lift.layout(format);
        this.parameters = parameters;
        this.sizes = sizes.clone();
    }

    void read(RepBlock block, Value input) {
        Blueprint blueprint = block.blueprint();
        SqueezeExcite excite = blueprint.squeezeExcite();
        boolean activated = !Lift.isIdentity(block.getActivationFn());
        boolean behind = excite != null && excite.behindActivation();

        Value sum = sum(blueprint, input, blueprint.normalization() != null || activated || excite != null, block);
        if (blueprint.normalization() != null) {
            sum = step(blueprint.normalization(), sum, activated || excite != null ? inside + "normalized" : vertex);
        }
        if (excite != null && !behind) {
            sum = excited(excite, sum, activated ? inside + "excited" : vertex);
        }
        if (activated) {
            Value result = lift.image(behind ? inside + "activated" : vertex, format, block.getNOut());
            lift.opaque(
                    inside + "activation",
                    block.getActivationFn().toString(),
                    new NativePart.Activation(block.getActivationFn()),
                    List.of(sum),
                    result);
            sum = result;
        }
        if (excite != null && behind) {
            excited(excite, sum, vertex);
        }
    }

    private Value sum(Blueprint blueprint, Value input, boolean isRead, RepBlock block) {
        String name = isRead ? inside + "sum" : vertex;
        return sum(blueprint.branches(), input, name, inside, block.getNOut());
    }

    /** @param prefix of the names of what is between */
    private Value sum(List<Branch> branches, Value input, String name, String prefix, long channels) {
        if (branches.size() == 1) {
            return chain(branches.get(0), input, name);
        }
        List<Sum.Term> terms = branches.stream()
                .map(branch -> new Sum.Term(chain(branch, input, prefix + branch.name()), branch.subtracted()))
                .toList();
        Value sum = lift.image(name, format, channels);
        lift.node(new Sum(NodeInfo.made(prefix + "add", "Add"), terms, sum));
        return sum;
    }

    private Value chain(Branch branch, Value input, String name) {
        Value value = input;
        List<Step> steps = branch.steps();
        for (int i = 0; i < steps.size(); i++) {
            value = step(steps.get(i), value, i == steps.size() - 1 ? name : within(name) + i);
        }
        return value;
    }

    private Value step(Step step, Value input, String name) {
        if (step instanceof ConvolutionStep convolution) {
            return convolution(convolution, input, name);
        }
        if (step instanceof BatchNormStep normalization) {
            return normalization(normalization, input, name);
        }
        if (step instanceof AveragePoolStep pool) {
            Value output = lift.image(name, format, pool.channels());
            ConvGeometry geometry = ConvGeometry.of(pool.window().axes());
            lift.node(new AveragePool(
                    NodeInfo.made(within(name) + "op", "AveragePool"), input, output, geometry, true, layout));
            return output;
        }
        if (step instanceof FilterStep filter) {
            return convolution(filter.window(), filter.window().axes(), kernel(filter), input, name);
        }
        if (step instanceof ScaleStep scale) {
            Value output = lift.image(name, format, scale.channels());
            lift.node(new ChannelScale(
                    NodeInfo.made(within(name) + "op", "Scale"), input, output, perChannel(parameter(scale.name()))));
            return output;
        }
        if (step instanceof ShiftStep shift) {
            Value output = lift.image(name, format, shift.channels());
            lift.node(new ChannelShift(
                    NodeInfo.made(within(name) + "op", "Shift"), input, output, perChannel(parameter(shift.name()))));
            return output;
        }
        SumStep sum = (SumStep) step;
        return sum(sum.branches(), input, name, within(name), sum.channels());
    }

    /** What names begin with of what is made of a part, or of the whole block. */
    private String within(String name) {
        return name.equals(vertex) ? inside : name + "/";
    }

    private ChannelConstant perChannel(INDArray numbers) {
        return new ChannelConstant(NdArrayData.elements(numbers), layout.channelAxis(), 4);
    }

    private INDArray parameter(String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    private Value convolution(ConvolutionStep step, Value input, String name) {
        Window window = step.window();
        List<ConvAxis> axes = window.axes();
        Value read = input;
        if (axes.stream().anyMatch(a -> a.padBegin() < 0 || a.padEnd() < 0)) {
            read = lift.image(within(name) + "cropped", format, step.in());
            lift.node(pad(within(name) + "crop", input, read, axes, ChannelConstant.scalar(0)));
            axes = axes.stream()
                    .map(a -> new ConvAxis(a.kernel(), a.stride(), a.dilation(), 0, 0))
                    .toList();
        }
        return convolution(window, axes, kernel(step), read, name);
    }

    private Value convolution(Window window, List<ConvAxis> axes, StoredKernel kernel, Value input, String name) {
        Value output = lift.image(name, format, kernel.shape().outChannels());
        ConvGeometry geometry = window.same()
                ? ConvGeometry.same(
                        axes, sizes, AutoPad.SAME_UPPER) // pads the block's input: what is before it keeps its size
                : ConvGeometry.of(axes);
        lift.node(new Convolution(NodeInfo.made(within(name) + "op", "Conv"), input, output, kernel, geometry, layout));
        return output;
    }

    /** Its numbers as a depthwise kernel of the net's type. */
    private StoredKernel kernel(FilterStep filter) {
        int[] taps = filter.window().kernel();
        int channels = Math.toIntExact(filter.channels());
        KernelShape shape = new KernelShape(channels, 1, channels, List.of(taps[0], taps[1]));
        return new StoredKernel(shape, new NdArrayData(filter.weights(lift.dataType())), KernelLayout.KIO, null);
    }

    private StoredKernel kernel(ConvolutionStep step) {
        int[] kernel = step.window().kernel();
        int groups = step.groups();
        KernelShape shape = new KernelShape(
                Math.toIntExact(step.out()),
                Math.toIntExact(step.in() / groups),
                groups,
                List.of(kernel[0], kernel[1]));
        INDArray weights = parameter(step.weight());
        boolean apart = groups > 1 && !step.isDepthwise();
        @Nullable NdArrayData bias = step.hasBias() ? new NdArrayData(parameter(step.biasName())) : null;
        return apart
                ? new StoredKernel(
                        shape,
                        new NdArrayData(weights.permute(0, 4, 3, 1, 2)
                                .dup('c')
                                .reshape(step.out(), step.in() / groups, kernel[0], kernel[1])),
                        KernelLayout.OIK,
                        bias)
                : new StoredKernel(shape, new NdArrayData(weights), KernelLayout.KIO, bias);
    }

    private Value normalization(BatchNormStep step, Value input, String name) {
        boolean bordered = step.border() > 0;
        Value output = lift.image(bordered ? within(name) + "inner" : name, format, step.channels());
        lift.batchNorm(
                NodeInfo.made(within(name) + "op", "BatchNorm"),
                input,
                output,
                layout.channelAxis(),
                step.eps(),
                parameter(step.gamma()),
                parameter(step.beta()),
                parameter(step.mean()),
                parameter(step.variance()));
        if (!bordered) {
            return output;
        }
        Value padded = lift.image(name, format, step.channels());
        ConvAxis border = new ConvAxis(1, 1, 1, step.border(), step.border());
        lift.node(pad(within(name) + "pad", output, padded, List.of(border, border), ofZero(step)));
        return padded;
    }

    /** What the batch normalization makes of zeros. */
    private ChannelConstant ofZero(BatchNormStep step) {
        INDArray deviation = Transforms.sqrt(parameter(step.variance()).add(step.eps()), false);
        INDArray factor = parameter(step.gamma()).div(deviation);
        INDArray values = parameter(step.beta()).sub(parameter(step.mean()).mul(factor));
        return new ChannelConstant(NdArrayData.elements(values), layout.channelAxis(), 4);
    }

    private Pad pad(String name, Value input, Value output, List<ConvAxis> axes, ChannelConstant fill) {
        List<Integer> begin = new ArrayList<>(Collections.nCopies(4, 0));
        List<Integer> end = new ArrayList<>(Collections.nCopies(4, 0));
        for (int i = 0; i < 2; i++) {
            int axis = layout.spatialAxis(i);
            begin.set(axis, axes.get(i).padBegin());
            end.set(axis, axes.get(i).padEnd());
        }
        return new Pad(NodeInfo.made(name, "Pad"), input, output, begin, end, fill);
    }

    private Value excited(SqueezeExcite excite, Value input, String name) {
        Value output = lift.image(name, format, excite.channels());
        lift.opaque(
                within(name) + "excitation",
                "SqueezeExcite",
                new NativePart.Excitation(excite, parameters, format),
                List.of(input),
                output);
        return output;
    }
}
