package org.rep4j.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.convert.OnnxToSameDiff;

/** A converted net in SameDiff. How many threads it has is the environment's decision: {@code OMP_NUM_THREADS}. */
final class SameDiffNet implements ReadyNet {
    private final SameDiff graph;
    private final List<String> outputs;
    private final Map<String, INDArray> image;

    private SameDiffNet(SameDiff graph) {
        this.graph = graph;
        this.outputs = graph.outputs();
        String input = graph.inputs().get(0);
        long[] shape = Arrays.stream(graph.getVariable(input).placeholderShape())
                .map(size -> Math.max(size, 1))
                .toArray();
        this.image = Map.of(input, Nd4j.randn(DataType.FLOAT, shape));
    }

    static SameDiffNet open(Path model) {
        return new SameDiffNet(OnnxToSameDiff.convert(model));
    }

    @Override
    public double milliseconds() {
        long start = System.nanoTime();
        Map<String, INDArray> results = graph.output(image, outputs);
        long end = System.nanoTime();
        results.values().forEach(INDArray::close);
        return (end - start) / 1e6;
    }

    @Override
    public void close() {
        release(graph);
    }

    /** Frees the weights without waiting for the garbage collector, which does not see how large they are. */
    static void release(SameDiff graph) {
        graph.variables().stream()
                .filter(SDVariable::isConstant)
                .map(SDVariable::getArr)
                .filter(INDArray::closeable)
                .forEach(INDArray::close);
    }
}
