package org.rep4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which file goes where, before anything is read or written. */
final class Plan {
    private final boolean convertsAll;
    private final @Nullable Format to;

    private Plan(boolean convertsAll, @Nullable Format to) {
        this.convertsAll = convertsAll;
        this.to = to;
    }

    /**
     * A plan for models that may keep their format.
     *
     * @param to the format of all results, null if the outputs' names tell it or, in folders, the models' own
     */
    static Plan ofDeployment(@Nullable Format to) {
        return new Plan(false, to);
    }

    /**
     * A plan for models all of which change their format.
     *
     * @param to the format of all results, null if the output's name tells it
     */
    static Plan ofConversion(@Nullable Format to) {
        return new Plan(true, to);
    }

    /**
     * A job for each model.
     *
     * @param models files and folders
     * @param output a file, or a folder for several models
     * @param report where the report goes, if there is to be one
     * @throws UsageException if outputs would collide with each other, with models or with the report, or if a format is missing or
     *     contradicts the plan
     */
    List<Job> jobs(List<Path> models, Path output, @Nullable Path report) {
        boolean intoFolder = models.size() > 1
                || Files.isDirectory(output)
                || models.stream().anyMatch(Files::isDirectory);
        if (intoFolder && convertsAll && to == null) {
            throw new UsageException("--to fb or --to onnx must say what the models in " + output + " will be");
        }
        List<Path> inputs = new ArrayList<>();
        for (Path model : models) {
            if (Files.isDirectory(model)) {
                inputs.addAll(modelsIn(model));
            } else {
                inputs.add(model);
            }
        }
        List<Job> jobs = intoFolder
                ? inputs.stream()
                        .map(input -> new Job(input, output.resolve(nameOf(input))))
                        .toList()
                : List.of(single(inputs.get(0), output));
        jobs.forEach(this::requireOtherFormat);
        jobs.forEach(Plan::requireWritable);
        Collisions.require(jobs, report);
        if (intoFolder) {
            make(output);
        }
        return jobs;
    }

    private String nameOf(Path input) {
        return to == null ? input.getFileName().toString() : to.rename(input);
    }

    private List<Path> modelsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> models = files.filter(this::isWanted)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (models.isEmpty()) {
                List<String> wanted = Stream.of(Format.values())
                        .filter(f -> !convertsAll || f != to)
                        .map(Format::ending)
                        .toList();
                throw new UsageException("the folder " + folder + " holds no " + Words.oneOf(wanted) + " files");
            }
            return models;
        } catch (IOException e) {
            throw new UsageException("the folder " + folder + " cannot be read", e);
        }
    }

    /** Of a folder that is converted, the models that are what they shall be stay out. */
    private boolean isWanted(Path file) {
        return Format.of(file).filter(f -> !convertsAll || f != to).isPresent();
    }

    private Job single(Path input, Path output) {
        Job job = new Job(input, output);
        if (to != null && job.target() != to) {
            throw new UsageException("the output " + output + " must end in " + to.ending() + ", as --to says");
        }
        Path folder = Optional.ofNullable(output.toAbsolutePath().normalize().getParent())
                .orElse(output);
        if (!Files.isDirectory(folder)) {
            throw new UsageException("there is no folder " + folder + " for the output");
        }
        return job;
    }

    private static void make(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new UsageException("several models need a folder for their output, but " + folder + " is a file");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException("the folder " + folder + " cannot be made", e);
        }
    }

    private static void requireWritable(Job job) {
        if (job.target() == Format.NET && job.converts()) {
            throw new UsageException(job.input() + " is "
                    + Format.of(job.input()).map(Format::noun).orElseThrow() + ", which cannot become "
                    + Format.NET.noun() + ": " + job.output() + " must end in " + Format.ONNX.ending() + " or "
                    + Format.SAME_DIFF.ending());
        }
    }

    private void requireOtherFormat(Job job) {
        Optional<Format> present = Format.of(job.input());
        if (convertsAll && present.isPresent() && !job.converts()) {
            throw new UsageException(
                    job.input() + " is " + present.get().noun()
                            + " already: convert changes the format and nothing else; rep4j deploy folds a model in its own format");
        }
    }
}
