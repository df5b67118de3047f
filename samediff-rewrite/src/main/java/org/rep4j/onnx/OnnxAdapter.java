package org.rep4j.onnx;

import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.graph.LiftedGraph;

/**
 * ONNX models as ConvGraphs. Convolutions, linear layers, BatchNorms and the arithmetic between them are translated;
 * subgraphs, functions, custom domains and everything else ride along.
 *
 * <p>Does not start ND4J: only its protobuf classes are used.
 */
public final class OnnxAdapter implements GraphAdapter<OnnxModel> {

    @Override
    public LiftedGraph<OnnxModel> lift(OnnxModel source) {
        OnnxLift lift = new OnnxLift(source);
        ConvGraph graph = lift.lift();
        return new LiftedGraph<>() {
            @Override
            public ConvGraph graph() {
                return graph;
            }

            @Override
            public OnnxModel lower(ConvGraph rewritten) {
                return new OnnxLower(source, lift, graph, rewritten).lower();
            }
        };
    }
}
