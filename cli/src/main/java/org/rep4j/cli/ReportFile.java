package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** The file of a report: its ending tells the format. */
final class ReportFile {
    private static final String JSON = ".json";
    private static final String HTML = ".html";

    private ReportFile() {}

    /** Whether {@code file} is to be a page. */
    static boolean isHtml(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(HTML);
    }

    /**
     * Refuses what cannot be a report, before any work is done.
     *
     * @throws UsageException if the ending is unknown or there is no folder for the file
     */
    static void require(Path file) {
        if (!isHtml(file) && !file.toString().toLowerCase(Locale.ROOT).endsWith(JSON)) {
            throw new UsageException("the report " + file + " must end in " + JSON + " or " + HTML);
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new UsageException("the report " + file + " cannot be written: no such folder, or a folder itself");
        }
    }

    /**
     * Writes a report; an existing file is replaced only by a complete one.
     *
     * @throws UsageException if it cannot be written
     */
    static void write(Path file, String text) {
        Path beside = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try {
                Files.writeString(beside, text + "\n");
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new UsageException("the report " + file + " cannot be written", e);
        }
    }
}
