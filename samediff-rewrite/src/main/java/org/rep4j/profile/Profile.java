package org.rep4j.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Node;
import org.rep4j.graph.Shape;

/**
 * What a net costs for inputs of one size.
 *
 * @param ops by the format's name of the op, in alphabetical order
 * @param total of all ops
 */
public record Profile(Map<String, Cost> ops, Cost total) {

    /** Copies the map. */
    public Profile {
        ops = Collections.unmodifiableMap(new LinkedHashMap<>(ops));
    }

    /**
     * The profile of a graph. A parameter that several ops share counts once, for the first of them.
     *
     * @param shapes of values by name, as one run showed them; values that are missing have the shape that the graph states
     */
    public static Profile of(ConvGraph graph, Map<String, Shape> shapes) {
        ParameterCount parameters = new ParameterCount();
        NodeCost costs = new NodeCost(shapes);
        Map<String, Cost> ops = new TreeMap<>();
        Cost total = Cost.NONE;
        for (Node node : graph.topologicalOrder()) {
            Cost cost = new Cost(1, parameters.add(node), costs.multiplyAdds(node), costs.memoryAccess(node));
            ops.merge(node.info().op(), cost, Cost::plus);
            total = total.plus(cost);
        }
        return new Profile(ops, total);
    }
}
