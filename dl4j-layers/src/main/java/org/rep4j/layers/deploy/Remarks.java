package org.rep4j.layers.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.rep4j.layers.GroupedConvolution;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.SqueezeExcitation;

/** Tells what of a deployed net is not as plain as one would expect, and why. */
final class Remarks {
    private final ComputationGraphConfiguration configuration;

    Remarks(ComputationGraphConfiguration configuration) {
        this.configuration = configuration;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, GraphVertex> vertex : configuration.getVertices().entrySet()) {
            String name = vertex.getKey();
            if (vertex.getValue() instanceof MergeVertex && groups(name) > 0) {
                lines.add(name + ": a convolution of " + groups(name)
                        + " groups, as as many ConvolutionLayers, which cost"
                        + " no more: Deeplearning4j has no groups");
            } else if (vertex.getValue() instanceof LayerVertex layer) {
                Layer inner = FrozenLayers.inner(layer.getLayerConf().getLayer());
                if (inner instanceof RepBlock block) {
                    lines.add(name + ": " + block.getClass().getSimpleName()
                            + ", a layer of Rep4J that loads only where Rep4J is: " + why(block));
                }
            }
        }
        return lines;
    }

    /** How many groups were written as layers of their own, that a vertex joins; 0 if it joins others. */
    private int groups(String merge) {
        List<String> parts =
                Objects.requireNonNull(configuration.getVertexInputs().get(merge));
        for (int g = 0; g < parts.size(); g++) {
            if (!parts.get(g).replace("'", "").equals((merge + "/group" + g).replace("'", ""))) {
                return 0;
            }
        }
        return parts.size();
    }

    private static String why(RepBlock block) {
        if (block instanceof GroupedConvolution && block.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
            return "Deeplearning4j has no groups, and its SubsetVertex takes no channels of NHWC";
        }
        if (block instanceof SqueezeExcitation) {
            return "Deeplearning4j has no squeeze and excitation";
        }
        return "it did not fold";
    }
}
