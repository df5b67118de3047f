package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;

/** Reads a SameDiff graph: finds the idioms first, then gives every other op its node. */
final class SameDiffLift {
    private final SameDiffView view;
    private final LiftContext context;
    /** By the name of the op that writes the idiom's output. */
    private final Map<String, Idiom> idioms = new HashMap<>();

    /** Names of the ops that are part of an idiom and do not write its output. */
    private final Set<String> hidden = new HashSet<>();

    SameDiffLift(SameDiffView view) {
        this.view = view;
        this.context = new LiftContext(view);
    }

    /** The graph as the algebra sees it. */
    ConvGraph lift() {
        // Outer idioms hold inner ones, and end later: the last ones first.
        List<NativeOp> backwards = new ArrayList<>(view.liveOps());
        Collections.reverse(backwards);
        for (NativeOp op : backwards) {
            if (!hidden.contains(op.name())) {
                idiom(op).ifPresent(this::hide);
            }
        }
        ConvGraph.Builder builder = ConvGraph.builder("SameDiff");
        Set<String> used = new HashSet<>(view.graph().getVariables().keySet());
        used.addAll(view.graph().getOps().keySet());
        builder.reserve(used::contains);
        context.fed().forEach(builder::input);
        for (NativeOp op : view.liveOps()) {
            boolean constant = op.outputs().stream().allMatch(context.constants()::isConstant);
            if (hidden.contains(op.name()) || (constant && !op.outputs().isEmpty())) {
                continue;
            }
            Optional<? extends Idiom> begun = begun(op);
            if (begun.isPresent()) {
                hide(begun.get());
            } else {
                nodes(op).forEach(builder::node);
            }
        }
        view.roots().forEach(r -> builder.output(context.value(r)));
        return builder.build();
    }

    private Optional<? extends Idiom> idiom(NativeOp op) {
        Optional<NativeConvolution> convolution = ImportedConvolutionIdiom.match(op, context)
                .or(() -> GroupedConvolutionIdiom.match(op, context)
                        .map(c -> PaddedConvolutionIdiom.match(c, context).orElse(c)))
                .or(() -> OpReaders.convolution(op, context).flatMap(c -> PaddedConvolutionIdiom.match(c, context)));
        return convolution.isPresent() ? convolution : SignedSumIdiom.match(op, context);
    }

    /** The idiom that begins with {@code op}, of those that depend on the shape of what they read. */
    private Optional<? extends Idiom> begun(NativeOp op) {
        Optional<AffineIdiom> affine = AffineIdiom.match(op, context);
        return affine.isPresent() ? affine : LinearIdiom.match(op, context);
    }

    private void hide(Idiom idiom) {
        idioms.put(idiom.root().name(), idiom);
        idiom.ops().stream().map(NativeOp::name).forEach(hidden::add);
        hidden.remove(idiom.root().name());
    }

    private List<Node> nodes(NativeOp op) {
        Idiom idiom = idioms.get(op.name());
        return idiom == null ? OpReaders.read(op, context) : List.of(idiom.node(context));
    }
}
