package org.rep4j.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The nets of {@link TrainingNets} in PyTorch, one thread: a process of its own, which does one thing at a time when it is asked to. */
final class TorchNets implements AutoCloseable {
    /** What there is to do about it where {@link #areInstalled} says no. */
    static final String MISSING =
            "PyTorch is left out: /usr/bin/python3 cannot import torch (on Debian: apt-get install python3-torch)";

    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private final Process process;
    private final BufferedReader answers;
    private final Writer tasks;
    private final String version;
    private final long numbers;

    private TorchNets(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.tasks = process.outputWriter(StandardCharsets.UTF_8);
        String[] greeting = answer().split(" ");
        this.version = greeting[0];
        this.numbers = Long.parseLong(greeting[1]);
    }

    /** Whether PyTorch is there. */
    static boolean areInstalled() throws IOException, InterruptedException {
        return Files.isExecutable(PYTHON)
                && new ProcessBuilder(PYTHON.toString(), "-c", "import torch")
                                .redirectErrorStream(true)
                                .redirectOutput(Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
    }

    static TorchNets start() throws IOException {
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-c", script()));
        command.addAll(List.of(number(TrainingNets.BATCH), number(TrainingNets.SIDE), number(TrainingNets.CLASSES)));
        command.addAll(List.of(numbers(TrainingNets.WIDTHS), numbers(TrainingNets.STRIDES)));
        return new TorchNets(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    private static String script() throws IOException {
        try (InputStream script =
                Objects.requireNonNull(TorchNets.class.getResourceAsStream("torch_nets.py"), "torch_nets.py")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String number(int number) {
        return Integer.toString(number);
    }

    private static String numbers(int... numbers) {
        return Arrays.stream(numbers).mapToObj(TorchNets::number).collect(Collectors.joining(","));
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("PyTorch's process has ended; standard error says why");
        }
        return line;
    }

    /** PyTorch's version. */
    String version() {
        return version;
    }

    /** How many parameters and running averages the net has. */
    long numbers() {
        return numbers;
    }

    /** A training step of the train form. */
    Timed step() {
        return () -> milliseconds("step");
    }

    /** The output of a batch. */
    Timed trainForm() {
        return () -> milliseconds("train form");
    }

    /** The output of a batch, each block one convolution; the process ends if the two forms do not agree. */
    Timed deployForm() {
        return () -> milliseconds("deploy form");
    }

    private double milliseconds(String task) throws IOException {
        tasks.write(task + "\n");
        tasks.flush();
        return Double.parseDouble(answer());
    }

    @Override
    public void close() {
        try {
            tasks.close(); // the end of what it reads is the end of the process
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
