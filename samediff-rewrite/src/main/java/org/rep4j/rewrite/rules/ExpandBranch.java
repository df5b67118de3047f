package org.rep4j.rewrite.rules;

import static org.rep4j.rewrite.Outcome.rewritten;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rep4j.graph.Node;
import org.rep4j.graph.SingleInputNode;
import org.rep4j.rewrite.Outcome;
import org.rep4j.rewrite.Phase;
import org.rep4j.rewrite.Replacement;
import org.rep4j.rewrite.rules.Bundle.Member;

/** A rule that writes the branches of one kind as a convolution each, where that completes a merge. */
abstract class ExpandBranch extends BranchRule {
    private final Branch.Kind kind;

    ExpandBranch(Branch.Kind kind, CostGuard guard) {
        super(Phase.EXPAND, guard);
        this.kind = kind;
    }

    @Override
    final Outcome apply(Branches branches) {
        List<Node> removed = new ArrayList<>();
        List<Node> added = new ArrayList<>();
        Map<String, String> hosts = new HashMap<>();
        branches.mergeable().forEach(bundle -> {
            for (Member member : bundle.members()) {
                if (member.branch().kind() == kind) {
                    List<SingleInputNode> ops = member.branch().ops();
                    SingleInputNode last = ops.get(ops.size() - 1);
                    removed.add(last); // the ops before it go with it: nobody else reads them
                    added.add(BranchRewrites.written(member, bundle, last.name(), last.output()));
                    ops.forEach(op -> hosts.put(op.name(), last.name()));
                }
            }
        });
        return added.isEmpty() ? branches.refuse(kind) : rewritten(new Replacement(removed, added, hosts));
    }
}
