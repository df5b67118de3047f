package org.rep4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** The first import of a JVM, classes and native libraries yet to be loaded; a new JVM for each sample. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class FirstImportBenchmark {
    /** The model. */
    @Param
    public BenchmarkModel model;

    private Path file;

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

    /** Reads and converts the file; ND4J starts meanwhile. */
    @Benchmark
    public SameDiff convert() {
        return OnnxToSameDiff.convert(file);
    }

    /** ND4J's start alone, for comparison. */
    @Benchmark
    public INDArray start() {
        return Nd4j.scalar(1f);
    }
}
