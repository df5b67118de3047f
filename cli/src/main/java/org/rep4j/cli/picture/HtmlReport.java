package org.rep4j.cli.picture;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The picture of a deployment as one HTML page that needs no other file and no network: train graph and deploy graph side by
 * side, what became of each op, costs, and how the weights of folded kernels are spread; docs/picture.md describes it.
 *
 * <p>The same input makes the same bytes. Whatever the model's author called its ops is shown as text: it is escaped, and the
 * page's content security policy lets no script but its own run.
 */
public final class HtmlReport {
    private static final String BEFORE = "before";
    private static final String AFTER = "after";

    private HtmlReport() {}

    /** What the template asks for. */
    private record Page(
            String title,
            String verification,
            String costsFor,
            List<Side> sides,
            CostTable costs,
            SpreadTable spreads,
            List<Stays> stays,
            String style,
            String script,
            String scriptHash,
            String data) {}

    /**
     * Writes the page, aside first and then into its place.
     *
     * @throws IOException if that fails; an existing file is as it was then
     */
    public static void write(PictureInput input, Path file) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try (Writer out = Files.newBufferedWriter(beside)) {
                template().execute(page(input), out);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static Page page(PictureInput input) {
        Groups groups = Groups.of(input);
        Map<String, Fate> fates = new HashMap<>();
        input.fates().forEach(f -> fates.put(f.op(), f));
        OpFacts facts = new OpFacts(input.shapes());
        Diagram before = Diagram.of(input.before(), facts);
        Diagram after = Diagram.of(input.after(), facts);
        List<Look> looksBefore = before.boxes().stream()
                .map(b -> Look.before(b, fates.get(b.name()), groups))
                .toList();
        List<Look> looksAfter =
                after.boxes().stream().map(b -> Look.after(b, groups)).toList();
        Side train = Side.of(BEFORE, "Train graph", before, looksBefore);
        Side deploy = Side.of(AFTER, "Deploy graph", after, looksAfter);

        PageData data = new PageData();
        data.add(train, before, looksBefore, twins(before, after), fates);
        data.add(deploy, after, looksAfter, twins(after, before), Map.of());
        String script = resource("report.js");
        return new Page(
                Text.clean(input.title()),
                Text.clean(input.verification()),
                Text.clean(input.costsFor()),
                List.of(train, deploy),
                CostTable.of(input.profileBefore(), input.profileAfter()),
                SpreadTable.of(input, groups),
                Stays.of(before, looksBefore, fates),
                resource("report.css"),
                script,
                sha256(script),
                data.json());
    }

    /** For each box the place of the box of the same kind and name in the other diagram, −1 if there is none. */
    private static List<Integer> twins(Diagram diagram, Diagram other) {
        record Identity(Diagram.Kind kind, String name) {}
        Map<Identity, Integer> places = new HashMap<>();
        for (int i = 0; i < other.boxes().size(); i++) {
            places.put(
                    new Identity(
                            other.boxes().get(i).kind(), other.boxes().get(i).name()),
                    i);
        }
        List<Integer> twins = new ArrayList<>();
        for (Diagram.Box box : diagram.boxes()) {
            twins.add(places.getOrDefault(new Identity(box.kind(), box.name()), -1));
        }
        return twins;
    }

    private static Template template() {
        return Mustache.compiler()
                .emptyStringIsFalse(true)
                .zeroIsFalse(true)
                .withLoader(name -> new StringReader(resource(name + ".mustache")))
                .compile(resource("report.mustache"));
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its own file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
