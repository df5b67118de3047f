package org.rep4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rep4j.cli.Deployment.Figures;
import org.rep4j.verify.EquivalenceResult;

/** The report for other programs; docs/command-line.md describes its fields. */
final class JsonReport {
    private JsonReport() {}

    /**
     * Writes the report: the model's object, or for several models {@code models} with an object for each.
     *
     * @throws UsageException if it cannot be written
     */
    static void write(List<DeployOutcome> outcomes, Path file) {
        ObjectNode report = outcomes.size() == 1 ? of(outcomes.get(0)) : JsonNodeFactory.instance.objectNode();
        if (outcomes.size() != 1) {
            ArrayNode models = report.putArray("models");
            outcomes.forEach(o -> models.add(of(o)));
        }
        Path beside = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try {
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(beside.toFile(), report);
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new UsageException("the report " + file + " cannot be written", e);
        }
    }

    private static ObjectNode of(DeployOutcome outcome) {
        ObjectNode model = JsonNodeFactory.instance.objectNode();
        model.put("model", outcome.job().input().toString());
        if (outcome.exitCode() == ExitCode.OK) {
            model.put("output", outcome.job().output().toString());
        }
        outcome.trouble().ifPresent(t -> model.put("error", t));
        outcome.deployment().ifPresent(d -> add(d, model));
        return model;
    }

    private static void add(Deployment deployment, ObjectNode model) {
        ObjectNode inputs = model.putObject("inputs");
        deployment.observation().inputs().forEach((name, shape) -> inputs.put(name, ShapeText.format(shape)));
        add(deployment.before(), model.putObject("before"));
        add(deployment.after(), model.putObject("after"));
        ArrayNode rewrites = model.putArray("rewrites");
        deployment.report().rewrites().forEach(r -> {
            ObjectNode rewrite = rewrites.addObject().put("rule", r.rule()).put("output", r.output());
            ArrayNode absorbed = rewrite.putArray("absorbed");
            r.absorbed().forEach(a -> absorbed.add(a.op()));
        });
        ArrayNode declined = model.putArray("declined");
        deployment
                .leftovers()
                .forEach(d -> declined.addObject()
                        .put("rule", d.rule())
                        .put("op", d.op())
                        .put("reason", d.reason()));
        deployment
                .verification()
                .ifPresentOrElse(v -> add(v, model.putObject("verification")), () -> model.putNull("verification"));
    }

    private static void add(Figures figures, ObjectNode node) {
        ObjectNode ops = node.putObject("ops");
        figures.operators().forEach(ops::put);
        node.put("parameters", figures.parameters());
        node.put("multiplyAdds", figures.multiplyAdds());
        node.put("fileSize", figures.fileSize());
    }

    private static void add(EquivalenceResult result, ObjectNode node) {
        node.put("passed", result.passed());
        node.put("maxAbsoluteDifference", result.maxAbsoluteDifference());
        node.put("maxRelativeDifference", result.maxRelativeDifference());
        node.put("samples", result.samples().size());
    }
}
