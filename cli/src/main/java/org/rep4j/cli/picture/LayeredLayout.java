package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.LayeringStrategy;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.NullElkProgressMonitor;
import org.eclipse.elk.graph.ElkConnectableShape;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;
import org.rep4j.cli.picture.Diagram.Source;
import org.rep4j.cli.picture.Diagram.Wire;
import org.rep4j.cli.picture.Drawing.Point;
import org.rep4j.cli.picture.Drawing.Strand;

/**
 * The layered layout (Sugiyama, Tagawa, Toda 1981) of the Eclipse Layout Kernel: from top to bottom, wires at right angles, the
 * branches of a block side by side.
 *
 * <p>The wires of one value share their way. Where they lead to several layers, the value gets a trunk, a joint in each layer
 * that it passes: without it a net such as DenseNet would have a bundle of parallel wires as wide as the net is deep.
 */
final class LayeredLayout {
    /** Parts of the layout recurse along the graph. */
    private static final long STACK = 64L << 20;

    private static final double MARGIN = 24;

    private final ElkNode root = ElkGraphUtil.createGraph();
    private final List<ElkNode> nodes = new ArrayList<>();
    private final Map<Source, ElkConnectableShape> exits = new HashMap<>();
    /** For each trunk the wires from joint to joint, the first from its box. */
    private final Map<Source, List<ElkEdge>> trunks = new LinkedHashMap<>();

    private LayeredLayout() {}

    /**
     * The drawing.
     *
     * @throws ExecutionException if the layout gave up; the cause says why
     */
    static Drawing of(Diagram diagram, Layers layers) throws ExecutionException, InterruptedException {
        FutureTask<Drawing> task = new FutureTask<>(() -> new LayeredLayout().draw(diagram, layers));
        Thread thread = new Thread(null, task, "layout", STACK);
        thread.setDaemon(true); // whoever interrupts the wait does not want to wait for it at the end, either
        thread.start();
        return task.get();
    }

    private Drawing draw(Diagram diagram, Layers layers) {
        configure();
        for (Diagram.Box box : diagram.boxes()) {
            nodes.add(node(box.label().width(), Label.HEIGHT));
        }
        List<ElkEdge> ends = new ArrayList<>();
        for (Wire wire : diagram.wires()) {
            ends.add(connect(start(wire, layers), nodes.get(wire.to())));
        }
        new RecursiveGraphLayoutEngine().layout(root, new NullElkProgressMonitor());
        List<Strand> strands = new ArrayList<>();
        trunks.forEach((source, trunk) -> strands.add(new Strand(source.box(), Strand.TRUNK, points(trunk))));
        for (int i = 0; i < ends.size(); i++) {
            Wire wire = diagram.wires().get(i);
            strands.add(new Strand(wire.from(), wire.to(), points(List.of(ends.get(i)))));
        }
        return new Drawing(
                root.getWidth(),
                root.getHeight(),
                nodes.stream().map(n -> new Point(n.getX(), n.getY())).toList(),
                strands,
                null);
    }

    private void configure() {
        root.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
        root.setProperty(LayeredOptions.DIRECTION, Direction.DOWN);
        root.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
        root.setProperty(LayeredOptions.LAYERING_STRATEGY, LayeringStrategy.LONGEST_PATH_SOURCE); // that of Layers
        // The default, Brandes and Köpf's, keeps long wires so straight that deep nets drift to one side.
        root.setProperty(LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.LINEAR_SEGMENTS);
        root.setProperty(LayeredOptions.PADDING, new ElkPadding(MARGIN));
        root.setProperty(LayeredOptions.SPACING_NODE_NODE, 18.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_NODE, 14.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_EDGE, 10.0);
        root.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 24.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 12.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, 8.0);
    }

    private ElkNode node(double width, double height) {
        ElkNode node = ElkGraphUtil.createNode(root);
        node.setDimensions(width, height);
        return node;
    }

    /** Where the last part of a wire begins: at its box, or at a joint of its trunk in the layer above its end. */
    private ElkConnectableShape start(Wire wire, Layers layers) {
        Source source = wire.source();
        ElkConnectableShape exit = exits.computeIfAbsent(source, s -> ElkGraphUtil.createPort(nodes.get(s.box())));
        Integer last = layers.trunks().get(source);
        if (last == null) {
            return exit;
        }
        List<ElkEdge> trunk = trunks.computeIfAbsent(source, s -> trunk(exit, last - layers.of(s.box())));
        int joints = layers.span(wire) - 1;
        return joints == 0
                ? exit
                : ElkGraphUtil.connectableShapeToNode(
                        trunk.get(joints - 1).getTargets().get(0));
    }

    private List<ElkEdge> trunk(ElkConnectableShape exit, int joints) {
        List<ElkEdge> trunk = new ArrayList<>();
        ElkConnectableShape end = exit;
        for (int i = 0; i < joints; i++) {
            ElkNode joint = node(1, 1);
            trunk.add(ElkGraphUtil.createSimpleEdge(end, joint));
            end = joint;
        }
        return trunk;
    }

    /** Each wire enters a box by a port of its own. */
    private static ElkEdge connect(ElkConnectableShape start, ElkNode end) {
        return ElkGraphUtil.createSimpleEdge(start, ElkGraphUtil.createPort(end));
    }

    private static List<Point> points(List<ElkEdge> line) {
        Route route = new Route();
        for (ElkEdge edge : line) {
            ElkEdgeSection section = edge.getSections().get(0);
            route.add(section.getStartX(), section.getStartY());
            section.getBendPoints().forEach(b -> route.add(b.getX(), b.getY()));
            route.add(section.getEndX(), section.getEndY());
        }
        return route.points();
    }
}
