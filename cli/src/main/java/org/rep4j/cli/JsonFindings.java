package org.rep4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.rep4j.cli.Findings.Figures;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.RewriteReport;
import org.rep4j.verify.Culprit;

/** The fields that tell about one model; docs/command-line.md describes them. */
final class JsonFindings {
    private JsonFindings() {}

    /** Adds all findings to a model's object. */
    static void add(Findings findings, ObjectNode model) {
        ObjectNode inputs = model.putObject("inputs");
        findings.observation().inputs().forEach((name, shape) -> inputs.put(name, ShapeText.format(shape)));
        add(findings.before(), model.putObject("before"));
        add(findings.after(), model.putObject("after"));
        add(findings.report(), model);
        ArrayNode ops = model.putArray("ops");
        findings.fates().forEach(f -> add(f, ops.addObject()));
    }

    private static void add(Figures figures, ObjectNode node) {
        ObjectNode ops = node.putObject("ops");
        figures.operators().forEach(ops::put);
        node.put("parameters", figures.parameters());
        node.put("multiplyAdds", figures.multiplyAdds());
        node.put("fileSize", figures.fileSize());
    }

    private static void add(RewriteReport report, ObjectNode model) {
        ArrayNode rewrites = model.putArray("rewrites");
        report.rewrites().forEach(r -> {
            ObjectNode rewrite =
                    rewrites.addObject().put("rule", r.rule()).put("op", r.op()).put("output", r.output());
            ArrayNode absorbed = rewrite.putArray("absorbed");
            r.absorbed().forEach(a -> absorbed.addObject().put("op", a.op()).put("into", a.into()));
        });
        ArrayNode declined = model.putArray("declined");
        report.declined()
                .forEach(d -> declined.addObject()
                        .put("rule", d.rule())
                        .put("op", d.op())
                        .put("reason", d.reason())
                        .put("remedy", d.remedy()));
    }

    private static void add(OpFate fate, ObjectNode op) {
        op.put("name", fate.name());
        op.put("type", fate.type());
        op.put("status", fate.status().name().toLowerCase(Locale.ROOT));
        op.put("into", fate.into());
        add(fate.rules(), op.putArray("rules"));
        add(fate.absorbed(), op.putArray("absorbed"));
        op.put("reason", fate.reason());
        op.put("remedy", fate.remedy());
    }

    private static void add(List<String> texts, ArrayNode array) {
        texts.forEach(array::add);
    }

    /** Adds what a verification found. */
    static void add(Verdict verdict, ObjectNode node) {
        node.put("passed", verdict.passed());
        verdict.differences().ifPresent(result -> {
            node.put("maxAbsoluteDifference", result.maxAbsoluteDifference());
            node.put("maxRelativeDifference", result.maxRelativeDifference());
            node.put("samples", result.samples().size());
        });
        verdict.culprit().ifPresent(c -> add(c, node.putObject("culprit")));
    }

    private static void add(Culprit culprit, ObjectNode node) {
        node.put("rewrite", culprit.number());
        node.put("rule", culprit.rewrite().rule());
        node.put("op", culprit.rewrite().op());
    }
}
