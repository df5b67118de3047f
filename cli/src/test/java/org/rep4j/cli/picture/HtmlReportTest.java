package org.rep4j.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.Node;
import org.rep4j.graph.Value;
import org.rep4j.profile.Cost;
import org.rep4j.profile.Profile;

class HtmlReportTest {
    private static final String HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;";

    @TempDir
    private Path folder;

    private Document page(PictureInput input) throws IOException {
        Path file = folder.resolve("report.html");
        HtmlReport.write(input, file);
        return Jsoup.parse(file.toFile());
    }

    private static JsonNode data(Document page) throws IOException {
        return new ObjectMapper().readTree(page.expectFirst("#data").data());
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "repvgg_a0", "mobileone_s0", "conv_shared"})
    void drawsEachOpInputAndOutputAndEachWire(String net) throws IOException {
        PictureInput input = TrainedNets.fixture(net);

        Document page = page(input);

        assertDrawn(page, data(page).get("before"), "before", input.before());
        assertDrawn(page, data(page).get("after"), "after", input.after());
    }

    private static void assertDrawn(Document page, JsonNode data, String side, ConvGraph graph) {
        int boxes =
                graph.nodes().size() + graph.inputs().size() + graph.outputs().size();
        assertThat(page.select("#" + side + " .box")).hasSize(boxes);
        assertThat(data).hasSize(boxes);
        Set<String> names = new HashSet<>();
        data.forEach(box -> names.add(box.get("name").asText()));
        assertThat(names).containsAll(graph.nodes().stream().map(Node::name).toList());
        long wires = graph.outputs().size();
        for (Node node : graph.nodes()) {
            wires += node.reads().stream()
                    .map(Value::name)
                    .distinct()
                    .filter(v -> graph.isProduced(v)
                            || graph.inputs().stream().anyMatch(i -> i.name().equals(v)))
                    .count();
        }
        assertThat(page.select("#" + side + " .wires path[data-to]")).hasSize(Math.toIntExact(wires));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "repvgg_a0", "mobileone_s0"})
    void opsThatBecameOneHaveOneColourAndNumber(String net) throws IOException {
        PictureInput input = TrainedNets.fixture(net);

        Document page = page(input);

        Map<String, Element> before = boxes(page, "before");
        Map<String, Element> after = boxes(page, "after");
        int folded = 0;
        for (Fate fate : input.fates()) {
            if (fate.foldedInto() == null) {
                continue;
            }
            folded++;
            Element from = find(before, fate.op());
            Element into = find(after, fate.foldedInto());
            assertThat(colour(from)).isEqualTo(colour(into)).isPresent();
            assertThat(from.select(".badge").text())
                    .isEqualTo(into.select(".badge").text())
                    .isNotEmpty();
            assertThat(from.classNames()).contains("is-folded");
            assertThat(into.classNames()).contains("is-made");
        }
        assertThat(folded).isGreaterThanOrEqualTo(20);
        List<String> badges = page.select("#after .badge").eachText();
        assertThat(badges).doesNotHaveDuplicates();
        assertThat(page.select("#after .is-made")).hasSameSizeAs(badges);
        assertThat(page.select("#before .is-kept, #before .is-declined").select(".badge"))
                .isEmpty();
    }

    private static Map<String, Element> boxes(Document page, String side) throws IOException {
        JsonNode data = data(page).get(side);
        Map<String, Element> boxes = new HashMap<>();
        for (Element box : page.select("#" + side + " .box:not(.is-end)")) {
            int index = Integer.parseInt(box.attr("data-box"));
            boxes.put(data.get(index).get("name").asText(), box);
        }
        return boxes;
    }

    private static Element find(Map<String, Element> boxes, String op) {
        return Optional.ofNullable(boxes.get(op)).orElseThrow();
    }

    private static Optional<String> colour(Element box) {
        return box.classNames().stream().filter(c -> c.matches("c\\d+")).findFirst();
    }

    @Test
    void theTablesHaveTheProfilesNumbers() throws IOException {
        PictureInput input = TrainedNets.fixture("repvgg_a0");

        Document page = page(input);

        Set<String> ops = new HashSet<>(input.profileBefore().ops().keySet());
        ops.addAll(input.profileAfter().ops().keySet());
        assertThat(page.select(".costs tbody th").eachText()).containsExactlyInAnyOrderElementsOf(ops);
        for (Element row : page.select(".costs tbody tr")) {
            String op = row.select("th").text();
            assertFigures(row, cost(input.profileBefore(), op), cost(input.profileAfter(), op));
        }
        assertFigures(
                page.expectFirst(".costs tfoot tr"),
                input.profileBefore().total(),
                input.profileAfter().total());
    }

    private static Cost cost(Profile profile, String op) {
        return profile.ops().getOrDefault(op, new Cost(0, 0, 0L, 0L));
    }

    private static void assertFigures(Element row, Cost before, Cost after) {
        List<String> cells = row.select("td:not(.change)").eachText();
        assertThat(cells.stream().map(c -> Long.valueOf(c.replace(",", ""))).toList())
                .containsExactly(
                        (long) before.count(),
                        (long) after.count(),
                        before.parameters(),
                        after.parameters(),
                        before.multiplyAdds(),
                        after.multiplyAdds(),
                        before.memoryAccess(),
                        after.memoryAccess());
    }

    @Test
    void costsThatAreNotKnownAreCalledUnknown() throws IOException {
        PictureInput input = TrainedNets.fixture("repvgg_block_dynamic");
        PictureInput unknown = new PictureInput(
                input.title(),
                input.before(),
                input.after(),
                input.fates(),
                Map.of(),
                Profile.of(input.before(), Map.of()),
                Profile.of(input.after(), Map.of()),
                "Some figures are unknown",
                "not verified");

        Document page = page(unknown);

        assertThat(page.select(".costs tfoot td").eachText()).contains("unknown");
        assertThat(page.expectFirst("#costs > p").text()).isEqualTo("Some figures are unknown");
        assertThat(page.select(".verification").text()).isEqualTo("not verified");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "mobileone_s0", "linear_bn", "conv_transpose_bn_g2"})
    void histogramsCountEachWeightOnce(String net) throws IOException {
        PictureInput input = TrainedNets.fixture(net);

        Document page = page(input);

        int row = 0;
        for (Node node : input.after().topologicalOrder()) {
            List<String> members = input.fates().stream()
                    .filter(f -> node.name().equals(f.foldedInto()))
                    .map(Fate::op)
                    .toList();
            if (!(node instanceof KernelNode op) || members.isEmpty()) {
                continue;
            }
            long branches = input.before().nodes().stream()
                    .filter(n -> members.contains(n.name()) || n.name().equals(node.name()))
                    .filter(KernelNode.class::isInstance)
                    .mapToLong(n -> ((KernelNode) n).kernel().shape().weights())
                    .sum();
            Element histograms = page.select(".weights tbody tr").get(row++);
            assertThat(histograms.select("svg").stream()
                            .map(svg -> sum(svg.attr("data-counts")))
                            .toList())
                    .containsExactly(branches, op.kernel().shape().weights());
        }
        assertThat(row).isPositive().isEqualTo(page.select(".weights tbody tr").size());
    }

    private static long sum(String counts) {
        return Arrays.stream(counts.split(" ")).mapToLong(Long::parseLong).sum();
    }

    @Test
    void needsNothingFromOutside() throws IOException {
        Document page = page(TrainedNets.fixture("resnet18"));

        assertThat(page.select("[src], [href], link, iframe, object, embed, img, form"))
                .isEmpty();
        assertThat(page.html()).doesNotContain("http:", "https:", "@import", "//");
        assertThat(page.html().replaceAll("url\\(#tip-(before|after)\\)", "")).doesNotContain("url(");
    }

    @Test
    void theContentSecurityPolicyAllowsItsOwnScriptOnly() throws Exception {
        Document page = page(TrainedNets.fixture("conv_bn"));

        String policy = page.select("meta[http-equiv=Content-Security-Policy]").attr("content");
        String script = page.expectFirst("script:not([type])").data();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
        assertThat(policy)
                .contains("default-src 'none'")
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
    }

    @Test
    void hostileNamesAreText() throws IOException {
        GeneratedNets net = new GeneratedNets(HOSTILE);
        Value value = net.input(HOSTILE + "input");
        value = net.batchNorm(HOSTILE + "bn", net.conv(HOSTILE + "conv", value, 3));
        ConvGraph graph = net.output(net.relu(HOSTILE + "relu", value));
        PictureInput plain = TrainedNets.deployment(graph);
        List<Fate> fates = plain.fates().stream()
                .map(f -> new Fate(f.op(), f.foldedInto(), f.rules(), HOSTILE, HOSTILE))
                .toList();
        PictureInput input = new PictureInput(
                HOSTILE,
                plain.before(),
                plain.after(),
                fates,
                plain.shapes(),
                plain.profileBefore(),
                plain.profileAfter(),
                HOSTILE,
                HOSTILE);

        Document page = page(input);

        assertThat(page.select("script")).hasSize(2);
        assertThat(page.select("img, [onerror]")).isEmpty();
        assertThat(page.title()).isEqualTo(HOSTILE + " – Rep4J");
        assertThat(page.select("h1").text()).isEqualTo(HOSTILE);
        assertThat(page.expectFirst(".stays td").text()).isEqualTo(HOSTILE);
        assertThat(data(page).get("before").findValuesAsText("name")).contains(HOSTILE + "conv", HOSTILE + "bn");
        assertThat(page.select("#before .name").eachText()).anyMatch(n -> n.endsWith("alert(2)>\"'&lt;conv"));
    }

    @Test
    void tellsWhatStayedWhyAndWhatWouldHelp() throws IOException {
        PictureInput plain = TrainedNets.fixture("conv_shared");
        List<Fate> fates = plain.fates().stream()
                .map(f -> f.why() == null ? f : new Fate(f.op(), null, List.of(), f.why(), "give it its own conv"))
                .toList();
        Fate stays = fates.stream().filter(f -> f.why() != null).findFirst().orElseThrow();
        PictureInput input = new PictureInput(
                plain.title(),
                plain.before(),
                plain.after(),
                fates,
                plain.shapes(),
                plain.profileBefore(),
                plain.profileAfter(),
                plain.costsFor(),
                plain.verification());

        Document page = page(input);

        Element row = page.expectFirst(".stays tbody tr");
        assertThat(row.select("th").text()).isEqualTo(stays.op());
        assertThat(row.select("td").eachText()).containsExactly(stays.why(), "give it its own conv");
        JsonNode box = data(page)
                .get("before")
                .get(Integer.parseInt(row.select("button").attr("data-box")));
        assertThat(box.get("name").asText()).isEqualTo(stays.op());
        assertThat(box.get("state").asText()).isEqualTo("DECLINED");
        assertThat(box.get("remedy").asText()).isEqualTo("give it its own conv");
        assertThat(page.select("#weights p").eachText()).contains("No kernel took anything in.");
    }

    @Test
    void opsThatDidNothingAreShownAsDropped() throws IOException {
        GeneratedNets net = new GeneratedNets("dropped");
        ConvGraph graph = net.output(net.relu("relu", net.relu("nothing", net.input("input"))));
        PictureInput plain = TrainedNets.deployment(graph);
        PictureInput input = new PictureInput(
                plain.title(),
                plain.before(),
                plain.after(),
                List.of(new Fate("nothing", null, List.of("EliminateIdentity"), null, null)),
                plain.shapes(),
                plain.profileBefore(),
                plain.profileAfter(),
                plain.costsFor(),
                plain.verification());

        Document page = page(input);

        assertThat(find(boxes(page, "before"), "nothing").classNames()).contains("is-dropped");
        assertThat(find(boxes(page, "before"), "relu").classNames()).contains("is-kept");
    }

    @Test
    void shapesOfTheRunAreTold() throws IOException {
        Document page = page(TrainedNets.fixture("resnet18"));

        for (JsonNode box : data(page).get("before")) {
            if (box.get("title").asText().startsWith("Conv 7×7")) {
                JsonNode facts = box.get("facts");
                assertThat(facts.get("Kernel").get(0).asText()).isEqualTo("8x3x7x7, no bias");
                assertThat(facts.get("Geometry").get(0).asText()).isEqualTo("7x7, stride 2x2, padding 3,3,3,3");
                assertThat(facts.get("Reads").get(0).asText()).matches("input \\[\\d+,3,\\d+,\\d+]");
                return;
            }
        }
        throw new AssertionError("resnet18 begins with a 7×7 convolution");
    }

    @Test
    void theSameInputMakesTheSameBytes() throws IOException {
        Path one = folder.resolve("one.html");
        Path two = folder.resolve("two.html");

        HtmlReport.write(TrainedNets.fixture("googlenet"), one);
        HtmlReport.write(TrainedNets.fixture("googlenet"), two);

        assertThat(one).hasSameBinaryContentAs(two);
    }

    @Test
    @Timeout(300)
    void thousandsOfOpsMakeAPageThatIsNotAbsurd() throws IOException {
        PictureInput input = TrainedNets.deployment(GeneratedNets.chain(5_001));

        Document page = page(input);

        assertThat(page.select("#before .box")).hasSize(5_003);
        assertThat(page.select(".weights tbody tr")).hasSize(1_000);
        assertThat(page.expectFirst("#weights .caveat").text()).isEqualTo("667 further kernels are not shown.");
        assertThat(Files.size(folder.resolve("report.html"))).isLessThan(10 << 20);
    }

    @Test
    void anExistingFileIsReplacedAndNothingIsLeftBeside() throws IOException {
        Path file = Files.writeString(folder.resolve("report.html"), "old");

        HtmlReport.write(TrainedNets.fixture("conv_bn"), file);

        assertThat(file).content().startsWith("<!DOCTYPE html>");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBeside() {
        Path file = folder.resolve("missing").resolve("report.html");

        assertThatThrownBy(() -> HtmlReport.write(TrainedNets.fixture("conv_bn"), file))
                .isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }
}
