package org.rep4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/** The report for other programs; docs/command-line.md describes its fields. */
final class JsonReport {
    private JsonReport() {}

    /**
     * Writes the report: the model's object, or for several models {@code models} with an object for each.
     *
     * @throws UsageException if it cannot be written
     */
    static void write(List<JobOutcome> outcomes, Path file) {
        ObjectNode report = outcomes.size() == 1 ? of(outcomes.get(0)) : JsonNodeFactory.instance.objectNode();
        if (outcomes.size() != 1) {
            ArrayNode models = report.putArray("models");
            outcomes.forEach(o -> models.add(of(o)));
        }
        ReportFile.write(file, text(report));
    }

    private static ObjectNode of(JobOutcome outcome) {
        ObjectNode model = JsonNodeFactory.instance.objectNode();
        model.put("model", outcome.job().input().toString());
        if (outcome.exitCode() == ExitCode.OK) {
            model.put("output", outcome.job().output().toString());
        }
        outcome.trouble().ifPresent(t -> model.put("error", t));
        outcome.result().ifPresent(d -> {
            JsonFindings.add(d.findings(), model);
            d.verification()
                    .ifPresentOrElse(
                            v -> JsonFindings.add(v, model.putObject("verification")),
                            () -> model.putNull("verification"));
        });
        return model;
    }

    /** The report about a model that is not deployed. */
    static ObjectNode of(Path model, Findings findings) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("model", model.toString());
        JsonFindings.add(findings, report);
        return report;
    }

    /** The report as text, in lines. */
    static String text(ObjectNode report) {
        return report.toPrettyString();
    }
}
