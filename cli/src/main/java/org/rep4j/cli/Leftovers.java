package org.rep4j.cli;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.Node;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.RewriteReport.Decline;

/** The ops that a reader may have expected to go, and that stayed. */
final class Leftovers {
    private Leftovers() {}

    /** Those about which a rule or the adapter has said something, and every BatchNorm. */
    static List<OpFate> of(Model.Deployed deployed, List<OpFate> fates) {
        Set<String> declined =
                deployed.report().declined().stream().map(Decline::op).collect(Collectors.toSet());
        Set<String> leftovers = deployed.after().nodes().stream()
                .filter(n -> n instanceof BatchNormalization || declined.contains(n.label()))
                .map(Node::name)
                .collect(Collectors.toSet());
        return fates.stream()
                .filter(f -> f.reason() != null && leftovers.contains(f.name()))
                .toList();
    }
}
