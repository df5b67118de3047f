package org.rep4j.onnx;

import java.util.List;
import java.util.stream.Stream;
import org.rep4j.graph.Node;

/**
 * The nodes of a model, by their numbers, that one node of the ConvGraph stands for.
 *
 * @param numbers in the order of the file, the one that writes the output last
 */
record NativeNodes(List<Integer> numbers) {

    NativeNodes {
        numbers = List.copyOf(numbers);
    }

    static NativeNodes of(int number) {
        return new NativeNodes(List.of(number));
    }

    /** Those that a lifted node stands for. */
    static NativeNodes of(Node node) {
        return (NativeNodes) node.info().handle().orElseThrow();
    }

    NativeNodes and(int number) {
        return new NativeNodes(
                Stream.concat(numbers.stream(), Stream.of(number)).toList());
    }
}
