package org.rep4j.cli;

import org.rep4j.rewrite.RepPass;
import picocli.CommandLine.Option;

/** Options of all commands that fold. */
final class PassOptions {
    @Option(
            names = "--allow-cost",
            description = {
                "Fold also where the result needs more multiply-adds or parameters than what it replaces: fewer ops, more"
                        + " work. By default such a fold is left undone, and the report gives both figures."
            })
    private boolean allowCost;

    /** The pass that the options ask for. */
    RepPass pass() {
        return allowCost ? RepPass.standard().allowingCost() : RepPass.standard();
    }
}
