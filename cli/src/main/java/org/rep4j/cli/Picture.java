package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rep4j.cli.picture.Fate;
import org.rep4j.cli.picture.HtmlReport;
import org.rep4j.cli.picture.PictureInput;
import org.rep4j.profile.Profile;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.OpFate.Status;

/** The report as a page for a browser. */
final class Picture {
    private Picture() {}

    /**
     * Draws a model and its deploy form.
     *
     * @param model the train form's file
     * @param verification one line about whether both compute the same
     * @throws UsageException if the page cannot be written
     */
    static void write(Path page, Path model, Model.Deployed deployed, Findings findings, String verification) {
        Observation observation = findings.observation();
        PictureInput input = new PictureInput(
                model.getFileName().toString(),
                deployed.before(),
                deployed.after(),
                fates(findings),
                observation.values(),
                Profile.of(deployed.before(), observation.values()),
                Profile.of(deployed.after(), observation.values()),
                observation
                        .explanation()
                        .map(e -> "Some figures are unknown: " + Messages.oneLine(e))
                        .orElseGet(() -> "For an input of " + observation.describeInputs()),
                verification);
        try {
            HtmlReport.write(input, page);
        } catch (IOException e) {
            throw new UsageException("the report " + page + " cannot be written", e);
        }
    }

    /** The picture marks what stayed although somebody may have expected otherwise: it gets the reasons of the leftovers only. */
    private static List<Fate> fates(Findings findings) {
        Set<OpFate> leftovers = new HashSet<>(findings.leftovers());
        return findings.fates().stream()
                .map(f -> {
                    boolean gone = f.status() == Status.FOLDED || f.status() == Status.REMOVED;
                    boolean expected = leftovers.contains(f);
                    return new Fate(
                            f.name(),
                            f.into(),
                            gone ? f.rules() : List.of(),
                            expected ? f.reason() : null,
                            expected ? f.remedy() : null);
                })
                .toList();
    }
}
