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

/** A net in SameDiff. How many threads it has is the environment's decision: {@code OMP_NUM_THREADS}. */
final class SameDiffNet implements ReadyNet {
    private final SameDiff graph;
    private final List<String> outputs;
    private final Map<String, INDArray> images;

    private SameDiffNet(SameDiff graph, String output, INDArray images) {
        this.graph = graph;
        this.outputs = List.of(output);
        this.images = Map.of(graph.inputs().get(0), images);
    }

    /** A net of one input, and images for it. */
    static SameDiffNet of(SameDiff graph, String output, INDArray images) {
        return new SameDiffNet(graph, output, images);
    }

    /** An ONNX model of one input and one output, and an image of the size that it asks for. */
    static SameDiffNet open(Path model) {
        SameDiff graph = OnnxToSameDiff.convert(model);
        long[] shape = Arrays.stream(graph.getVariable(graph.inputs().get(0)).placeholderShape())
                .map(size -> Math.max(size, 1))
                .toArray();
        return new SameDiffNet(graph, graph.outputs().get(0), Nd4j.randn(DataType.FLOAT, shape));
    }

    @Override
    public double milliseconds() {
        long start = System.nanoTime();
        Map<String, INDArray> results = graph.output(images, outputs);
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
