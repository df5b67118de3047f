package org.rep4j.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph of linear ops and of {@linkplain Opaque opaque} nodes. Read-only to all but its {@link GraphEditor}; made by a
 * {@link Builder} or by {@link #edit() editing} another one.
 */
public final class ConvGraph {
    private final String name;
    private final List<Value> inputs;
    private final List<Value> outputs;
    private final Set<String> outputNames = new HashSet<>();
    /** In the order of insertion, by serial number. */
    private final Map<Integer, Node> nodes = new LinkedHashMap<>();

    private final IdentityHashMap<Node, Integer> serials = new IdentityHashMap<>();
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, Map<Integer, Node>> consumers = new HashMap<>();
    /** How often each value is read; a node that reads it twice counts twice. */
    private final Map<String, Integer> uses = new HashMap<>();
    /** Every name that is or was in use. */
    private final Set<String> names;

    private int nextSerial;

    private ConvGraph(String name, List<Value> inputs, List<Value> outputs, Set<String> reservedNames) {
        this.names = new HashSet<>(reservedNames);
        inputs.forEach(v -> names.add(v.name()));
        this.name = name;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        outputs.forEach(o -> outputNames.add(o.name()));
    }

    /** Starts a graph. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** What the graph is called. */
    public String name() {
        return name;
    }

    /** The values that are fed. */
    public List<Value> inputs() {
        return inputs;
    }

    /** The values that are asked for. */
    public List<Value> outputs() {
        return outputs;
    }

    /** All nodes, in the order in which they were added; see {@link #topologicalOrder()}. */
    public Collection<Node> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /** Whether {@code node} itself (not an equal one) is in the graph. */
    public boolean contains(Node node) {
        return serials.containsKey(node);
    }

    /** The node that writes {@code value}; empty for inputs and constants. */
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value.name()));
    }

    /** The nodes that read {@code value}, each once, in the order in which they were added. */
    public Collection<Node> consumers(Value value) {
        return Collections.unmodifiableCollection(
                consumers.getOrDefault(value.name(), Map.of()).values());
    }

    /** How often {@code value} is read: a node that reads it twice counts twice, being an output does not count. */
    public int uses(Value value) {
        return uses.getOrDefault(value.name(), 0);
    }

    /** Whether {@code value} is an output of the graph. */
    public boolean isOutput(Value value) {
        return outputNames.contains(value.name());
    }

    /** {@code base}, or {@code base} with a number behind it: a name that no node or value has or had. */
    public String freshName(String base) {
        String candidate = base;
        for (int n = 1; names.contains(candidate); n++) {
            candidate = base + "_" + n;
        }
        return candidate;
    }

    /** Whether a node writes a value of this name. */
    public boolean isProduced(String valueName) {
        return producers.containsKey(valueName);
    }

    /**
     * The nodes so that each stands behind those that it reads from; as close to the order of insertion as that allows.
     *
     * @throws InvalidGraphException if the graph has a cycle
     */
    public List<Node> topologicalOrder() {
        List<Node> order = new ArrayList<>(nodes.size());
        IdentityHashMap<Node, Boolean> done =
                new IdentityHashMap<>(); // absent: unseen, false: being visited, true: in order
        Deque<Node> stack = new ArrayDeque<>();
        for (Node root : nodes.values()) {
            stack.push(root);
            while (!stack.isEmpty()) {
                Node node = stack.peek();
                Boolean state = done.get(node);
                if (state != null) {
                    stack.pop();
                    if (!state) {
                        done.put(node, true);
                        order.add(node);
                    }
                    continue;
                }
                done.put(node, false);
                for (Value input : node.reads()) {
                    Node producer = producers.get(input.name());
                    if (producer == null) {
                        continue; // an input of the graph, or a constant
                    }
                    Boolean seen = done.get(producer);
                    if (seen == null) {
                        stack.push(producer);
                    } else if (!seen) {
                        throw new InvalidGraphException(
                                node.label() + " is part of a cycle through " + producer.label());
                    }
                }
            }
        }
        return order;
    }

    /** A copy that can be changed; the copy shares the nodes, which are immutable. */
    public GraphEditor edit() {
        ConvGraph copy = new ConvGraph(name, inputs, outputs, names);
        nodes.values().forEach(copy::add);
        return new GraphEditor(copy);
    }

    void add(Node node) {
        int serial = nextSerial++;
        nodes.put(serial, node);
        serials.put(node, serial);
        names.add(node.name());
        for (Value output : node.outputs()) {
            names.add(output.name());
            if (producers.putIfAbsent(output.name(), node) != null) {
                throw new InvalidGraphException(node.label() + " writes " + output.name() + ", which "
                        + producers.get(output.name()).label() + " writes already");
            }
        }
        for (Value input : node.reads()) {
            names.add(input.name());
            consumers.computeIfAbsent(input.name(), n -> new LinkedHashMap<>()).put(serial, node);
            uses.merge(input.name(), 1, Integer::sum);
        }
    }

    void remove(Node node) {
        Integer serial = serials.remove(node);
        if (serial == null) {
            throw new IllegalArgumentException(node.label() + " is not in the graph");
        }
        nodes.remove(serial);
        for (Value output : node.outputs()) {
            producers.remove(output.name());
        }
        for (Value input : node.reads()) {
            uses.computeIfPresent(input.name(), (name, count) -> count == 1 ? null : count - 1);
            Map<Integer, Node> readers = consumers.get(input.name());
            if (readers != null) {
                readers.remove(serial);
                if (readers.isEmpty()) {
                    consumers.remove(input.name());
                }
            }
        }
    }

    /** The graph as text, one line a node. */
    @Override
    public String toString() {
        return GraphPrinter.print(this);
    }

    /** Collects nodes, in any order. */
    public static final class Builder {
        private final String name;
        private final List<Value> inputs = new ArrayList<>();
        private final List<Value> outputs = new ArrayList<>();
        private final List<Node> nodes = new ArrayList<>();
        private final Set<String> reserved = new HashSet<>();

        private Builder(String name) {
            this.name = name;
        }

        /** Adds a value that is fed. */
        public Builder input(Value value) {
            inputs.add(value);
            return this;
        }

        /** Adds a value that is asked for. */
        public Builder output(Value value) {
            outputs.add(value);
            return this;
        }

        /** Keeps {@link ConvGraph#freshName} from giving out a name that the native graph uses elsewhere. */
        public Builder reserve(String usedName) {
            reserved.add(usedName);
            return this;
        }

        /** Adds a node. */
        public Builder node(Node node) {
            nodes.add(node);
            return this;
        }

        /**
         * The graph.
         *
         * @throws InvalidGraphException if {@link GraphLint} finds fault with it
         */
        public ConvGraph build() {
            ConvGraph graph = new ConvGraph(name, inputs, outputs, reserved);
            nodes.forEach(graph::add);
            List<String> problems = GraphLint.check(graph);
            if (!problems.isEmpty()) {
                throw new InvalidGraphException(problems.get(0)
                        + (problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more problems)"));
            }
            return graph;
        }
    }
}
