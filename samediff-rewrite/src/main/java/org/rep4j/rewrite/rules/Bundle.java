package org.rep4j.rewrite.rules;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rep4j.algebra.ConvGeometry;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.Convolution;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.rewrite.rules.CostGuard.Cost;

/** Parallel branches that fit into one convolution, and the room that it would have for more. */
final class Bundle {
    private final CostGuard guard;
    private final KernelNode host;
    private final long[] inputSizes;
    private final List<Member> members = new ArrayList<>();
    private Extent extent;

    /**
     * A branch as one convolution of its source.
     *
     * @param branch the branch
     * @param kernel without the sign that the branch has in the sum
     * @param geometry where its taps lie; pads are negative where it reads a crop
     * @param cost of its ops as they were trained, per position of the sum
     */
    record Member(Branch branch, KernelSource kernel, ConvGeometry geometry, Cost cost) {}

    /**
     * What one convolution for all members is like.
     *
     * @param hull its taps
     * @param groups its groups
     * @param before what the members cost
     * @param largest weights of the largest kernel that a member has at all positions as it is
     * @param bounds of its weights and bias, per output channel
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Extent(ConvGeometry hull, int groups, Cost before, long largest, double[] bounds) {
        static Extent of(Member member) {
            return new Extent(
                    member.geometry(),
                    member.kernel().shape().groups(),
                    member.cost(),
                    weightsThere(member),
                    member.kernel().bounds());
        }

        Extent with(Member member, ConvGeometry larger) {
            int fewer = BigInteger.valueOf(groups)
                    .gcd(BigInteger.valueOf(member.kernel().shape().groups()))
                    .intValue();
            double[] sum = bounds.clone();
            double[] more = member.kernel().bounds();
            for (int c = 0; c < sum.length; c++) {
                sum[c] += more[c];
            }
            return new Extent(larger, fewer, before.plus(member.cost()), Math.max(largest, weightsThere(member)), sum);
        }

        /** A chain has no kernel as large as its composition; nor one that runs as often, where a padding follows it. */
        private static long weightsThere(Member member) {
            long weights = member.kernel().shape().weights();
            return member.branch().kind() == Branch.Kind.KERNEL
                    ? weights
                    : Math.min(
                            weights,
                            Math.min(member.cost().weights(), member.cost().multiplyAdds()));
        }

        /** What a kernel of {@code shape}'s channels on these taps costs. */
        Cost after(KernelShape shape) {
            long weights = Math.multiplyExact((long) shape.outChannels() * (shape.inChannels() / groups), hull.taps());
            return new Cost(weights, weights);
        }
    }

    /**
     * @param guard decides about what costs more
     * @param first begins the bundle
     * @param host a convolution or linear layer of its branch, which tells layout and op
     */
    Bundle(CostGuard guard, Member first, KernelNode host) {
        this.guard = guard;
        this.host = host;
        members.add(first);
        inputSizes = host instanceof Convolution conv
                ? conv.layout()
                        .spatialSizes(
                                first.branch().source().shape(),
                                first.geometry().rank())
                : new long[0];
        extent = Extent.of(first);
    }

    /** One or more. */
    List<Member> members() {
        return members;
    }

    Member first() {
        return members.get(0);
    }

    /** A convolution or linear layer among its ops. */
    KernelNode host() {
        return host;
    }

    /** The taps of all of them. */
    ConvGeometry hull() {
        return extent.hull();
    }

    /** How many groups the kernel for all has. */
    int groups() {
        return extent.groups();
    }

    /** Whether there is something to merge, and a convolution can be it: where all members read a crop, it would, too. */
    boolean isMergeable() {
        return members.size() > 1 && !hull().isCropped();
    }

    /** What the members ask of a branch that has no kernel of its own. */
    Composition.Shaping shaping() {
        return new Composition.Shaping(
                first().kernel().shape().inChannels(),
                hull().rank(),
                Composition.Shaping.of(host).layout(),
                first().kernel().type());
    }

    /**
     * Lets all of {@code more} join or none: together they may pay where one after the other does not.
     *
     * @return why none joined; empty if all did
     */
    Optional<Refusal> take(List<Member> more) {
        Extent larger = extent;
        for (Member member : more) {
            Optional<ConvGeometry> hull = ConvGeometry.hull(List.of(larger.hull(), member.geometry()), inputSizes);
            if (hull.isEmpty()) {
                return Optional.of(whyNoHull(member));
            }
            larger = larger.with(member, hull.get());
        }
        KernelShape shape = first().kernel().shape();
        Cost after = larger.after(shape);
        // A kernel that is there anyway takes the others in for nothing, even if it grew for them just now.
        Optional<Refusal> objection =
                after.weights() <= larger.largest() ? Optional.empty() : guard.objection(larger.before(), after);
        if (objection.isPresent()) {
            return objection.map(o -> o.behind("together with " + label() + " "));
        }
        for (double bound : larger.bounds()) {
            if (!(bound <= first().kernel().type().largest())) {
                return Optional.of(Refusal.because("added to the weights of " + label() + ", it may exceed what "
                        + first().kernel().type() + " holds"));
            }
        }
        extent = larger;
        members.addAll(more);
        return Optional.empty();
    }

    private Refusal whyNoHull(Member member) {
        String geometries = " (" + hull() + "; " + member.geometry() + ")";
        return hull().isResolved() && member.geometry().isResolved()
                ? Refusal.because("no common kernel with " + label() + " gives outputs of the same size" + geometries)
                : new Refusal(
                        "where its taps lie beside those of " + label() + " depends on an input size that is not known"
                                + geometries,
                        "give the input a fixed size");
    }

    private String label() {
        return first().branch().label();
    }
}
