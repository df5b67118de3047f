package org.rep4j.benchmarks;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** ONNX Runtime opening the same files, with its own graph optimizations and without; the difference is what they take. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 2, time = 2)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class SessionBenchmark {
    /** The model. */
    @Param
    public BenchmarkModel model;

    private Path train;
    private OrtSession session;

    /** Writes the model. */
    @Setup
    public void prepare() {
        train = model.writeTemporary();
    }

    /** Deletes the file. */
    @TearDown
    public void cleanUp() throws IOException {
        Files.delete(train);
    }

    /** Closes the session, outside of the measurement. */
    @TearDown(Level.Invocation)
    public void close() throws OrtException {
        session.close();
    }

    /** Opens the file as it is. */
    @Benchmark
    public OrtSession unoptimized() throws OrtException {
        session = Sessions.open(train, OptLevel.NO_OPT);
        return session;
    }

    /** Opens the file with all optimizations. */
    @Benchmark
    public OrtSession optimized() throws OrtException {
        session = Sessions.open(train, OptLevel.ALL_OPT);
        return session;
    }
}
