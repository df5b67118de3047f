package org.rep4j.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table whose first column is text. */
final class TextTable {
    /** Cells are never broken: whoever greps for a reason wants it in one line. */
    private static final int WIDEST = 1 << 20;

    private final List<ColumnData<List<String>>> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private TextTable(HorizontalAlign others, String... headers) {
        for (int i = 0; i < headers.length; i++) {
            int index = i;
            HorizontalAlign align = i == 0 ? HorizontalAlign.LEFT : others;
            columns.add(new Column()
                    .header(headers[i])
                    .headerAlign(align)
                    .dataAlign(align)
                    .maxWidth(WIDEST)
                    .with(row -> row.get(index)));
        }
    }

    /** A table whose other columns are numbers. */
    static TextTable ofNumbers(String... headers) {
        return new TextTable(HorizontalAlign.RIGHT, headers);
    }

    /** A table whose other columns are text as well. */
    static TextTable ofText(String... headers) {
        return new TextTable(HorizontalAlign.LEFT, headers);
    }

    /** Adds a row of as many cells as there are headers. */
    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The table, one line a row, without borders; each line ends in a line feed. */
    @Override
    public String toString() {
        return AsciiTable.getTable(AsciiTable.NO_BORDERS, rows, columns)
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> " " + line.stripTrailing() + "\n")
                .collect(Collectors.joining());
    }
}
