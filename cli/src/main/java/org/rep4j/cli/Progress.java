package org.rep4j.cli;

import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error where that is a terminal; nothing elsewhere. */
final class Progress implements AutoCloseable {
    /** Set by the launcher, which can tell a terminal from a pipe for each stream; Java can only for both at once. */
    private static final String TERMINAL = "rep4j.terminal";

    private static final int UPDATE_MILLIS = 100;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /**
     * A bar on a terminal, nothing elsewhere.
     *
     * @param steps how often {@link #step} will be called
     */
    static Progress onTerminal(int steps) {
        if (!Boolean.getBoolean(TERMINAL)) {
            return none();
        }
        return new Progress(new ProgressBarBuilder()
                .setTaskName("rep4j")
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .hideEta()
                .clearDisplayOnFinish()
                .build());
    }

    /** No bar. */
    static Progress none() {
        return new Progress(null);
    }

    /** The work on {@code model} comes to its next step. */
    void step(Path model, String what) {
        if (bar != null) {
            bar.setExtraMessage(what + " " + model.getFileName());
            bar.step();
        }
    }

    /** There are more steps to come than was thought. */
    void expect(int moreSteps) {
        if (bar != null) {
            bar.maxHint(bar.getMax() + moreSteps);
        }
    }

    /** Removes the bar. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
