package org.rep4j.cli;

import java.util.Set;
import java.util.TreeSet;
import org.rep4j.cli.Findings.Figures;

/** What is printed about one model that another was made of. */
final class ResultText {
    private ResultText() {}

    /** Of a model that was folded. */
    static String ofDeployment(JobResult result) {
        Findings findings = result.findings();
        TextTable figures = costs(findings)
                .row(
                        "Multiply-adds",
                        Numbers.countOrUnknown(findings.before().multiplyAdds()),
                        Numbers.countOrUnknown(findings.after().multiplyAdds()));
        StringBuilder text = new StringBuilder(heading(result))
                .append(withSize(figures, findings))
                .append('\n');
        findings.observation()
                .explanation()
                .ifPresentOrElse(
                        why -> text.append("Some figures may be unknown: ").append(Messages.oneLine(why)),
                        () -> text.append("Multiply-adds for an input of ")
                                .append(findings.observation().describeInputs()));
        text.append('\n');
        text.append("Folds     ")
                .append(Numbers.count(findings.report().rewrites().size()))
                .append("; ")
                .append(FatesText.summary(findings.fates()))
                .append('\n');
        text.append(end(result));
        if (!findings.leftovers().isEmpty()) {
            text.append("Stayed, for reasons that rep4j inspect tells one by one\n")
                    .append(FatesText.brief(findings.leftovers()));
        }
        return text.toString();
    }

    /** Of a model that has another format now, and is the same otherwise. */
    static String ofConversion(JobResult result) {
        return heading(result) + withSize(costs(result.findings()), result.findings()) + '\n' + end(result);
    }

    private static String heading(JobResult result) {
        String output = result.succeeded() ? " -> " + result.job().output() : "";
        return result.job().input() + output + "\n\n";
    }

    private static TextTable costs(Findings findings) {
        Figures before = findings.before();
        Figures after = findings.after();
        TextTable table = TextTable.ofNumbers("", "Before", "After");
        Set<String> ops = new TreeSet<>(before.operators().keySet());
        ops.addAll(after.operators().keySet());
        for (String op : ops) {
            table.row(
                    op,
                    Numbers.count(before.operators().getOrDefault(op, 0L)),
                    Numbers.count(after.operators().getOrDefault(op, 0L)));
        }
        return table.row("All ops", Numbers.count(total(before)), Numbers.count(total(after)))
                .row("Parameters", Numbers.count(before.parameters()), Numbers.count(after.parameters()));
    }

    private static TextTable withSize(TextTable table, Findings findings) {
        return table.row(
                "File size",
                Numbers.bytesOrUnknown(findings.before().fileSize()),
                Numbers.bytesOrUnknown(findings.after().fileSize()));
    }

    private static long total(Figures figures) {
        return figures.operators().values().stream().mapToLong(Long::longValue).sum();
    }

    private static String end(JobResult result) {
        String untold = result.untold().isEmpty()
                ? ""
                : "Outputs   " + String.join(", ", result.untold())
                        + "; the file does not tell them: --output-names does\n";
        return (result.succeeded() ? "Verified  " : "Differs   ")
                + result.verification().map(VerificationText::summary).orElse("no (--no-verify)") + "\nTime      "
                + Numbers.seconds(result.time()) + "\n" + untold
                + (result.needs() == null ? "" : "Needs     " + result.needs() + "\n");
    }
}
