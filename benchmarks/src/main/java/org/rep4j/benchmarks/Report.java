package org.rep4j.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures as Markdown. */
final class Report {
    private final Map<BenchmarkModel, Deployment> deployments = new EnumMap<>(BenchmarkModel.class);
    private final Map<BenchmarkModel, Folding> foldings = new EnumMap<>(BenchmarkModel.class);
    private final Map<BenchmarkModel, FormComparison> comparisons = new EnumMap<>(BenchmarkModel.class);
    private final ImportReport imports = new ImportReport();
    private final List<MarkdownTable> trainings = new ArrayList<>();

    /**
     * Times from a file to a deployed file, and of ONNX Runtime opening the same file.
     *
     * @param ops number of ops of the train form
     */
    record Deployment(long ops, Timing load, Timing pass, Timing save, Timing unoptimized, Timing optimized) {
        /** What {@link DeployBenchmark} measures, file to file. */
        double total() {
            return load.median() + pass.median() + save.median();
        }

        /** ONNX Runtime's own graph optimizations. */
        double optimization() {
            return optimized.median() - unoptimized.median();
        }

        String perOp(double milliseconds) {
            return Timing.number(1000 * milliseconds / ops);
        }
    }

    void add(BenchmarkModel model, Deployment deployment) {
        deployments.put(model, deployment);
    }

    /** Times of folding in memory, and of copying the weights once. */
    record Folding(Timing copy, Timing fold) {}

    void add(BenchmarkModel model, Folding folding) {
        foldings.put(model, folding);
    }

    void add(BenchmarkModel model, FormComparison comparison) {
        comparisons.put(model, comparison);
    }

    void add(TrainingComparison comparison) {
        trainings.add(comparison.table());
    }

    /** Figures of imports, which have tables of their own. */
    ImportReport imports() {
        return imports;
    }

    /** The machine, by cores and processor family, and the versions that matter. */
    static String machine() {
        return String.format(
                Locale.ROOT,
                "%d cores (%s), Java %s, ONNX Runtime %s",
                Runtime.getRuntime().availableProcessors(),
                processor(),
                Runtime.version().feature(),
                OrtEnvironment.getEnvironment().getVersion());
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(l -> l.startsWith("model name"))
                        .map(l -> l.substring(l.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }

    @Override
    public String toString() {
        MarkdownTable times = new MarkdownTable(
                "deploying a file, ms: median (quartiles)",
                "load",
                "lift, pass, lower",
                "fold, save",
                "ORT session, no optimization",
                "ORT session, all optimizations");
        MarkdownTable perOp = new MarkdownTable(
                "the same per op, µs",
                "ops",
                "lift, pass, lower",
                "load to save",
                "ORT's optimization",
                "ORT's optimization ÷ load to save");
        deployments.forEach((model, d) -> {
            times.row(
                    model.title(),
                    d.load().toString(),
                    d.pass().toString(),
                    d.save().toString(),
                    d.unoptimized().toString(),
                    d.optimized().toString());
            perOp.row(
                    model.title(),
                    String.format(Locale.ROOT, "%,d", d.ops()),
                    d.perOp(d.pass().median()),
                    d.perOp(d.total()),
                    d.perOp(d.optimization()),
                    Timing.number(d.optimization() / d.total()));
        });
        MarkdownTable memory = new MarkdownTable(
                "folding in memory, ms: median (quartiles)",
                "copying the weights",
                "lift, pass, lower, fold",
                "folding ÷ copying");
        foldings.forEach((model, f) -> memory.row(
                model.title(),
                f.copy().toString(),
                f.fold().toString(),
                Timing.number(f.fold().median() / f.copy().median())));
        MarkdownTable ops = new MarkdownTable(
                "ops, train form → deploy form",
                "Conv",
                "BatchNormalization",
                "Add",
                "all",
                "outputs differ by, relative");
        MarkdownTable latency = new MarkdownTable(
                "latency in ORT, ms: median (quartiles)",
                "train form",
                "deploy form",
                "train ÷ deploy",
                "lowest–highest of 5 blocks");
        comparisons.forEach((model, c) -> {
            ops.row(
                    model.title(),
                    c.ops("Conv"),
                    c.ops("BatchNormalization"),
                    c.ops("Add"),
                    c.ops(),
                    String.format(Locale.ROOT, "%.1e", c.difference()));
            latency.row(
                    model.title(),
                    c.latency().first().toString(),
                    c.latency().second().toString(),
                    Timing.number(c.latency().ratio()),
                    Timing.number(c.latency().lowestRatio()) + "–"
                            + Timing.number(c.latency().highestRatio()));
        });
        return Stream.of(Stream.of(times, perOp, memory, ops, latency), imports.tables(), trainings.stream())
                .flatMap(tables -> tables)
                .filter(t -> !t.isEmpty())
                .map(MarkdownTable::toString)
                .collect(Collectors.joining(System.lineSeparator()));
    }
}
