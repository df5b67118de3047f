package org.rep4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Value;
import org.rep4j.profile.Cost;
import org.rep4j.profile.Profile;
import org.rep4j.rewrite.RewriteReport;
import org.rep4j.rewrite.Rules;
import org.rep4j.verify.EquivalenceCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rep4j inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        description = {
            "Prints what a model costs, op by op, and what its deployment would fold, what not and why. Writes no model.",
            ""
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  rep4j inspect model.onnx",
            "  rep4j inspect model.onnx --all",
            "  rep4j inspect model.onnx --report model.html",
            "  rep4j inspect model.onnx --json --input image=1x3x224x224",
            "",
            "Exit codes: 0 done, 1 a rule broke the deploy form, 2 the model cannot be read or the command line is wrong."
        })
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "MODEL",
            description = "ONNX model (.onnx), SameDiff graph (.fb) or Deeplearning4j net (.zip).")
    private Path file = Path.of("");

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Mixin
    private PassOptions passOptions = new PassOptions();

    @Option(names = "--all", description = "List every op with what would become of it.")
    private boolean all;

    @Option(names = "--json", description = "Print the report as JSON, and nothing else.")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = {
                "Write a report: what would become of each op and why, and the figures. The ending tells the format: json for"
                        + " programs; html for a page that draws both graphs."
            })
    private @Nullable Path report;

    @Override
    public Integer call() {
        if (report != null) {
            ReportFile.require(report);
        }
        Model model = Model.load(file);
        Model.Deployed deployed = model.deploy(passOptions.pass());
        modelOptions.requireInputs(deployed.before());
        Observation observation;
        try (Workspace workspace = Workspace.temporary()) {
            EquivalenceCheck check = EquivalenceCheck.standard()
                    .withInputShapes(ChannelHints.inputShapes(model, deployed.before(), modelOptions.inputs()));
            observation = Observation.of(model, deployed.before(), check, workspace.scratch("inspect"));
        }
        Findings findings = Findings.of(model, deployed, deployed.model(), observation, model.fileSize(file), null);
        if (report != null) {
            write(report, deployed, findings);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonReport.text(JsonReport.of(file, findings)));
        } else {
            print(model, deployed, findings, out);
        }
        out.flush();
        return ExitCode.OK;
    }

    private void write(Path target, Model.Deployed deployed, Findings findings) {
        if (ReportFile.isHtml(target)) {
            Picture.write(target, file, deployed, findings, "Not verified: inspect does not run the deploy form");
        } else {
            ReportFile.write(target, JsonReport.text(JsonReport.of(file, findings)));
        }
    }

    private void print(Model model, Model.Deployed deployed, Findings findings, PrintWriter out) {
        out.println(file + ": " + model.format());
        out.println("Inputs   " + values(deployed.before().inputs()));
        out.println("Outputs  " + values(deployed.before().outputs()));
        out.println();
        out.print(costs(model, deployed.before(), findings.observation()));
        out.println();
        out.print(folds(findings.report()));
        out.println(FatesText.summary(findings.fates()));
        if (all) {
            out.println();
            out.println("Op by op");
            out.print(FatesText.full(findings.fates()));
        } else if (!findings.leftovers().isEmpty()) {
            out.println();
            out.println("Would stay (--all lists every op)");
            out.print(FatesText.reasons(findings.leftovers()));
        }
    }

    private static String values(List<Value> values) {
        return values.stream()
                .map(v -> v.name() + " " + ShapeText.format(v.shape()))
                .collect(Collectors.joining(", "));
    }

    private static String costs(Model model, ConvGraph graph, Observation observation) {
        Profile profile = Profile.of(graph, observation.values());
        TextTable table = TextTable.ofNumbers("Op", "Count", "Parameters", "Multiply-adds", "Memory access");
        Map<String, Long> operators = new TreeMap<>(model.operators());
        profile.ops().keySet().forEach(op -> operators.putIfAbsent(op, 0L));
        operators.forEach((op, count) -> {
            Cost cost = profile.ops().get(op);
            table.row(
                    op,
                    Numbers.count(count),
                    Numbers.count(cost == null ? 0 : cost.parameters()),
                    cost == null ? "0" : Numbers.countOrUnknown(cost.multiplyAdds()),
                    cost == null ? "0" : Numbers.countOrUnknown(cost.memoryAccess()));
        });
        Cost total = profile.total();
        table.row(
                "Total",
                Numbers.count(
                        operators.values().stream().mapToLong(Long::longValue).sum()),
                Numbers.count(total.parameters()),
                Numbers.countOrUnknown(total.multiplyAdds()),
                Numbers.countOrUnknown(total.memoryAccess()));
        String size = observation
                .explanation()
                .map(e -> "Some figures are unknown: " + Messages.oneLine(e))
                .orElseGet(() -> "For an input of " + observation.describeInputs()
                        + "; memory access counts elements read and written");
        return table + "\n" + size + "\n";
    }

    private static String folds(RewriteReport report) {
        if (!report.changedAnything()) {
            return "Nothing would be folded\n";
        }
        Map<String, Long> byRule = report.rewrites().stream()
                .collect(Collectors.groupingBy(RewriteReport.Rewrite::rule, Collectors.counting()));
        TextTable table = TextTable.ofNumbers("Rule", "Folds");
        Rules.ALL.stream()
                .filter(rule -> byRule.containsKey(rule.name()))
                .forEach(rule -> table.row(rule.name(), Numbers.count(byRule.getOrDefault(rule.name(), 0L))));
        return "Would be folded\n" + table;
    }
}
