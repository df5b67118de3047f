package org.rep4j.rewrite.rules;

import static org.rep4j.testing.RuleAssert.assertThatRule;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rep4j.graph.Value;

class EliminateIdentityTest {
    @Test
    void goesAndItsReadersReadItsInput() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value y = g.identity("drop", g.relu("act", g.input("x", 2, 3)));
                    g.output(g.relu("a", y), g.sum("b", y, y));
                })
                .rewritesTo("act = Relu(x)", "a = Relu(act)", "b = Add(act, act)");
    }

    @Test
    void goesInChains() {
        assertThatRule(new EliminateIdentity())
                .on(g -> g.output(g.relu("a", g.identity("i2", g.identity("i1", g.input("x", 2, 3))))))
                .rewritesTo("a = Relu(x)");
    }

    @Test
    void leavesReadersTheirOtherInputs() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 4);
                    g.output(g.concat("all", x, g.identity("i", x), g.relu("act", x)));
                })
                .rewritesTo("act = Relu(x)", "all = Concat(x, x, act)");
    }

    @Test
    void staysAsAnOutput() {
        assertThatRule(new EliminateIdentity())
                .on(g -> g.output(g.identity("y", g.relu("act", g.input("x", 2, 3)))))
                .declines("y (Identity): its output is an output of the graph");
    }

    @Test
    void staysForASubgraph() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 3);
                    Value y = g.identity("drop", x);
                    g.output(g.captures("loop", "Captures", x, List.of(y)), g.relu("act", y));
                })
                .declines("drop (Identity): a subgraph of loop (Captures) reads its output");
    }

    @Test
    void isIgnoredWhereNobodyReadsIt() {
        assertThatRule(new EliminateIdentity())
                .on(g -> {
                    Value x = g.input("x", 2, 3);
                    g.identity("unread", x);
                    g.output(g.relu("act", x));
                })
                .isIgnored();
    }
}
