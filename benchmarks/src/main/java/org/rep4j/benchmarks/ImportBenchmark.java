package org.rep4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SameDiff;
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
import org.rep4j.convert.OnnxToSameDiff;

/** An ONNX file becomes a SameDiff graph, in a JVM that has done so before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class ImportBenchmark {
    /** The model. */
    @Param
    public BenchmarkModel model;

    private Path file;
    private SameDiff graph;

    /** Writes the model. */
    @Setup
    public void prepare() {
        file = model.writeTemporary();
    }

    /** Deletes the file. */
    @TearDown
    public void cleanUp() throws IOException {
        Files.delete(file);
    }

    /** Frees the weights, outside of the measurement. */
    @TearDown(Level.Invocation)
    public void release() {
        SameDiffNet.release(graph);
    }

    /** Reads and converts the file. */
    @Benchmark
    public SameDiff convert() {
        graph = OnnxToSameDiff.convert(file);
        return graph;
    }
}
