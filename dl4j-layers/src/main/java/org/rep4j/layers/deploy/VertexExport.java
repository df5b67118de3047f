package org.rep4j.layers.deploy;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.shape.Flatten2D;

/** Writes vertices that are no layers, and preprocessors. */
final class VertexExport {
    private final ExportScope scope;

    VertexExport(ExportScope scope) {
        this.scope = scope;
    }

    /** Writes a vertex; returns what it makes of its inputs. */
    Signal write(GraphVertex vertex, List<Signal> inputs) {
        Signal input = inputs.get(0);
        boolean dependsOnRank = vertex instanceof SubsetVertex || vertex instanceof L2NormalizeVertex;
        if (dependsOnRank && !input.isKnown()) {
            return input;
        }
        SDVariable x = input.variable();
        if (vertex instanceof ElementWiseVertex elements) {
            return elementWise(elements, inputs);
        }
        if (vertex instanceof MergeVertex merge) {
            SDVariable[] all = inputs.stream().map(Signal::variable).toArray(SDVariable[]::new);
            return all.length == 1
                    ? input
                    : input.like(scope.named("merged", scope.graph().concat(merge.getMergeAxis(), all)));
        }
        if (vertex instanceof ScaleVertex scale) {
            return input.like(scope.named("scaled", x.mul(scope.number("factor", scale.getScaleFactor()))));
        }
        if (vertex instanceof ShiftVertex shift) {
            return input.like(scope.named("shifted", x.add(scope.number("shift", shift.getShiftFactor()))));
        }
        if (vertex instanceof L2NormalizeVertex normalize) {
            return normalized(normalize, input);
        }
        if (vertex instanceof ReshapeVertex reshape) {
            return reshaped(reshape, x);
        }
        if (vertex instanceof SubsetVertex subset) {
            input.require(2, 3, 4);
            long[] from = new long[input.rank()];
            long[] to = new long[input.rank()];
            from[1] = subset.getFrom();
            to[1] = subset.getTo() + 1L;
            return input.like(new BorderExport(scope).slice(x, from, to));
        }
        if (vertex instanceof PreprocessorVertex preprocessor) {
            return preprocessed(preprocessor.getPreProcessor(), input);
        }
        throw new InexpressibleException("");
    }

    private Signal elementWise(ElementWiseVertex vertex, List<Signal> inputs) {
        SameDiff graph = scope.graph();
        BinaryOperator<SDVariable> op = switch (vertex.getOp()) {
            case Add, Average -> (a, b) -> graph.math().add(a, b);
            case Subtract -> (a, b) -> graph.math().sub(a, b);
            case Product -> (a, b) -> graph.math().mul(a, b);
            case Max -> (a, b) -> graph.math().max(a, b);
        };
        SDVariable result = inputs.get(0).variable();
        for (Signal input : inputs.subList(1, inputs.size())) {
            result = scope.named("combined", op.apply(result, input.variable()));
        }
        if (vertex.getOp() == ElementWiseVertex.Op.Average && inputs.size() > 1) {
            result = scope.named("average", result.div(scope.number("count", inputs.size())));
        }
        int rank = inputs.stream().mapToInt(Signal::rank).max().orElseThrow();
        return new Signal(result, rank);
    }

    private Signal normalized(L2NormalizeVertex vertex, Signal input) {
        int[] axes = IntStream.range(1, input.rank()).toArray();
        int[] own = vertex.getDimension();
        if (own != null && own.length > 0 && !Arrays.equals(own, axes)) {
            throw new InexpressibleException("it normalizes along the axes " + Arrays.toString(own));
        }
        SDVariable x = input.variable();
        SDVariable norm = scope.named("norm", x.norm2(true, axes));
        SDVariable divisor = scope.graph().math().max(norm, scope.number("least", vertex.getEps()));
        return input.like(scope.named("normalized", x.div(scope.named("divisor", divisor))));
    }

    private Signal reshaped(ReshapeVertex vertex, SDVariable x) {
        if (vertex.getReshapeOrder() != 'c') {
            throw new InexpressibleException("it is not row-major");
        }
        int[] shape = vertex.getNewShape();
        return new Signal(
                scope.named(
                        "reshaped",
                        x.reshape(Arrays.stream(shape).asLongStream().toArray())),
                shape.length);
    }

    /** What a preprocessor makes of a value. */
    Signal preprocessed(InputPreProcessor preprocessor, Signal input) {
        if (preprocessor instanceof ComposableInputPreProcessor several) {
            Signal result = input;
            for (InputPreProcessor next : several.getInputPreProcessors()) {
                result = preprocessed(next, result);
            }
            return result;
        }
        Class<?> type = preprocessor.getClass();
        SDVariable x = input.variable();
        if (type == CnnToFeedForwardPreProcessor.class) {
            return input.rank() == 2 ? input : flattened((CnnToFeedForwardPreProcessor) preprocessor, x);
        }
        if (type == FeedForwardToCnnPreProcessor.class) {
            FeedForwardToCnnPreProcessor images = (FeedForwardToCnnPreProcessor) preprocessor;
            return input.rank() == 4 ? input : new Signal(image(images, x), 4);
        }
        throw new InexpressibleException("its preprocessor is " + type.getSimpleName());
    }

    private SDVariable image(FeedForwardToCnnPreProcessor images, SDVariable x) {
        return scope.named(
                "image", x.reshape(-1, images.getNumChannels(), images.getInputHeight(), images.getInputWidth()));
    }

    /** Where the preprocessor does not know the size of the images, it takes that of the first ones. */
    private Signal flattened(CnnToFeedForwardPreProcessor preprocessor, SDVariable x) {
        long length = preprocessor.getInputHeight() * preprocessor.getInputWidth() * preprocessor.getNumChannels();
        SDVariable flat = length > 0 ? x.reshape(-1, length) : new Flatten2D(scope.graph(), x, 1).outputVariable();
        return new Signal(scope.named("flat", flat), 2);
    }
}
