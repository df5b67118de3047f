package org.rep4j.graph;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A graph of linear ops and of {@linkplain Opaque opaque} nodes. Read-only to all but its {@link GraphEditor}; made by a
 * {@link Builder} or by {@link #edit() editing} another one.
 */
public final class ConvGraph {
    private final String name;
    private final List<Value> inputs;
    private final List<Value> outputs;
    /** By serial number, in the order of insertion; null where a node was removed. */
    private final List<@Nullable Node> nodes = new ArrayList<>();

    private final Map<String, ValueSite> sites = new HashMap<>();
    private final Set<String> nodeNames = new HashSet<>();
    /** Names that are taken although no value and no node here has them. */
    private final Predicate<String> takenElsewhere;
    /** Nodes that write nothing, and are not to be found by what they write. */
    private final IdentityHashMap<Node, Integer> sinks = new IdentityHashMap<>();

    private int size;
    /** What {@link #topologicalOrder()} found, until the next edit. */
    private @Nullable List<Node> order;

    private ConvGraph(String name, List<Value> inputs, List<Value> outputs, Predicate<String> takenElsewhere) {
        this.name = name;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.takenElsewhere = takenElsewhere;
        inputs.forEach(i -> site(i).timesFed++);
        outputs.forEach(o -> site(o).isOutput = true);
    }

    /** The site of a value that the graph takes notice of. */
    private ValueSite site(Value value) {
        ValueSite site = sites.computeIfAbsent(value.name(), n -> new ValueSite(value));
        site.compare(value);
        return site;
    }

    /** The sites of all values, by name. */
    Map<String, ValueSite> sites() {
        return Collections.unmodifiableMap(sites);
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
        return new AbstractCollection<>() {
            @Override
            public Iterator<Node> iterator() {
                return nodes.stream().filter(Objects::nonNull).iterator();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    /** Whether {@code node} itself (not an equal one) is in the graph. */
    public boolean contains(Node node) {
        return serial(node) >= 0;
    }

    private int serial(Node node) {
        if (node.outputs().isEmpty()) {
            return sinks.getOrDefault(node, -1);
        }
        ValueSite written = sites.get(node.outputs().get(0).name());
        return written != null && written.producer == node ? written.producerSerial : -1;
    }

    /** The node that writes {@code value}; empty for inputs and constants. */
    public Optional<Node> producer(Value value) {
        ValueSite site = sites.get(value.name());
        return site == null ? Optional.empty() : Optional.ofNullable(site.producer);
    }

    /** The nodes that read {@code value}, each once, in the order in which they were added. */
    public Collection<Node> consumers(Value value) {
        ValueSite site = sites.get(value.name());
        return site == null ? List.of() : site.readers();
    }

    /** How often {@code value} is read: a node that reads it twice counts twice, being an output does not count. */
    public int uses(Value value) {
        ValueSite site = sites.get(value.name());
        return site == null ? 0 : site.uses;
    }

    /** Whether {@code value} is an output of the graph. */
    public boolean isOutput(Value value) {
        ValueSite site = sites.get(value.name());
        return site != null && site.isOutput;
    }

    /** {@code base}, or {@code base} with a number behind it: a name that no node or value has or had. */
    public String freshName(String base) {
        String candidate = base;
        for (int n = 1; isTaken(candidate); n++) {
            candidate = base + "_" + n;
        }
        return candidate;
    }

    private boolean isTaken(String candidate) {
        return sites.containsKey(candidate) || nodeNames.contains(candidate) || takenElsewhere.test(candidate);
    }

    /** Whether a node writes a value of this name. */
    public boolean isProduced(String valueName) {
        ValueSite site = sites.get(valueName);
        return site != null && site.producer != null;
    }

    /**
     * The nodes so that each stands behind those that it reads from; as close to the order of insertion as that allows.
     *
     * @throws InvalidGraphException if the graph has a cycle
     */
    public List<Node> topologicalOrder() {
        if (order == null) {
            order = List.copyOf(new TopologicalSort(nodes, sites).order());
        }
        return order;
    }

    /** A copy that can be changed; the copy shares the nodes, which are immutable. */
    public GraphEditor edit() {
        ConvGraph copy = new ConvGraph(name, inputs, outputs, this::isTaken);
        nodes().forEach(n -> copy.insert(n));
        return new GraphEditor(copy);
    }

    void add(Node node) {
        nodeNames.add(node.name());
        insert(node);
    }

    private void insert(Node node) {
        order = null;
        int serial = nodes.size();
        for (Value output : node.outputs()) {
            ValueSite site = site(output);
            if (site.producer != null) {
                throw new InvalidGraphException(node.label() + " writes " + output.name() + ", which "
                        + site.producer.label() + " writes already");
            }
            site.producer = node;
            site.producerSerial = serial;
        }
        nodes.add(node);
        size++;
        if (node.outputs().isEmpty()) {
            sinks.put(node, serial);
        }
        node.reads().forEach(v -> site(v).addReader(serial, node));
    }

    void remove(Node node) {
        int serial = serial(node);
        if (serial < 0) {
            throw new IllegalArgumentException(node.label() + " is not in the graph");
        }
        order = null;
        nodes.set(serial, null);
        size--;
        sinks.remove(node);
        node.outputs().forEach(v -> site(v).producer = null);
        node.reads().forEach(v -> site(v).removeReader(serial));
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
        private Predicate<String> reserved = n -> false;

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

        /**
         * Keeps {@link ConvGraph#freshName} from giving out a name that the native graph uses elsewhere.
         *
         * @param usedNames asked for as long as the graph lives; must not change its mind
         */
        public Builder reserve(Predicate<String> usedNames) {
            reserved = usedNames;
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
