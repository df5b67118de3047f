package org.rep4j.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/** Carries the changes of a ConvGraph over into a copy of the model that it was lifted from. */
final class OnnxLower {
    private final OnnxModel source;
    private final GraphIndex index;
    private final Constants constants;
    private final SizeReaders sizeReaders;
    private final ConvGraph lifted;
    private final ConvGraph rewritten;
    private final NodeEmitter emitter;
    private final List<Placed> placed = new ArrayList<>();
    /** Numbers of the native nodes that go. */
    private final BitSet replaced = new BitSet();
    /** By how much the number of a name's readers changes. */
    private final Map<String, Integer> moreUses = new HashMap<>();

    /** Nodes and where they stand: the number of the native node whose place they have. */
    private record Placed(double position, List<NodeProto> nodes) {}

    OnnxLower(OnnxModel source, OnnxLift lift, ConvGraph lifted, ConvGraph rewritten) {
        this.source = source;
        this.index = lift.index();
        this.constants = lift.constants();
        this.sizeReaders = lift.sizeReaders();
        this.lifted = lifted;
        this.rewritten = rewritten;
        this.emitter = new NodeEmitter(rewritten, source, constants);
    }

    OnnxModel lower() {
        placeChanges();
        if (replaced.isEmpty()) {
            return source;
        }
        Set<String> gone = new HashSet<>();
        removeUnread(Set.copyOf(moreUses.keySet()), gone);
        removeUnread(keepSizes(), gone);
        for (int number = 0; number < index.graph().getNodeCount(); number++) {
            if (!replaced.get(number)) {
                placed.add(new Placed(number, List.of(index.graph().getNode(number))));
            }
        }
        placed.sort(Comparator.comparingDouble(Placed::position));
        return assemble(
                NodeOrder.sorted(
                        placed.stream().flatMap(p -> p.nodes().stream()).toList()),
                gone);
    }

    /** Places the nodes that are new or read other values, and notes which native nodes go for them. */
    private void placeChanges() {
        IdentityHashMap<Object, Node> rewired = new IdentityHashMap<>();
        for (Node node : rewritten.nodes()) {
            if (!lifted.contains(node)) {
                node.info().handle().ifPresent(h -> rewired.put(h, node));
            }
        }
        for (Node node : lifted.nodes()) {
            if (!rewritten.contains(node)) {
                NativeNodes handle = NativeNodes.of(node);
                handle.numbers().forEach(this::remove);
                Node successor = rewired.get(handle);
                if (successor != null) {
                    rewire(handle, node, successor);
                }
            }
        }
        Map<String, Double> newPositions = new HashMap<>();
        for (Node node : rewritten.topologicalOrder()) {
            if (node.info().handle().isEmpty()) {
                placed.add(new Placed(position(node, newPositions), emitted(node)));
            }
        }
    }

    private void remove(int number) {
        replaced.set(number);
        index.graph().getNode(number).getInputList().forEach(n -> moreUses.merge(n, -1, Integer::sum));
        index.captured(number).forEach(n -> moreUses.merge(n, -1, Integer::sum));
    }

    private List<NodeProto> emitted(Node node) {
        List<NodeProto> nodes = emitter.emit(node);
        nodes.forEach(n -> n.getInputList().forEach(i -> moreUses.merge(i, 1, Integer::sum)));
        return nodes;
    }

    /** The place of the native node that wrote the same value or, for a new value, right behind what the node reads. */
    private double position(Node node, Map<String, Double> newPositions) {
        double position = node.outputs().stream()
                .mapToInt(o -> index.producer(o.name()))
                .filter(number -> number >= 0)
                .asDoubleStream()
                .findFirst()
                .orElseGet(() -> 0.5
                        + node.inputs().stream()
                                .mapToDouble(
                                        i -> newPositions.getOrDefault(i.name(), (double) index.producer(i.name())))
                                .max()
                                .orElse(-1));
        node.outputs().stream()
                .filter(o -> index.producer(o.name()) < 0)
                .forEach(o -> newPositions.put(o.name(), position));
        return position;
    }

    private void rewire(NativeNodes handle, Node before, Node after) {
        Map<String, String> renamed = new HashMap<>();
        for (int i = 0; i < before.inputs().size(); i++) {
            Value old = before.inputs().get(i);
            renamed.put(old.name(), after.inputs().get(i).name());
        }
        for (int number : handle.numbers()) {
            NodeProto.Builder node = index.graph().getNode(number).toBuilder();
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, renamed.getOrDefault(node.getInput(i), node.getInput(i)));
            }
            placed.add(new Placed(number, List.of(node.build())));
            node.getInputList().forEach(n -> moreUses.merge(n, 1, Integer::sum));
            index.captured(number).forEach(n -> moreUses.merge(n, 1, Integer::sum));
        }
    }

    /**
     * Finds, among the names {@code candidates} and what leads to them, the initializers and the constants of nodes that nobody reads
     * any more; the nodes go, and those that only look at sizes, too.
     *
     * @param gone receives the names
     */
    private void removeUnread(Set<String> candidates, Set<String> gone) {
        Deque<String> open = new ArrayDeque<>(candidates);
        while (!open.isEmpty()) {
            String name = open.poll();
            boolean unread = index.uses(name) + moreUses.getOrDefault(name, 0) == 0;
            boolean removable = constants.get(name).isPresent() || sizeReaders.isOnlyLookedAt(name);
            if (!unread || !removable || !gone.add(name)) {
                continue;
            }
            int producer = index.producer(name);
            if (producer >= 0) {
                remove(producer);
                open.addAll(index.graph().getNode(producer).getInputList());
            }
        }
    }

    /** Writes down the sizes that somebody still asks for although what has them is gone; returns the values that were looked at. */
    private Set<String> keepSizes() {
        Set<String> written = new HashSet<>();
        placed.forEach(p -> p.nodes().forEach(n -> written.addAll(n.getOutputList())));
        Set<String> lookedAt = new HashSet<>();
        sizeReaders
                .bereft(name ->
                        index.producer(name) < 0 || !replaced.get(index.producer(name)) || written.contains(name))
                .filter(number -> !replaced.get(number))
                .forEach(number -> {
                    NodeProto shape = index.graph().getNode(number);
                    ConstantTensor sizes = constants.get(shape.getOutput(0)).orElseThrow();
                    NodeProto constant = NodeProtos.integerConstant(
                            shape.getName(),
                            LongStream.of(sizes.readIntegers()).boxed().toList(),
                            shape.getOutput(0));
                    placed.add(new Placed(number, List.of(constant)));
                    remove(number);
                    lookedAt.add(shape.getInput(0));
                });
        return lookedAt;
    }

    private OnnxModel assemble(List<NodeProto> nodes, Set<String> gone) {
        GraphProto old = index.graph();
        GraphProto.Builder graph = old.toBuilder();
        graph.clearNode().addAllNode(nodes);
        graph.clearInput().addAllInput(without(old.getInputList(), i -> gone.contains(i.getName())));
        graph.clearInitializer().addAllInitializer(without(old.getInitializerList(), t -> gone.contains(t.getName())));
        graph.clearValueInfo().addAllValueInfo(without(old.getValueInfoList(), v -> isGone(v.getName(), gone)));
        if (source.listsInitializersAsInputs()) {
            emitter.tensors().forEach(t -> graph.addInput(NodeEmitter.declaration(t)));
        }
        List<NewTensor> tensors = new ArrayList<>(without(source.newTensors(), t -> gone.contains(t.name())));
        tensors.addAll(emitter.tensors());
        return new OnnxModel(source.proto().toBuilder().setGraph(graph).build(), source.files(), tensors);
    }

    private boolean isGone(String name, Set<String> gone) {
        return gone.contains(name) || (lifted.isProduced(name) && !rewritten.isProduced(name));
    }

    private static <T> List<T> without(List<T> list, Predicate<T> unwanted) {
        return list.stream().filter(unwanted.negate()).toList();
    }
}
