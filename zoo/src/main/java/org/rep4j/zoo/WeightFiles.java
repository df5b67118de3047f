package org.rep4j.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.zoo.weights.Checkpoint;
import org.rep4j.zoo.weights.Safetensors;
import org.rep4j.zoo.weights.Tensor;

/** Brings weights from checkpoints into nets, and back. */
final class WeightFiles {
    /** How many batches a batch normalization has seen, which PyTorch keeps count of and nothing reads. */
    private static final String COUNTER = ".num_batches_tracked";

    private WeightFiles() {}

    /** The net in the form whose weights a file holds. */
    static ComputationGraph load(PublishedNet plan, Path file) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
            tensors.keySet().removeIf(name -> name.endsWith(COUNTER));
            Form form = form(plan, tensors.keySet());
            List<Binding> bindings = plan.bindings(form);
            requireMatch(file, bindings, tensors);
            ComputationGraph net = plan.init(form);
            for (Binding binding : bindings) {
                INDArray target = parameter(net, binding);
                binding.load(
                        Objects.requireNonNull(tensors.get(binding.tensor())).read(target.dataType()), target);
            }
            return net;
        }
    }

    private static INDArray parameter(ComputationGraph net, Binding binding) {
        return Objects.requireNonNull(net.getLayer(binding.vertex()).getParam(binding.parameter()), binding.tensor());
    }

    /** The form of which more is there. */
    private static Form form(PublishedNet plan, Set<String> names) {
        return missing(plan, Form.DEPLOY, names) < missing(plan, Form.TRAIN, names) ? Form.DEPLOY : Form.TRAIN;
    }

    private static long missing(PublishedNet plan, Form form, Set<String> names) {
        return plan.bindings(form).stream()
                .filter(binding -> !names.contains(binding.tensor()))
                .count();
    }

    private static void requireMatch(Path file, List<Binding> bindings, Map<String, Tensor> tensors) {
        Set<String> expected = bindings.stream().map(Binding::tensor).collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        for (Binding binding : bindings) {
            Tensor tensor = tensors.get(binding.tensor());
            if (tensor == null) {
                missing.add(binding.tensor());
            } else if (!tensor.shape().equals(binding.shape())) {
                misshapen.add(binding.tensor() + " is " + tensor.shape() + ", not " + binding.shape());
            }
        }
        List<String> unexpected = tensors.keySet().stream()
                .filter(name -> !expected.contains(name))
                .toList();
        if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
            throw new WeightsMismatchException(file.toString(), missing, unexpected, misshapen);
        }
    }

    /** Writes all tensors of a net by the authors' names. */
    static void save(PublishedNet plan, ComputationGraph net, Path file) {
        Form form = net.getConfiguration().equals(plan.conf(Form.DEPLOY)) ? Form.DEPLOY : Form.TRAIN;
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        plan.bindings(form).forEach(binding -> tensors.put(binding.tensor(), binding.save(parameter(net, binding))));
        Safetensors.write(file, tensors);
    }
}
