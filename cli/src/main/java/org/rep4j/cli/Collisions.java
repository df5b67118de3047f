package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sees to it that no file that is written is another one that is read or written. */
final class Collisions {
    /** What writing to a file would do, by its real path. */
    private final Map<Path, String> taken = new HashMap<>();

    private Collisions() {}

    /** @throws UsageException if an output or the report would overwrite a model, an output or a folder */
    static void require(List<Job> jobs, @Nullable Path report) {
        Collisions collisions = new Collisions();
        jobs.forEach(job -> collisions.taken.putIfAbsent(real(job.input()), "overwrite the model " + job.input()));
        for (Job job : jobs) {
            if (Files.isDirectory(job.output())) {
                throw new UsageException("the output " + job.output() + " is a folder");
            }
            collisions.requireFree(job.output(), "the output of " + job.input());
            collisions.taken.put(real(job.output()), "overwrite the output of " + job.input());
        }
        if (report != null) {
            collisions.requireFree(report, "the report " + report);
            ReportFile.require(report);
            if (ReportFile.isHtml(report) && jobs.size() > 1) {
                throw new UsageException(
                        "the page " + report + " can show one model only; a report on several is .json");
            }
        }
    }

    private void requireFree(Path path, String what) {
        String victim = taken.get(real(path));
        if (victim != null) {
            throw new UsageException(what + " would " + victim);
        }
    }

    /** The path without links and dots, as far as it exists. */
    private static Path real(Path path) {
        try {
            return Files.exists(path)
                    ? path.toRealPath()
                    : parent(path).toRealPath().resolve(path.getFileName());
        } catch (IOException e) {
            return path.toAbsolutePath().normalize(); // its folder does not exist either: no other path leads there
        }
    }

    private static Path parent(Path path) {
        return Optional.ofNullable(path.toAbsolutePath().normalize().getParent())
                .orElse(path);
    }
}
