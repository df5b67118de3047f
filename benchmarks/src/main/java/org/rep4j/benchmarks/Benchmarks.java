package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.rep4j.benchmarks.ImportReport.Import;
import org.rep4j.benchmarks.Report.Deployment;
import org.rep4j.benchmarks.Report.Folding;
import org.rep4j.onnx.OnnxModel;

/** Runs everything and prints the figures; {@code benchmarks/run} starts it. */
public final class Benchmarks {
    /** As first argument: only what is compared side by side. */
    private static final String LATENCY_ONLY = "latency";

    /** As first argument: only what is about imports into SameDiff. */
    private static final String IMPORT_ONLY = "import";

    /** As first argument: only what is about training with layers. */
    private static final String TRAINING_ONLY = "training";

    private static final Path FOLDER = Path.of("benchmarks/target");

    private static final List<BenchmarkModel> DEPLOYED = List.of(
            BenchmarkModel.REPVGG_A0, BenchmarkModel.CHAIN_200, BenchmarkModel.CHAIN_2000, BenchmarkModel.CHAIN_20000);

    private static final List<BenchmarkModel> FOLDED = List.of(BenchmarkModel.REPVGG_B3);

    private static final List<BenchmarkModel> IMPORTED = List.of(
            BenchmarkModel.RESNET18,
            BenchmarkModel.REPVGG_A0,
            BenchmarkModel.MOBILEONE_S0,
            BenchmarkModel.REPCONV_YOLO);

    private static final List<BenchmarkModel> RUN = List.of(
            BenchmarkModel.REPVGG_A0,
            BenchmarkModel.MOBILEONE_S0,
            BenchmarkModel.ACNET_VGG16,
            BenchmarkModel.DBB_RESNET18,
            BenchmarkModel.REPCONV_YOLO);

    private final CommandLineOptions jmhOptions;

    private Benchmarks(CommandLineOptions jmhOptions) {
        this.jmhOptions = jmhOptions;
    }

    /**
     * Measures, reports progress on standard error, and prints the tables on standard output.
     *
     * @param args {@code latency} for the comparison of train form and deploy form only; {@code import} for imports into SameDiff,
     *     {@code training} for training with layers only; or options of JMH: -f forks, -wi and -w
     *     number and time of warm-up iterations, -i and -r of measured ones
     */
    @SuppressWarnings("SystemOut")
    public static void main(String... args) throws RunnerException, IOException, OrtException, InterruptedException {
        String part = args.length == 1
                        && List.of(LATENCY_ONLY, IMPORT_ONLY, TRAINING_ONLY).contains(args[0])
                ? args[0]
                : "";
        CommandLineOptions options;
        try {
            options = part.isEmpty() ? new CommandLineOptions(args) : new CommandLineOptions();
        } catch (CommandLineOptionException e) {
            System.err.println("benchmarks/run: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (options.shouldHelp()) {
            System.out.println(
                    "usage: benchmarks/run latency | import | training | [-f forks] [-wi warm-up iterations] [-w time of one, such as 2s]"
                            + " [-i iterations] [-r time of one]");
            return;
        }
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        System.err.printf("%s%nload average before the start: %.1f%n", Report.machine(), load);
        Report report = new Report();
        Benchmarks benchmarks = new Benchmarks(options);
        if (part.isEmpty()) {
            benchmarks.measureDeployments(report);
        }
        if (part.isEmpty() || part.equals(LATENCY_ONLY)) {
            compareForms(report);
        }
        if (part.isEmpty() || part.equals(IMPORT_ONLY)) {
            benchmarks.measureImports(report.imports());
        }
        if (part.isEmpty() || part.equals(TRAINING_ONLY)) {
            report.add(TrainingComparison.measure());
        }
        String text = Report.machine() + System.lineSeparator() + System.lineSeparator() + report;
        Path markdown = FOLDER.resolve(part.isEmpty() ? "benchmarks.md" : part + ".md");
        Files.writeString(markdown, text);
        System.out.printf("%n%s%nwritten to %s%n", text, markdown);
    }

    private void measureDeployments(Report report) throws RunnerException, IOException {
        for (BenchmarkModel model : DEPLOYED) {
            report.add(
                    model,
                    new Deployment(
                            ops(model),
                            time(DeployBenchmark.class, "load", model),
                            time(DeployBenchmark.class, "pass", model),
                            time(DeployBenchmark.class, "save", model),
                            time(SessionBenchmark.class, "unoptimized", model),
                            time(SessionBenchmark.class, "optimized", model)));
        }
        for (BenchmarkModel model : FOLDED) {
            report.add(
                    model,
                    new Folding(time(FoldBenchmark.class, "copy", model), time(FoldBenchmark.class, "fold", model)));
        }
    }

    private void measureImports(ImportReport report)
            throws RunnerException, IOException, OrtException, InterruptedException {
        for (BenchmarkModel model : IMPORTED) {
            report.add(
                    model,
                    new Import(
                            time(ImportBenchmark.class, "convert", model),
                            time(FirstImportBenchmark.class, "convert", model),
                            time(FirstImportBenchmark.class, "start", model),
                            ImportMemory.perByteOfWeights(model)));
            RuntimeComparison comparison = RuntimeComparison.measure(model);
            System.err.printf(
                    "%s, SameDiff ÷ ONNX Runtime: %.2f in train form, %.2f in deploy form%n",
                    model.title(),
                    comparison.train().ratio(),
                    comparison.deploy().ratio());
            report.add(model, comparison);
        }
    }

    private static void compareForms(Report report) throws IOException, OrtException {
        for (BenchmarkModel model : RUN) {
            FormComparison comparison = FormComparison.measure(model);
            System.err.printf(
                    "%s, train form: %s ms, deploy form: %s ms%n",
                    model.title(),
                    comparison.latency().first(),
                    comparison.latency().second());
            report.add(model, comparison);
        }
    }

    private Timing time(Class<?> benchmark, String method, BenchmarkModel model) throws RunnerException {
        Timing timing = Timing.of(new Runner(new OptionsBuilder()
                        .parent(jmhOptions)
                        .include(Pattern.quote(benchmark.getName() + "." + method) + "$")
                        .param("model", model.name())
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .runSingle()
                .getPrimaryResult()
                .getStatistics());
        System.err.printf("%s, %s: %s ms, %d samples%n", model.title(), method, timing, timing.samples());
        return timing;
    }

    private static long ops(BenchmarkModel model) throws IOException {
        Path file = model.writeTemporary();
        try {
            return OnnxModel.load(file).operators().values().stream()
                    .mapToLong(n -> n)
                    .sum();
        } finally {
            Files.delete(file);
        }
    }
}
