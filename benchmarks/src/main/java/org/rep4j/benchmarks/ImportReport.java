package org.rep4j.benchmarks;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** Figures of imports into SameDiff, and of what was imported. */
final class ImportReport {
    private final Map<BenchmarkModel, Import> imports = new EnumMap<>(BenchmarkModel.class);
    private final Map<BenchmarkModel, RuntimeComparison> comparisons = new EnumMap<>(BenchmarkModel.class);

    /**
     * An import.
     *
     * @param warm in a JVM that has imported the model before
     * @param first the first one of a JVM
     * @param start ND4J's start, which is part of {@code first}
     * @param memory bytes of native memory per byte of weights
     */
    record Import(Timing warm, Timing first, Timing start, double memory) {}

    void add(BenchmarkModel model, Import figures) {
        imports.put(model, figures);
    }

    void add(BenchmarkModel model, RuntimeComparison comparison) {
        comparisons.put(model, comparison);
    }

    Stream<MarkdownTable> tables() {
        MarkdownTable times = new MarkdownTable(
                "importing a file into SameDiff, ms: median (quartiles)",
                "warm",
                "first of a JVM",
                "of this, ND4J's start",
                "native memory ÷ weights");
        imports.forEach((model, i) -> times.row(
                model.title(),
                i.warm().toString(),
                i.first().toString(),
                i.start().toString(),
                Timing.number(i.memory())));
        MarkdownTable latency = new MarkdownTable(
                "latency, ms: median (quartiles)",
                "SameDiff, train form",
                "SameDiff ÷ ORT, train form",
                "SameDiff, deploy form",
                "SameDiff ÷ ORT, deploy form",
                "SameDiff, train ÷ deploy");
        comparisons.forEach((model, c) -> latency.row(
                model.title(),
                c.train().first().toString(),
                Timing.number(c.train().ratio()),
                c.deploy().first().toString(),
                Timing.number(c.deploy().ratio()),
                Timing.number(c.train().first().median() / c.deploy().first().median())));
        return Stream.of(times, latency);
    }
}
