package org.rep4j.importer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known about a Java virtual machine that ended without an answer. */
final class Obituary {
    private static final Pattern SIGNAL = Pattern.compile("(?m)^#\\s+((?:SIG|EXCEPTION_)\\w+)");
    private static final Pattern LIBRARY = Pattern.compile("(?m)^# \\w\\s+\\[([^+\\]]+)");

    private Obituary() {}

    /**
     * Half a sentence whose subject is what ran in the virtual machine.
     *
     * @param status that the process ended with
     * @param crashReport of the virtual machine; need not exist
     */
    static String of(int status, Path crashReport) {
        String report = read(crashReport);
        return first(SIGNAL, report)
                .map(signal -> "crashed its Java virtual machine: " + signal
                        + first(LIBRARY, report)
                                .map(library -> " in " + library)
                                .orElse(""))
                .orElse("ended with status " + status + " and without an answer");
    }

    private static String read(Path report) {
        try {
            return Files.exists(report) ? new String(Files.readAllBytes(report), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return "#  SIGNAL unknown: the report cannot be read: " + e;
        }
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
