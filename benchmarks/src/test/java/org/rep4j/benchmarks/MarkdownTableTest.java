package org.rep4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownTableTest {

    @Test
    void alignsColumns() {
        MarkdownTable table = new MarkdownTable("model", "ms").row("a", "12.3").row("longer", "1");

        assertThat(table.toString().lines())
                .containsExactly("| model  |   ms |", "|--------|-----:|", "| a      | 12.3 |", "| longer |    1 |");
    }
}
