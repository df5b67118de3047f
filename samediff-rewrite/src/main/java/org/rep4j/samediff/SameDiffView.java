package org.rep4j.samediff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.rep4j.graph.InvalidGraphException;

/**
 * The part of a SameDiff graph that computes what is asked for. Ops on which nothing depends that was asked for are dead:
 * they are not seen here, and do not count as readers.
 */
final class SameDiffView {
    private final SameDiff graph;
    private final Set<String> roots;
    private final Map<String, NativeOp> ops = new LinkedHashMap<>();
    private final Map<String, NativeOp> producers = new HashMap<>();
    private final List<NativeOp> live;
    private final Map<String, List<NativeOp>> readers = new HashMap<>();

    /** @param roots names of the variables that are asked for */
    SameDiffView(SameDiff graph, Collection<String> roots) {
        this.graph = graph;
        this.roots = new LinkedHashSet<>(roots);
        for (SameDiffOp op : graph.getOps().values()) {
            NativeOp nativeOp = NativeOp.of(graph, op);
            ops.put(nativeOp.name(), nativeOp);
            nativeOp.outputs().forEach(o -> producers.put(o, nativeOp));
        }
        List<String> asked = this.roots.stream()
                .map(producers::get)
                .filter(Objects::nonNull)
                .map(NativeOp::name)
                .toList();
        Set<String> needed = Topology.closure(asked, name -> dependencies(name, true));
        List<String> names = ops.keySet().stream().filter(needed::contains).toList();
        live = Topology.order(names, name -> dependencies(name, false)).stream()
                .map(this::op)
                .toList();
        for (NativeOp op : live) {
            new LinkedHashSet<>(op.inputs())
                    .forEach(i ->
                            readers.computeIfAbsent(i, n -> new ArrayList<>()).add(op));
        }
    }

    /** Names of the ops that must run before an op; those that only close a loop around it if asked for. */
    private List<String> dependencies(String name, boolean loops) {
        NativeOp op = op(name);
        List<String> before = new ArrayList<>();
        for (String input : op.inputs()) {
            NativeOp producer = producers.get(input);
            if (producer != null && (loops || !producer.closesLoop())) {
                before.add(producer.name());
            }
        }
        op.after().stream().filter(ops::containsKey).forEach(before::add);
        return before;
    }

    /** The op of this name. */
    NativeOp op(String name) {
        return Objects.requireNonNull(ops.get(name), name);
    }

    /** Whether there is an op of this name. */
    boolean hasOp(String name) {
        return ops.containsKey(name);
    }

    /** Whether there is a variable or an op of this name. */
    boolean isTaken(String name) {
        return graph.getVariables().containsKey(name) || ops.containsKey(name);
    }

    /** The graph that is looked at. */
    SameDiff graph() {
        return graph;
    }

    /** Names of the variables that are asked for. */
    Set<String> roots() {
        return roots;
    }

    /** The ops that are not dead, each behind those that it reads from (loops aside). */
    List<NativeOp> liveOps() {
        return live;
    }

    /** The op that writes a variable; empty for what is stored or fed. */
    Optional<NativeOp> producer(String variable) {
        return Optional.ofNullable(producers.get(variable));
    }

    /** The op of the given kind that writes {@code variable}, if {@code reader} alone reads that, once. */
    Optional<NativeOp> ownProducer(NativeOp reader, String variable, String kind) {
        return producer(variable)
                .filter(p -> p.kind().equals(kind))
                .filter(p -> !p.ordered())
                .filter(p -> isOwn(reader, variable));
    }

    /** Whether nobody but {@code reader} reads {@code variable}, and that once. */
    boolean isOwn(NativeOp reader, String variable) {
        List<NativeOp> all = readers.getOrDefault(variable, List.of());
        return !roots.contains(variable)
                && all.size() == 1
                && all.get(0).name().equals(reader.name())
                && reader.inputs().stream().filter(variable::equals).count() == 1;
    }

    /** The op that alone reads {@code variable}, once; empty if there are others, or the variable is asked for. */
    Optional<NativeOp> onlyReader(String variable) {
        List<NativeOp> all = readers.getOrDefault(variable, List.of());
        return all.size() == 1 && isOwn(all.get(0), variable) ? Optional.of(all.get(0)) : Optional.empty();
    }

    /** The variable of this name. */
    SDVariable variable(String name) {
        Variable variable = graph.getVariables().get(name);
        if (variable == null) {
            throw new InvalidGraphException("an op reads " + name + ", but there is no such variable");
        }
        return variable.getVariable();
    }
}
