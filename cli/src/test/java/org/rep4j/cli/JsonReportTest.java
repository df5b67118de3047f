package org.rep4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rep4j.cli.CommandLineRun.EXAMPLE;
import static org.rep4j.cli.CommandLineRun.filesIn;
import static org.rep4j.cli.CommandLineRun.fixture;
import static org.rep4j.cli.CommandLineRun.rep4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {

    @TempDir
    private Path folder;

    @Test
    void aSingleModelIsOneObject() throws IOException {
        Path output = folder.resolve("deploy.onnx");
        JsonNode report = deploy(EXAMPLE, "-o", output);

        assertThat(names(report))
                .containsExactly(
                        "model", "output", "inputs", "before", "after", "rewrites", "declined", "ops", "verification");
        assertThat(report.get("model").asText()).isEqualTo(EXAMPLE.toString());
        assertThat(report.get("output").asText()).isEqualTo(output.toString());
        assertThat(report.at("/inputs/input").asText()).isEqualTo("1x3x64x64");
        assertThat(report.at("/before/ops/BatchNormalization").asInt()).isEqualTo(28);
        assertThat(report.at("/before/parameters").asLong()).isEqualTo(149_098);
        assertThat(report.at("/before/multiplyAdds").asLong()).isEqualTo(4_915_840);
        assertThat(report.at("/before/fileSize").asLong()).isEqualTo(Files.size(EXAMPLE));
        assertThat(report.at("/after/ops/Conv").asInt()).isEqualTo(11);
        assertThat(report.get("after").get("ops").has("BatchNormalization")).isFalse();
        assertThat(report.at("/after/parameters").asLong()).isEqualTo(132_810);
        assertThat(report.at("/after/fileSize").asLong()).isEqualTo(Files.size(output));
        assertThat(report.get("declined")).isEmpty();
        assertThat(names(report.get("verification")))
                .containsExactly("passed", "maxAbsoluteDifference", "maxRelativeDifference", "samples");
        assertThat(report.at("/verification/passed").asBoolean()).isTrue();
        assertThat(report.at("/verification/samples").asInt()).isEqualTo(3);
        assertThat(report.at("/verification/maxRelativeDifference").asDouble()).isBetween(0.0, 1e-5);
    }

    @Test
    void rewritesNameTheRuleTheOutputAndWhatWent() throws IOException {
        JsonNode rewrites =
                deploy(fixture("conv_bn"), "-o", folder.resolve("deploy.onnx")).get("rewrites");

        assertThat(rewrites).hasSize(1);
        assertThat(names(rewrites.get(0))).containsExactly("rule", "op", "output", "absorbed");
        assertThat(rewrites.get(0).get("rule").asText()).isEqualTo("AbsorbBatchNormIntoConvolution");
        assertThat(rewrites.get(0).get("output").asText()).isEqualTo("output");
        assertThat(rewrites.get(0).get("op").asText()).endsWith(" (BatchNormalization)");
        assertThat(rewrites.get(0).get("absorbed")).hasSize(1);
        JsonNode absorbed = rewrites.get(0).get("absorbed").get(0);
        assertThat(absorbed.get("op").asText() + " (BatchNormalization)")
                .isEqualTo(rewrites.get(0).get("op").asText());
        assertThat(absorbed.get("into").asText()).endsWith("Conv");
    }

    @Test
    void declinesNameTheRuleTheOpAndTheReason() throws IOException {
        JsonNode declined = deploy(fixture("conv_shared"), "-o", folder.resolve("deploy.onnx"))
                .get("declined");

        assertThat(declined).isNotEmpty();
        assertThat(names(declined.get(0))).containsExactly("rule", "op", "reason", "remedy");
        List<String> rules = new ArrayList<>();
        declined.forEach(d -> rules.add(d.get("rule").asText()));
        assertThat(rules).contains("AbsorbBatchNormIntoConvolution");
    }

    @Test
    void eachOpOfTheTrainFormHasItsFate() throws IOException {
        JsonNode ops = deploy(fixture("repvgg_block_opset13"), "-o", folder.resolve("deploy.onnx"))
                .get("ops");

        Map<String, Integer> statuses = new TreeMap<>();
        for (JsonNode op : ops) {
            assertThat(names(op))
                    .containsExactly("name", "type", "status", "into", "rules", "absorbed", "reason", "remedy");
            statuses.merge(op.get("type").asText() + " " + op.get("status").asText(), 1, Integer::sum);
        }
        assertThat(statuses)
                .isEqualTo(Map.of(
                        "Add folded", 2,
                        "BatchNormalization folded", 3,
                        "Conv changed", 1,
                        "Conv folded", 1,
                        "Relu kept", 1));
    }

    @Test
    void withoutVerificationItIsNull() throws IOException {
        JsonNode report = deploy(fixture("conv_bn"), "-o", folder.resolve("deploy.onnx"), "--no-verify");

        assertThat(report.get("verification").isNull()).isTrue();
    }

    @Test
    void aFailedVerificationIsReported() throws IOException {
        JsonNode report = deploy(EXAMPLE, "-o", folder.resolve("deploy.onnx"), "--tolerance", 0);

        assertThat(report.at("/verification/passed").asBoolean()).isFalse();
        assertThat(report.get("error").asText()).contains("not equivalent");
        assertThat(names(report.at("/verification/culprit"))).containsExactly("rewrite", "rule", "op");
        assertThat(report.has("output")).isFalse();
    }

    @Test
    void severalModelsAreAList() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.onnx"), "no model");
        JsonNode report = deploy(fixture("conv_bn"), bad, "-o", folder.resolve("out"));

        assertThat(names(report)).containsExactly("models");
        assertThat(report.get("models")).hasSize(2);
        assertThat(report.at("/models/0/after/ops/Conv").asInt()).isEqualTo(1);
        assertThat(names(report.at("/models/1"))).containsExactly("model", "error");
        assertThat(report.at("/models/1/error").asText()).contains("bad.onnx");
    }

    private JsonNode deploy(Object... arguments) throws IOException {
        Path file = folder.resolve("report.json");
        List<Object> all = new ArrayList<>(List.of("deploy"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--report", file));
        rep4j(all.toArray());
        assertThat(filesIn(folder)).noneMatch(name -> name.endsWith(".part") || name.startsWith(".rep4j"));
        return new ObjectMapper().readTree(file.toFile());
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
