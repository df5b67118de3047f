package org.rep4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.ShiftStep;
import org.rep4j.layers.block.SqueezeExcite;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;

/**
 * The blocks of one family, each of which is one of the authors' modules.
 *
 * @param module the block's
 * @param convolutions the module in it for a convolution's name in the blueprint
 * @param normalizations the same for batch normalizations
 * @param squeeze the module of squeeze and excitation's first map
 * @param excite the module of its second map
 * @param deployed the convolution that the block is when deployed
 */
record BlockNames(
        String module,
        Function<String, String> convolutions,
        Function<String, String> normalizations,
        String squeeze,
        String excite,
        String deployed)
        implements TensorNames {
    /** Of RepVGG's authors. */
    static BlockNames repVgg(String module, String squeezeExcite) {
        Map<String, String> branches = Map.of("dense", "rbr_dense", "pointwise", "rbr_1x1", "identity", "rbr_identity");
        return new BlockNames(
                module,
                name -> branches.get(name) + ".conv",
                name -> name.equals("identity") ? branches.get(name) : branches.get(name) + ".bn",
                squeezeExcite + ".down",
                squeezeExcite + ".up",
                "rbr_reparam");
    }

    /** A convolution and its batch normalization, in modules of these names. */
    static BlockNames convBatchNorm(String module, String convolution, String normalization) {
        return new BlockNames(module, name -> convolution, name -> normalization, "", "", convolution);
    }

    /** Of MobileOne's authors. */
    static BlockNames mobileOne(String module) {
        Function<String, String> branches =
                name -> name.startsWith("conv") ? "rbr_conv." + name.substring("conv".length()) : "rbr_" + name;
        return new BlockNames(
                module,
                name -> branches.apply(name) + ".conv",
                name -> name.equals("skip") ? "rbr_skip" : branches.apply(name) + ".bn",
                "se.reduce",
                "se.expand",
                "reparam_conv");
    }

    @Override
    public List<Binding> of(String vertex, Layer layer) {
        Blueprint blueprint = ((RepBlock) layer).blueprint();
        List<Binding> bindings = new ArrayList<>();
        blueprint.branches().forEach(branch -> bindings.addAll(branch(vertex, branch)));
        if (blueprint.normalization() != null) {
            bindings.addAll(step(vertex, blueprint.normalization()));
        }
        if (blueprint.squeezeExcite() != null) {
            bindings.addAll(squeezeExcite(vertex, blueprint.squeezeExcite()));
        }
        return bindings;
    }

    private List<Binding> branch(String vertex, Branch branch) {
        return branch.steps().stream()
                .flatMap(step -> step(vertex, step).stream())
                .toList();
    }

    private List<Binding> step(String vertex, Step step) {
        if (step instanceof ConvolutionStep convolution) {
            return convolution(vertex, convolution, inBlock(convolutions.apply(convolution.name())));
        }
        if (step instanceof BatchNormStep norm) {
            return ModuleNames.batchNorm(
                    vertex,
                    inBlock(normalizations.apply(norm.name())),
                    norm.gamma(),
                    norm.beta(),
                    norm.mean(),
                    norm.variance(),
                    norm.channels());
        }
        if (step instanceof SumStep sum) {
            return sum.branches().stream()
                    .flatMap(branch -> branch(vertex, branch).stream())
                    .toList();
        }
        if (step instanceof ScaleStep || step instanceof ShiftStep) {
            throw new IllegalArgumentException("the authors' name of " + step + " is not known");
        }
        return List.of();
    }

    private String inBlock(String name) {
        return module + "." + name;
    }

    /** The tensors of a Conv2d. */
    static List<Binding> convolution(String vertex, ConvolutionStep step, String module) {
        List<Binding> bindings = new ArrayList<>();
        long[] shape = step.parameters().get(0).dims();
        Arrangement arrangement = step.isDepthwise()
                ? Arrangement.DEPTHWISE
                : step.groups() > 1 ? Arrangement.GROUPS : Arrangement.TAPS_FIRST;
        bindings.add(Binding.of(module + ".weight", vertex, step.weight(), arrangement, shape));
        if (step.hasBias()) {
            bindings.add(Binding.of(module + ".bias", vertex, step.biasName(), Arrangement.SAME, step.out()));
        }
        return bindings;
    }

    /** The tensors of two Conv2d of one tap. */
    List<Binding> squeezeExcite(String vertex, SqueezeExcite excite) {
        return List.of(
                map(vertex, squeeze, excite.down(), excite.channels(), excite.inner()),
                Binding.of(inBlock(squeeze) + ".bias", vertex, excite.downBias(), Arrangement.SAME, excite.inner()),
                map(vertex, this.excite, excite.up(), excite.inner(), excite.channels()),
                Binding.of(
                        inBlock(this.excite) + ".bias", vertex, excite.upBias(), Arrangement.SAME, excite.channels()));
    }

    private Binding map(String vertex, String name, String parameter, long in, long out) {
        return new Binding(
                inBlock(name) + ".weight", List.of(out, in, 1L, 1L), vertex, parameter, Arrangement.TRANSPOSED);
    }
}
