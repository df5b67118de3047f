package org.rep4j.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
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
            String choice = checkpoint.choice();
            requireMatch(choice.isEmpty() ? file.toString() : file + " (" + choice + ")", bindings, tensors);
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

    private static void requireMatch(String source, List<Binding> bindings, Map<String, Tensor> tensors) {
        Set<String> expected = bindings.stream().map(Binding::tensor).collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        List<String> mistyped = new ArrayList<>();
        for (Binding binding : bindings) {
            Tensor tensor = tensors.get(binding.tensor());
            if (tensor == null) {
                missing.add(binding.tensor());
            } else if (!tensor.shape().equals(binding.shape())) {
                misshapen.add(binding.tensor() + " is " + tensor.shape() + ", not " + binding.shape());
            } else if (!tensor.isFloatingPoint()) {
                mistyped.add(binding.tensor() + " is " + tensor.type() + ", not floating-point");
            }
        }
        List<String> unexpected = tensors.keySet().stream()
                .filter(name -> !expected.contains(name))
                .toList();
        Map<String, List<String>> mismatches = new LinkedHashMap<>();
        mismatches.put("missing", missing);
        mismatches.put("unexpected", unexpected);
        mismatches.put("misshapen", misshapen);
        mismatches.put("mistyped", mistyped);
        mismatches.values().removeIf(List::isEmpty);
        if (!mismatches.isEmpty()) {
            throw new WeightsMismatchException(source, mismatches);
        }
    }

    /** @throws IllegalArgumentException if the plan has made no net of such layers */
    static Form formOf(PublishedNet plan, ComputationGraph net) {
        return Arrays.stream(Form.values())
                .filter(form -> isOf(plan, form, net))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the net is not one that init or load of this plan has made: it has other layers"));
    }

    /** Whether the vertices that have weights have the layers of the plan: another layer may order its weights otherwise. */
    private static boolean isOf(PublishedNet plan, Form form, ComputationGraph net) {
        Map<String, GraphVertex> planned = plan.conf(form).getVertices();
        Map<String, GraphVertex> actual = net.getConfiguration().getVertices();
        return plan.bindings(form).stream()
                .allMatch(binding -> layer(actual.get(binding.vertex())) == layer(planned.get(binding.vertex()))
                        && net.getLayer(binding.vertex()).getParam(binding.parameter()) != null);
    }

    private static Class<?> layer(@Nullable GraphVertex vertex) {
        return vertex instanceof LayerVertex layer
                ? layer.getLayerConf().getLayer().getClass()
                : GraphVertex.class;
    }

    /** Writes all tensors of a net by the authors' names. */
    static void save(PublishedNet plan, ComputationGraph net, Path file) {
        Form form = formOf(plan, net);
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        plan.bindings(form).forEach(binding -> tensors.put(binding.tensor(), binding.save(parameter(net, binding))));
        Safetensors.write(file, tensors);
    }
}
