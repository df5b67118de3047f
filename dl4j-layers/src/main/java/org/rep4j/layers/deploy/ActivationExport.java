package org.rep4j.layers.deploy;

import static java.util.Map.entry;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.ops.impl.transforms.strict.RationalTanh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.RectifiedTanh;
import org.rep4j.layers.activation.ActivationHSigmoid;
import org.rep4j.layers.activation.ActivationHSwish;

/** Writes Deeplearning4j's activations as they are outside of training. */
final class ActivationExport {
    private static final Map<Class<? extends IActivation>, Function> FUNCTIONS = Map.ofEntries(
            entry(ActivationIdentity.class, (graph, x) -> x),
            entry(ActivationSigmoid.class, (graph, x) -> graph.nn().sigmoid(x)),
            entry(ActivationTanH.class, (graph, x) -> graph.nn().tanh(x)),
            // whatever the rank, along the last axis, as Deeplearning4j does
            entry(ActivationSoftmax.class, (graph, x) -> graph.nn().softmax(x, -1)),
            entry(ActivationSoftPlus.class, (graph, x) -> graph.nn().softplus(x)),
            entry(ActivationSoftSign.class, (graph, x) -> graph.nn().softsign(x)),
            entry(ActivationHardSigmoid.class, (graph, x) -> graph.nn().hardSigmoid(x)),
            entry(ActivationHardTanH.class, (graph, x) -> graph.nn().hardTanh(x)),
            entry(ActivationSELU.class, (graph, x) -> graph.nn().selu(x)),
            entry(ActivationReLU6.class, (graph, x) -> graph.nn().relu6(x, 0)),
            entry(ActivationHSigmoid.class, ActivationExport::hardSigmoid),
            entry(ActivationHSwish.class, (graph, x) -> x.mul(hardSigmoid(graph, x))),
            entry(ActivationSwish.class, (graph, x) -> graph.nn().swish(x)),
            // SameDiff cannot load the op of its own that it has for this
            entry(
                    ActivationMish.class,
                    (graph, x) -> x.mul(graph.nn().tanh(graph.nn().softplus(x)))),
            entry(ActivationCube.class, (graph, x) -> graph.math().cube(x)),
            entry(ActivationRationalTanh.class, (graph, x) -> new RationalTanh(graph, x).outputVariable()),
            entry(ActivationRectifiedTanh.class, (graph, x) -> new RectifiedTanh(graph, x).outputVariable()));

    private final ExportScope scope;

    ActivationExport(ExportScope scope) {
        this.scope = scope;
    }

    private interface Function {
        SDVariable of(SameDiff graph, SDVariable x);
    }

    /** What an activation makes of a value; the value itself if nothing. */
    @SuppressWarnings("ReferenceEquality") // the very same variable
    Signal write(IActivation activation, Signal input) {
        SDVariable x = input.variable();
        SDVariable result = write(activation, x);
        return result == x ? input : input.like(scope.named("activated", result));
    }

    private SDVariable write(IActivation activation, SDVariable x) {
        SameDiff graph = scope.graph();
        Function function = FUNCTIONS.get(activation.getClass());
        if (function != null) {
            return function.of(graph, x);
        }
        if (activation instanceof ActivationReLU relu) {
            return rectified(relu, x);
        }
        if (activation instanceof ActivationLReLU leaky) {
            return graph.nn().leakyRelu(x, leaky.getAlpha());
        }
        if (activation instanceof ActivationRReLU random) {
            // Deeplearning4j takes the mean slope for a threshold here
            return graph.math().max(x, scope.number("least", (random.getL() + random.getU()) / 2));
        }
        if (activation instanceof ActivationELU elu) {
            return exponential(elu.getAlpha(), x);
        }
        if (activation instanceof ActivationGELU gelu) {
            return gelu.isPrecise() ? graph.nn().preciseGelu(x) : graph.nn().gelu(x);
        }
        if (activation instanceof ActivationThresholdedReLU thresholded) {
            SDVariable above = graph.gt(x, scope.number("threshold", thresholded.getTheta()));
            return x.mul(above.castTo(scope.type()));
        }
        throw new InexpressibleException(
                "its activation is " + activation.getClass().getSimpleName());
    }

    /** Of MobileNetV3: another one than SameDiff's. */
    private static SDVariable hardSigmoid(SameDiff graph, SDVariable x) {
        return graph.nn().relu6(x.add(3), 0).div(6);
    }

    private SDVariable rectified(ActivationReLU relu, SDVariable x) {
        double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
        double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
        SDVariable result;
        if (threshold != 0) {
            SDVariable edge = scope.number("threshold", threshold);
            SDVariable above = graph().gte(x, edge).castTo(scope.type());
            SDVariable below = graph().lt(x, edge).castTo(scope.type());
            result = above.mul(x).add(below.mul(x.sub(edge)).mul(scope.number("slope", slope)));
        } else if (slope != 0) {
            result = graph().nn().leakyRelu(x, slope);
        } else {
            result = graph().nn().relu(x, 0);
        }
        return relu.getMax() == null
                ? result
                : graph().math().min(scope.named("rectified", result), scope.number("most", relu.getMax()));
    }

    private SameDiff graph() {
        return scope.graph();
    }

    private SDVariable exponential(double alpha, SDVariable x) {
        if (alpha == 1) {
            return graph().nn().elu(x);
        }
        SDVariable zero = scope.number("zero", 0);
        SDVariable below = graph().math().exp(graph().math().min(x, zero)).sub(scope.number("one", 1));
        return graph().math().max(x, zero).add(below.mul(scope.number("alpha", alpha)));
    }
}
