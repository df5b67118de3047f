package org.rep4j.onnx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import onnx.Onnx.NodeProto;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.Value;

/** What the emitters of single ops share while a graph is written: its names, and the constants that new nodes read. */
final class Emission {
    private final ConvGraph graph;
    private final OnnxModel source;
    private final Constants constants;
    private final List<NewTensor> tensors = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    Emission(ConvGraph graph, OnnxModel source, Constants constants) {
        this.graph = graph;
        this.source = source;
        this.constants = constants;
    }

    long opset() {
        return source.opset();
    }

    /** The initializers that the emitted nodes read. */
    List<NewTensor> tensors() {
        return tensors;
    }

    /** {@code base} or something like it: a name that nothing else has. */
    String fresh(String base) {
        String name = graph.freshName(base);
        for (int n = 1; !taken.add(name); n++) {
            name = graph.freshName(base + "_" + n);
        }
        return name;
    }

    /** Adds an initializer, of a name like {@code base}; returns its name. */
    String tensor(String base, List<Long> dims, ElementType type, Supplier<double[]> content) {
        String name = fresh(base);
        tensors.add(new NewTensor(name, dims, type, content));
        return name;
    }

    /** Adds the initializers of a kernel; returns the names of the weights and, if there is one, the bias. */
    List<String> kernel(KernelSource kernel, KernelLayout layout, String base) {
        List<NewTensor> parameters = KernelTensors.of(
                kernel, layout, fresh(base + ".weight"), kernel.hasBias() ? fresh(base + ".bias") : null);
        tensors.addAll(parameters);
        return parameters.stream().map(NewTensor::name).toList();
    }

    /** Adds, in front of {@code nodes}, a Constant of 64-bit integers: what sizes and axes are. Returns its name. */
    String integers(String base, Collection<? extends Number> values, List<NodeProto> nodes) {
        String name = fresh(base);
        nodes.add(NodeProtos.integerConstant(fresh(base), values, name));
        return name;
    }

    /** Names of stored weights and, if there is one, the bias. */
    List<String> storedNames(StoredKernel stored) {
        List<String> names = new ArrayList<>(List.of(constants.nameOf(stored.weights())));
        stored.bias().map(constants::nameOf).ifPresent(names::add);
        return names;
    }

    /**
     * The number format of the constants of an op that reads {@code input} and writes {@code output}.
     *
     * @throws InvalidGraphException if neither of them tells, nor the model's inputs
     */
    ElementType type(Value input, Value output) {
        if (output.type().isFloatingPoint()) {
            return output.type();
        }
        if (input.type().isFloatingPoint()) {
            return input.type();
        }
        List<ElementType> types = source.inputs().stream()
                .map(Value::type)
                .filter(ElementType::isFloatingPoint)
                .distinct()
                .toList();
        if (types.size() != 1) {
            throw new InvalidGraphException("the number format of " + output.name() + " is not known");
        }
        return types.get(0);
    }
}
