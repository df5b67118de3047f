package org.rep4j.cli;

import java.util.Set;
import java.util.TreeSet;
import org.rep4j.cli.Findings.Figures;

/** What {@code rep4j deploy} prints about one model. */
final class DeploymentText {
    private DeploymentText() {}

    static String of(Deployment deployment) {
        DeployJob job = deployment.job();
        StringBuilder text = new StringBuilder(job.input().toString());
        if (deployment.succeeded()) {
            text.append(" -> ").append(job.output());
        }
        text.append("\n\n").append(table(deployment)).append('\n');
        Findings findings = deployment.findings();
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
        text.append(deployment.succeeded() ? "Verified  " : "Differs   ")
                .append(deployment.verification().map(VerificationText::summary).orElse("no (--no-verify)"))
                .append('\n');
        text.append("Time      ").append(Numbers.seconds(deployment.time())).append('\n');
        if (!findings.leftovers().isEmpty()) {
            text.append("Stayed, for reasons that rep4j inspect tells one by one\n")
                    .append(FatesText.brief(findings.leftovers()));
        }
        return text.toString();
    }

    private static TextTable table(Deployment deployment) {
        Figures before = deployment.findings().before();
        Figures after = deployment.findings().after();
        TextTable table = TextTable.ofNumbers("", "Before", "After");
        Set<String> ops = new TreeSet<>(before.operators().keySet());
        ops.addAll(after.operators().keySet());
        for (String op : ops) {
            table.row(
                    op,
                    Numbers.count(before.operators().getOrDefault(op, 0L)),
                    Numbers.count(after.operators().getOrDefault(op, 0L)));
        }
        table.row("All ops", Numbers.count(total(before)), Numbers.count(total(after)));
        table.row("Parameters", Numbers.count(before.parameters()), Numbers.count(after.parameters()));
        table.row(
                "Multiply-adds",
                Numbers.countOrUnknown(before.multiplyAdds()),
                Numbers.countOrUnknown(after.multiplyAdds()));
        return table.row(
                "File size", Numbers.bytesOrUnknown(before.fileSize()), Numbers.bytesOrUnknown(after.fileSize()));
    }

    private static long total(Figures figures) {
        return figures.operators().values().stream().mapToLong(Long::longValue).sum();
    }
}
