package org.rep4j.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;

/**
 * What folding a large net takes in memory, beside what copying its weights takes, without reading or writing a file.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms6g", "-Xmx6g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 10, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class FoldBenchmark {
    /** The model. */
    @Param("REPVGG_B3")
    public BenchmarkModel model;

    private OnnxModel loaded;
    private List<ByteString> weights;

    /** Reads the model. */
    @Setup
    public void prepare() throws IOException {
        Path train = model.writeTemporary();
        loaded = OnnxModel.load(train);
        weights = ModelProto.parseFrom(Files.readAllBytes(train)).getGraph().getInitializerList().stream()
                .map(TensorProto::getRawData)
                .toList();
        Files.delete(train);
    }

    /** Copies each weight tensor into an array of its own. */
    @Benchmark
    public void copy(Blackhole sink) {
        weights.forEach(w -> sink.consume(w.toByteArray()));
    }

    /** Lifts, rewrites and lowers the graph, and computes the bytes of the folded weights. */
    @Benchmark
    public void fold() throws IOException {
        RepPass.standard().apply(loaded).graph().writeTo(OutputStream.nullOutputStream());
    }
}
