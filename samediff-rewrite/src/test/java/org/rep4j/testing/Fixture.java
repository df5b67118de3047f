package org.rep4j.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A net that PyTorch exported, with an input and PyTorch's answer in double precision; see src/test/fixtures.
 *
 * @param folder where its files are
 * @param name file name without extension
 * @param opset version of the operator set
 * @param expectedAfter number of ops by type that a perfect deployment leaves; empty where nothing is known
 * @param float32Error how far PyTorch's own float32 answer is from its double one
 */
public record Fixture(Path folder, String name, int opset, Map<String, Long> expectedAfter, double float32Error) {
    private static final Path FOLDER = Path.of("src/test/resources/fixtures");

    /** The nets and blocks whose deploy form is known. */
    public static List<Fixture> all() {
        return section("fixtures", FOLDER);
    }

    /** What is exported for one family of ops each. */
    public static List<Fixture> conversions() {
        return section("conversions", FOLDER.resolve("conversions"));
    }

    private static List<Fixture> section(String section, Path folder) {
        List<Fixture> fixtures = new ArrayList<>();
        try {
            JsonNode manifest =
                    new ObjectMapper().readTree(FOLDER.resolve("manifest.json").toFile());
            for (JsonNode entry : manifest.get(section)) {
                Map<String, Long> expected = new TreeMap<>();
                entry.path("expectedAfter")
                        .properties()
                        .forEach(e -> expected.put(e.getKey(), e.getValue().asLong()));
                fixtures.add(new Fixture(
                        folder,
                        entry.get("name").asText(),
                        entry.get("opset").asInt(),
                        expected,
                        entry.get("float32Error").asDouble()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fixtures;
    }

    /** The fixture of this name. */
    public static Fixture named(String name) {
        return Stream.of(all(), conversions())
                .flatMap(List::stream)
                .filter(f -> f.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The model. */
    public Path model() {
        return folder.resolve(name + ".onnx");
    }

    /** The input, a batch of two or more. */
    public Tensor input() {
        return read(name + ".input.pb");
    }

    /** What PyTorch computed for {@link #input()}, in double precision. */
    public Tensor output() {
        return read(name + ".output.pb");
    }

    private Tensor read(String file) {
        return TypedTensor.read(folder.resolve(file)).toTensor();
    }

    @Override
    public String toString() {
        return name;
    }
}
