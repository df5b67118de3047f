package org.rep4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;

/**
 * The three steps of a deployment, from file to file. Kernels are computed when the result is saved, so that the folds'
 * arithmetic is part of {@link #save} and not of {@link #pass}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms4g", "-Xmx4g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class DeployBenchmark {
    /** The model. */
    @Param
    public BenchmarkModel model;

    private Path train;
    private Path deployed;
    private OnnxModel loaded;
    private OnnxModel folded;

    /** Writes the model, and prepares the input of each step. */
    @Setup
    public void prepare() throws IOException {
        train = model.writeTemporary();
        deployed = Files.createTempFile("rep4j-benchmark", "-deploy.onnx");
        loaded = OnnxModel.load(train);
        folded = RepPass.standard().apply(loaded).graph();
    }

    /** Deletes the files. */
    @TearDown
    public void cleanUp() throws IOException {
        Files.delete(train);
        Files.delete(deployed);
    }

    /** Reads and checks the file. */
    @Benchmark
    public OnnxModel load() {
        return OnnxModel.load(train);
    }

    /** Lifts, rewrites and lowers the graph. */
    @Benchmark
    public RepResult<OnnxModel> pass() {
        return RepPass.standard().apply(loaded);
    }

    /** Computes the folded kernels and writes the file. */
    @Benchmark
    public void save() {
        folded.save(deployed);
    }
}
