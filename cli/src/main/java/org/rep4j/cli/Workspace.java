package org.rep4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A hidden folder beside the output in which a model is written and checked. It goes when the work ends, however that
 * happens: success, failure, Ctrl-C.
 */
final class Workspace implements AutoCloseable {
    private static final int ATTEMPTS = 20;

    private final Path folder;
    private final Path scratch;
    private final Thread atExit;

    private Workspace(Path folder) throws IOException {
        this.folder = folder;
        this.scratch = Files.createDirectory(folder.resolve("scratch"));
        this.atExit = new Thread(this::removeAtExit, "remove-workspace");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * A workspace in {@code parent}.
     *
     * @throws UsageException if nothing can be written there
     */
    static Workspace in(Path parent) {
        try {
            return new Workspace(Files.createTempDirectory(parent, ".rep4j-"));
        } catch (IOException e) {
            throw new UsageException("nothing can be written to the folder " + parent, e);
        }
    }

    /** A workspace in the system's folder for temporary files. */
    static Workspace temporary() {
        return in(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** A file of this name, to be published. */
    Path file(String name) {
        return folder.resolve(name);
    }

    /** A new folder for what is not to be published. */
    Path scratch(String name) {
        try {
            return Files.createDirectory(scratch.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Size of all files that wait to be published, in bytes. */
    long size() {
        long size = 0;
        try {
            for (Path file : files()) {
                size += Files.size(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return size;
    }

    /**
     * Moves the model and the files beside it to where they belong; the model comes last, so that it is there only when it
     * is complete.
     *
     * @param untouchable files that must not be replaced: the original reads from them
     * @throws UsageException if that fails
     */
    void publish(Path target, Set<Path> untouchable) {
        Path model = file(target.getFileName().toString());
        try {
            List<Path> files = files();
            for (Path file : files) {
                Path destination = target.resolveSibling(file.getFileName().toString());
                for (Path source : untouchable) {
                    if (Files.exists(destination) && Files.isSameFile(source, destination)) {
                        throw new UsageException(
                                destination + " holds the data of the original model: choose another output name");
                    }
                }
            }
            files.remove(model);
            files.add(model);
            for (Path file : files) {
                Path destination = target.resolveSibling(file.getFileName().toString());
                Files.move(file, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UsageException(target + " cannot be written", e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
    }

    @Override
    public void close() {
        try {
            remove();
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary folder " + folder + " cannot be removed", e);
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void remove() throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /** The interrupted work may still be writing: what it adds while the folder is being removed goes in the next attempt. */
    private void removeAtExit() {
        IOException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                remove();
                return;
            } catch (IOException | UncheckedIOException e) {
                last = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
            }
        }
        System.err.println("rep4j: the temporary folder " + folder + " could not be removed: " + last);
    }
}
