package org.rep4j.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;

/** Carries the changes of a ConvGraph over into a copy of the model that it was lifted from. */
final class OnnxLower {
    private final OnnxModel source;
    private final GraphIndex index;
    private final Constants constants;
    private final ConvGraph lifted;
    private final ConvGraph rewritten;
    private final NodeEmitter emitter;
    private final List<Placed> placed = new ArrayList<>();

    /** A node and where it stands: the number of the native node whose place it has. */
    private record Placed(double position, List<NodeProto> nodes) {}

    OnnxLower(OnnxModel source, GraphIndex index, Constants constants, ConvGraph lifted, ConvGraph rewritten) {
        this.source = source;
        this.index = index;
        this.constants = constants;
        this.lifted = lifted;
        this.rewritten = rewritten;
        this.emitter = new NodeEmitter(rewritten, constants);
    }

    OnnxModel lower() {
        Set<Integer> replaced = place();
        if (replaced.isEmpty()) {
            return source;
        }
        Set<String> unread = new LinkedHashSet<>();
        for (int number = 0; number < index.graph().getNodeCount(); number++) {
            if (!replaced.contains(number)) {
                placed.add(new Placed(number, List.of(index.graph().getNode(number))));
            } else {
                unread.addAll(index.graph().getNode(number).getInputList());
            }
        }
        placed.sort(Comparator.comparingDouble(Placed::position));
        List<NodeProto> nodes = placed.stream().flatMap(p -> p.nodes().stream()).toList();
        return assemble(nodes, unread);
    }

    /** Places the nodes that are new or read other values, and returns the numbers of the native nodes that go for them. */
    private Set<Integer> place() {
        Set<Node> untouched = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<Object, Node> byHandle = new HashMap<>();
        for (Node node : rewritten.nodes()) {
            if (lifted.contains(node)) {
                untouched.add(node);
            } else {
                node.info().handle().ifPresent(h -> byHandle.put(h, node));
            }
        }
        Set<Integer> replaced = new HashSet<>();
        Map<String, Double> positions = new HashMap<>();
        for (Node node : lifted.nodes()) {
            NativeNodes handle = handle(node);
            node.outputs().forEach(o -> positions.put(o.name(), (double) handle.last()));
            if (!untouched.contains(node)) {
                replaced.addAll(handle.numbers());
                Node rewired = byHandle.get(handle);
                if (rewired != null) {
                    rewire(handle, node, rewired);
                }
            }
        }
        for (Node node : rewritten.topologicalOrder()) {
            if (node.info().handle().isEmpty()) {
                double position = node.outputs().stream()
                        .map(o -> positions.get(o.name()))
                        .filter(p -> p != null)
                        .findFirst()
                        .orElseGet(() -> behindInputs(node, positions));
                node.outputs().forEach(o -> positions.put(o.name(), position));
                placed.add(new Placed(position, emitter.emit(node)));
            }
        }
        return replaced;
    }

    private static NativeNodes handle(Node node) {
        return (NativeNodes) node.info().handle().orElseThrow();
    }

    /** A place right behind the last of the nodes that it reads from. */
    private static double behindInputs(Node node, Map<String, Double> positions) {
        return node.inputs().stream()
                        .mapToDouble(i -> positions.getOrDefault(i.name(), -1.0))
                        .max()
                        .orElse(-1)
                + 0.5;
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
        }
    }

    private OnnxModel assemble(List<NodeProto> nodes, Set<String> unread) {
        GraphProto.Builder graph = index.graph().toBuilder().clearNode().addAllNode(nodes);
        Set<String> gone = removeUnread(graph, unread);
        List<ValueInfoProto> infos = graph.getValueInfoList().stream()
                .filter(v -> rewritten.isProduced(v.getName()) || !lifted.isProduced(v.getName()))
                .filter(v -> !gone.contains(v.getName()))
                .toList();
        graph.clearValueInfo().addAllValueInfo(infos);
        if (source.listsInitializersAsInputs()) {
            emitter.tensors().forEach(t -> graph.addInput(NodeEmitter.declaration(t)));
        }
        List<NewTensor> tensors = new ArrayList<>(source.newTensors());
        tensors.removeIf(t -> gone.contains(t.name()));
        tensors.addAll(emitter.tensors());
        return new OnnxModel(source.proto().toBuilder().setGraph(graph).build(), source.files(), tensors);
    }

    /** Removes initializers and constant nodes that only the replaced nodes read. */
    private Set<String> removeUnread(GraphProto.Builder graph, Set<String> candidates) {
        GraphIndex after = new GraphIndex(graph.build());
        Map<String, Integer> uses = new HashMap<>();
        Set<String> gone = new HashSet<>();
        Set<Integer> goneNodes = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(candidates);
        while (!open.isEmpty()) {
            String name = open.poll();
            if (name.isEmpty()
                    || constants.get(name).isEmpty()
                    || gone.contains(name)
                    || uses.computeIfAbsent(name, after::uses) > 0) {
                continue;
            }
            gone.add(name);
            int producer = after.producer(name);
            if (producer >= 0 && goneNodes.add(producer)) {
                for (String input : after.graph().getNode(producer).getInputList()) {
                    uses.merge(input, after.uses(input) - 1, (known, first) -> known - 1);
                    open.add(input);
                }
            }
        }
        List<NodeProto> nodes = new ArrayList<>();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (!goneNodes.contains(i)) {
                nodes.add(graph.getNode(i));
            }
        }
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(i -> !gone.contains(i.getName()))
                .toList();
        var initializers = graph.getInitializerList().stream()
                .filter(t -> !gone.contains(t.getName()))
                .toList();
        graph.clearNode().addAllNode(nodes);
        graph.clearInput().addAllInput(inputs);
        graph.clearInitializer().addAllInitializer(initializers);
        return gone;
    }
}
