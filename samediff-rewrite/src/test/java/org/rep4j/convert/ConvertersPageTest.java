package org.rep4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of ops in {@code docs/converters.md} is complete and promises nothing else. */
class ConvertersPageTest {
    private static final Path PAGE = Path.of("..", "docs", "converters.md");

    @Test
    void listsTheOpsThatAreImported() throws IOException {
        assertThat(column(2)).containsExactlyInAnyOrderElementsOf(Mappings.onnxOps());
    }

    @Test
    void listsTheOpsThatAreExported() throws IOException {
        assertThat(column(3)).containsExactlyInAnyOrderElementsOf(Mappings.sameDiffOps());
    }

    /** The names in a column of the table, one family per row. */
    private static List<String> column(int index) throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        int first = lines.indexOf("## Which ops") + 4; // an empty line, the head and the rule under it
        return lines.subList(first, lines.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .flatMap(row -> Arrays.stream(row.split("\\|")[index].strip().split(", ")))
                .map(name -> name.replace("`", ""))
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
