package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which file goes where, before anything is read or written. */
final class DeployPlan {
    private DeployPlan() {}

    /**
     * A job for each model.
     *
     * @param models files and folders
     * @param output a file, or a folder for several models
     * @param report where the report goes, if there is to be one
     * @throws UsageException if outputs would collide with each other, with models or with the report
     */
    static List<DeployJob> jobs(List<Path> models, Path output, @Nullable Path report) {
        List<Path> inputs = new ArrayList<>();
        boolean several = models.size() > 1;
        for (Path model : models) {
            if (Files.isDirectory(model)) {
                several = true;
                inputs.addAll(modelsIn(model));
            } else {
                inputs.add(model);
            }
        }
        List<DeployJob> jobs = several || Files.isDirectory(output)
                ? intoFolder(inputs, output)
                : List.of(single(inputs.get(0), output));
        requireNoCollision(jobs, report);
        return jobs;
    }

    private static List<Path> modelsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> models = files.filter(Model::isModel)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (models.isEmpty()) {
                throw new UsageException("the folder " + folder + " holds no .onnx and no .fb files");
            }
            return models;
        } catch (IOException e) {
            throw new UsageException("the folder " + folder + " cannot be read", e);
        }
    }

    private static DeployJob single(Path input, Path output) {
        if (Model.isModel(input) && !ending(input).equals(ending(output))) {
            throw new UsageException("the deploy form of " + input + " has its format: the output " + output
                    + " must end in " + ending(input));
        }
        Path folder = parent(output);
        if (!Files.isDirectory(folder)) {
            throw new UsageException("there is no folder " + folder + " for the output");
        }
        return new DeployJob(input, output);
    }

    private static List<DeployJob> intoFolder(List<Path> inputs, Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new UsageException("several models need a folder for their output, but " + folder + " is a file");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException("the folder " + folder + " cannot be made", e);
        }
        return inputs.stream()
                .map(input -> new DeployJob(input, folder.resolve(input.getFileName())))
                .toList();
    }

    private static void requireNoCollision(List<DeployJob> jobs, @Nullable Path report) {
        Map<Path, String> taken = new HashMap<>();
        jobs.forEach(job -> taken.putIfAbsent(real(job.input()), "overwrite the model " + job.input()));
        for (DeployJob job : jobs) {
            if (Files.isDirectory(job.output())) {
                throw new UsageException("the output " + job.output() + " is a folder");
            }
            require(taken, job.output(), "the output of " + job.input());
            taken.put(real(job.output()), "overwrite the output of " + job.input());
        }
        if (report != null) {
            require(taken, report, "the report " + report);
            ReportFile.require(report);
            if (ReportFile.isHtml(report) && jobs.size() > 1) {
                throw new UsageException(
                        "the page " + report + " can show one model only; a report on several is .json");
            }
        }
    }

    private static void require(Map<Path, String> taken, Path path, String what) {
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

    private static String ending(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.substring(Math.max(0, name.lastIndexOf('.')));
    }
}
