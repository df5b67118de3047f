package org.rep4j.rewrite.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.graph.Concat;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Linear;
import org.rep4j.graph.TransposedConvolution;
import org.rep4j.graph.Value;

/** Which operands of a concatenation can be one kernel with the outputs of both. */
final class Stacking {
    private final Concat concat;
    private final ConvGraph graph;

    Stacking(Concat concat, ConvGraph graph) {
        this.concat = concat;
        this.graph = graph;
    }

    /** The kernel that writes {@code operand}, if one does. */
    Optional<KernelNode> kernel(Value operand) {
        return graph.producer(operand).filter(KernelNode.class::isInstance).map(KernelNode.class::cast);
    }

    /** Whether {@code concat} puts the channels of {@code op} behind those of others. */
    static boolean alongChannels(Concat concat, KernelNode op) {
        return concat.axis() == op.channelAxis()
                || (op.rank() > 0
                        && Math.floorMod(concat.axis(), op.rank()) == Math.floorMod(op.channelAxis(), op.rank()));
    }

    /** Whether the ops that write {@code a} and {@code b} can become one. */
    boolean fit(Value a, Value b) {
        KernelNode first = kernel(a).orElse(null);
        KernelNode second = kernel(b).orElse(null);
        return first != null
                && second != null
                && readTheSame(first, second)
                && difference(first, second).isEmpty();
    }

    private static boolean readTheSame(KernelNode a, KernelNode b) {
        return a.getClass() == b.getClass() && a.input().equals(b.input());
    }

    /** Why no two operands become one, if somebody may wonder. */
    Optional<String> whyNot() {
        Map<Value, KernelNode> seen = new HashMap<>();
        for (Value operand : concat.inputs()) {
            KernelNode op = kernel(operand).orElse(null);
            KernelNode other = op == null ? null : seen.putIfAbsent(op.input(), op);
            if (op != null && other != null && readTheSame(other, op)) {
                return Optional.of(other.label() + " and " + op.label() + " read the same input, but "
                        + difference(other, op).orElse("other operands stand between them"));
            }
        }
        return Optional.empty();
    }

    private Optional<String> difference(KernelNode a, KernelNode b) {
        return unfit(a).or(() -> unfit(b)).or(() -> formats(a, b)).or(() -> geometries(a, b));
    }

    private Optional<String> unfit(KernelNode op) {
        Optional<String> otherUse = Uses.outside(List.of(concat), op.output(), graph);
        if (otherUse.isPresent() || graph.uses(op.output()) > 1) {
            return Optional.of("the output of " + op.label() + " " + otherUse.orElse("is concatenated twice"));
        }
        if (!alongChannels(concat, op)) {
            return Optional.of("axis " + concat.axis() + " does not hold their channels");
        }
        int groups = op.kernel().shape().groups();
        return groups > 1
                ? Optional.of(op.label() + " has " + groups + " groups, whose outputs would not stay together")
                : KernelFits.defect(op.kernel()).map(defect -> "in " + op.label() + " " + defect);
    }

    private static Optional<String> formats(KernelNode a, KernelNode b) {
        return a.kernel().type() == b.kernel().type()
                        && a.output().type() == b.output().type()
                ? Optional.empty()
                : Optional.of("their number formats differ: " + a.kernel().type() + " to "
                        + a.output().type() + " and " + b.kernel().type() + " to "
                        + b.output().type());
    }

    private static Optional<String> geometries(KernelNode a, KernelNode b) {
        if (a instanceof Linear) {
            return Optional.empty();
        }
        if (a instanceof TransposedConvolution first && b instanceof TransposedConvolution second) {
            return first.geometry().equals(second.geometry())
                            && first.outputPadding().equals(second.outputPadding())
                            && first.layout() == second.layout()
                    ? Optional.empty()
                    : Optional.of("their taps differ (" + first.geometry() + "; " + second.geometry() + ")");
        }
        Convolution first = (Convolution) a;
        Convolution second = (Convolution) b;
        if (first.layout() != second.layout()) {
            return Optional.of("one has its channels first, the other last");
        }
        return first.geometry().equals(second.geometry()) ? Optional.empty() : Optional.of(cost(first, second));
    }

    private static String cost(Convolution a, Convolution b) {
        String both = " (" + a.geometry() + "; " + b.geometry() + ")";
        long[] sizes = a.layout().spatialSizes(a.input().shape(), a.geometry().rank());
        return ConvGeometry.hull(List.of(a.geometry(), b.geometry()), sizes)
                .map(hull -> "as one they would take " + products(a, hull.taps()) + "+" + products(b, hull.taps())
                        + " instead of " + products(a, a.geometry().taps()) + "+"
                        + products(b, b.geometry().taps()) + " multiply-adds per position" + both)
                .orElse("no common kernel gives outputs of the same size" + both);
    }

    private static long products(Convolution conv, long taps) {
        return (long) conv.kernel().shape().outChannels()
                * conv.kernel().shape().inChannels()
                * taps;
    }
}
