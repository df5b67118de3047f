package org.rep4j.convert;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.rep4j.convert.Verdict.Kind;

/** A second JVM that runs backend tests one by one, so that a native crash or an endless loop is a verdict. */
final class ChildJvm implements AutoCloseable {
    /** How the reason of a crash begins that the process was aborted for. */
    static final String ABORTED = "exit status 134";

    private final Process process;
    private final Socket socket;
    private final BufferedReader answers;
    private final PrintWriter questions;
    private final Path folder;

    private ChildJvm(Process process, Socket socket, Path folder) throws IOException {
        this.process = process;
        this.socket = socket;
        this.folder = folder;
        this.answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        this.questions = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /**
     * Starts it.
     *
     * @param folder for what the JVM writes when it dies; exists
     * @param patience how long it may take to start
     */
    static ChildJvm start(Path folder, Duration patience) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx1g",
                            "-XX:-CreateCoredumpOnCrash",
                            "-XX:ErrorFile=" + folder.resolve("crash-%p.log"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            Integer.toString(server.getLocalPort())))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("child.log").toFile());
            builder.environment().put("OMP_NUM_THREADS", "1");
            Process process = builder.start();
            try {
                server.setSoTimeout(Math.toIntExact(patience.toMillis()));
                return new ChildJvm(process, server.accept(), folder);
            } catch (IOException e) {
                process.destroyForcibly();
                throw e;
            }
        }
    }

    /** Runs a test. After a crash or a time-out the child is of no more use. */
    Verdict judge(Candidate candidate, BackendCase test, Duration patience) throws IOException {
        questions.println(candidate + " " + test);
        socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
        try {
            String answer = answers.readLine();
            return answer == null ? Verdict.of(Kind.CRASH, lastWords()) : Verdict.parse(answer);
        } catch (SocketTimeoutException e) {
            return Verdict.of(Kind.TIME_OUT, "no answer within " + patience.toSeconds() + " s");
        }
    }

    /** The signal, and where it hit. */
    private String lastWords() throws IOException {
        int status = waitFor();
        Path log = folder.resolve("crash-" + process.pid() + ".log");
        if (!Files.exists(log)) {
            List<String> said = Files.readAllLines(folder.resolve("child.log"), StandardCharsets.ISO_8859_1);
            return "exit status " + status + ": " + said.get(said.size() - 1);
        }
        try (Stream<String> lines = Files.lines(log)) {
            List<String> header =
                    lines.limit(30).map(line -> line.replaceFirst("^# *", "")).toList();
            String signal = header.stream()
                    .filter(line -> line.startsWith("SIG"))
                    .findFirst()
                    .orElse("");
            int frame = header.indexOf("Problematic frame:");
            return signal.replaceFirst(" .*", "") + " in "
                    + header.get(frame + 1)
                            .replaceAll("\\+0x[0-9a-f]+\\]?$", "")
                            .replaceFirst("^[CVJj] +\\[?", "");
        }
    }

    private int waitFor() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly();
        waitFor();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The other process. Ends when its parent does, whatever it is at. */
    static final class Child {
        private Child() {}

        public static void main(String... arguments) throws IOException, InterruptedException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
            BlockingQueue<String> questions = new LinkedBlockingQueue<>();
            Thread reader = new Thread(() -> read(socket, questions));
            reader.setDaemon(true);
            reader.start();
            PrintWriter answers = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
            while (true) {
                String[] question = questions.take().split(" ", 2);
                answers.println(Candidate.valueOf(question[0]).judge(BackendCase.named(question[1])));
            }
        }

        private static void read(Socket socket, BlockingQueue<String> questions) {
            try {
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                        .lines()
                        .forEach(questions::add);
                Runtime.getRuntime().halt(0);
            } catch (IOException | UncheckedIOException e) {
                Runtime.getRuntime().halt(1);
            }
        }
    }
}
