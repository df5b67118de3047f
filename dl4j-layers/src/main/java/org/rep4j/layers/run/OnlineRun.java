package org.rep4j.layers.run;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.algebra.ConvAxis;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.Window;

/**
 * Adds the kernels of branches up, and convolves an image once (OREPA, Hu et al., 2022, section 3.3). The kernel is what the branches make of
 * impulses, images of a single 1: so each step runs forwards and backwards as it would on images, only on far fewer numbers.
 */
final class OnlineRun implements StepRun, Parameters {
    private final ConvolutionStep whole;
    private final Layout layout;
    private final SumRun branches;
    private final ConvolutionRun convolution;
    private final Kept kept;
    private final int[] center = new int[2];
    private final int[] size = new int[2];
    private @Nullable INDArray kernel;
    private @Nullable INDArray kernelGradient;

    /** @param whole the convolution that the branches are together, without bias */
    OnlineRun(List<Branch> branches, ConvolutionStep whole, Layout layout, Parameters parameters, Kept kept) {
        this.whole = whole;
        this.layout = layout;
        this.kept = kept;
        this.branches = new SumRun(dense(branches), layout, parameters, kept);
        this.convolution = new ConvolutionRun(whole, layout, this, kept);
        for (int i = 0; i < 2; i++) { // so large that no tap is lost at a border
            ConvAxis axis = axis(i);
            int rest = axis.span() - axis.padBegin();
            center[i] = Math.max(0, rest);
            size[i] = center[i] + Math.max(0, rest) + 1;
        }
    }

    private ConvAxis axis(int i) {
        return whole.window().axes().get(i);
    }

    /** Branches that look at every place: strides do not change kernels. */
    private static List<Branch> dense(List<Branch> branches) {
        return branches.stream()
                .map(b -> new Branch(
                        b.name(), b.steps().stream().map(OnlineRun::dense).toList(), b.subtracted()))
                .toList();
    }

    private static Step dense(Step step) {
        if (step instanceof ConvolutionStep c) {
            return new ConvolutionStep(
                    c.name(), c.in(), c.out(), c.groups(), dense(c.window()), c.bias(), c.isIdentityAtFirst());
        }
        return step instanceof FilterStep f ? new FilterStep(f.filter(), f.channels(), dense(f.window())) : step;
    }

    private static Window dense(Window window) {
        List<ConvAxis> axes = window.axes().stream()
                .map(a -> new ConvAxis(a.kernel(), 1, a.dilation(), a.padBegin(), a.padEnd()))
                .toList();
        return new Window(axes, window.same());
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        long width = whole.in() / whole.groups();
        INDArray impulses = Nd4j.create(x.dataType(), layout.shape(width, whole.in(), size[0], size[1]));
        for (long channel = 0; channel < whole.in(); channel++) {
            impulses.putScalar(layout.place(channel % width, channel, center[0], center[1]), 1);
        }
        INDArray seen = branches.forward(impulses, training);
        INDArray sum =
                Nd4j.createUninitialized(x.dataType(), whole.parameters().get(0).dims());
        forEachTap((row, column) -> tap(sum, row, column).assign(asTap(response(seen, row, column))));
        kernel = training ? kept.hold(sum) : sum;
        return convolution.forward(x, training);
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray ofKernel = get(whole.weight(), true).ulike();
        kernelGradient = ofKernel;
        INDArray result = convolution.backward(gradient);
        int[] sizes = new int[2];
        for (int i = 0; i < 2; i++) {
            sizes[i] = size[i] + axis(i).padBegin() + axis(i).padEnd() - axis(i).span();
        }
        long width = whole.in() / whole.groups();
        INDArray ofResponse = Nd4j.create(gradient.dataType(), layout.shape(width, whole.out(), sizes[0], sizes[1]));
        forEachTap((row, column) -> response(ofResponse, row, column).assign(asResponse(tap(ofKernel, row, column))));
        branches.backward(ofResponse);
        return result;
    }

    private interface Tap {
        void at(int row, int column);
    }

    private void forEachTap(Tap tap) {
        for (int row = 0; row < axis(0).kernel(); row++) {
            for (int column = 0; column < axis(1).kernel(); column++) {
                tap.at(row, column);
            }
        }
    }

    /** The numbers of a tap, {@code [in, out]}; with groups {@code [groups, in / groups, out / groups]}. */
    private INDArray tap(INDArray weights, int row, int column) {
        INDArrayIndex[] region = new INDArrayIndex[weights.rank()];
        int first = weights.rank() - 4; // behind the axis of groups, if there is one
        for (int i = 0; i < region.length; i++) {
            region[i] = NDArrayIndex.all();
        }
        region[first] = NDArrayIndex.point(row);
        region[first + 1] = NDArrayIndex.point(column);
        return weights.get(region);
    }

    /** What impulses become where a tap sees them: where the kernel has been moved by as much the other way. */
    private INDArray response(INDArray all, int row, int column) {
        return layout.element(all, center[0] - axis(0).offset(row), center[1] - axis(1).offset(column));
    }

    private INDArray asTap(INDArray response) {
        INDArray all = response.dup('c');
        long[] apart = {all.size(0), whole.groups(), whole.out() / whole.groups()};
        if (whole.isDepthwise()) {
            return all.reshape('c', whole.in(), apart[2]);
        }
        return whole.groups() == 1 ? all : all.reshape('c', apart).permute(1, 0, 2);
    }

    private INDArray asResponse(INDArray tap) {
        boolean apart = whole.groups() > 1 && !whole.isDepthwise();
        INDArray all = (apart ? tap.permute(1, 0, 2) : tap).dup('c');
        return all.reshape('c', whole.in() / whole.groups(), whole.out());
    }

    @Override
    public INDArray get(String name, boolean training) {
        return Objects.requireNonNull(kernel, name);
    }

    @Override
    public INDArray gradient(String name) {
        return Objects.requireNonNull(kernelGradient, name);
    }
}
