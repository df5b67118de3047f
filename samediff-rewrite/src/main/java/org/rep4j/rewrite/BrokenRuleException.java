package org.rep4j.rewrite;

import org.jspecify.annotations.Nullable;

/**
 * A rule that throws, or that leaves a graph behind that cannot be right. The graph that went into the pass is as it was.
 */
public final class BrokenRuleException extends RuntimeException {
    private final String rule;
    private final String op;

    /**
     * @param rule the rule's name
     * @param op where it was applied, as {@code name (type)}
     * @param trouble what it does there, as the end of a sentence that begins with the rule
     * @param cause what was caught, if anything was
     */
    public BrokenRuleException(String rule, String op, String trouble, @Nullable Throwable cause) {
        super("the rule " + rule + " on " + op + " " + trouble + "; please report this", cause);
        this.rule = rule;
        this.op = op;
    }

    /** The rule's name. */
    public String rule() {
        return rule;
    }

    /** The op to which the rule was applied, as {@code name (type)}. */
    public String op() {
        return op;
    }
}
