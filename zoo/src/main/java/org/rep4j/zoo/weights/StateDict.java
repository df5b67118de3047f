package org.rep4j.zoo.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.UnreadableModelException;

/** Finds the tensors in what a checkpoint of PyTorch holds: a dictionary of them, or one that has such a dictionary among other things. */
final class StateDict {
    /** What training scripts call it, in the order in which it is looked for. */
    private static final Set<String> USUAL = new LinkedHashSet<>(
            List.of("state_dict", "model", "model_state_dict", "model_state", "net", "model_ema", "state_dict_ema"));

    private static final String PARALLEL = "module.";

    private StateDict() {}

    /**
     * The tensors by name, without the prefix that {@code DataParallel} gives to all of them. A usual name goes before what is at the top: training
     * scripts save the best accuracy there, which may be a tensor.
     *
     * @throws UnreadableModelException if there are none
     */
    static Map<String, Tensor> of(Object content) {
        Map<String, Tensor> tensors = Map.of();
        if (content instanceof Map<?, ?> all) {
            for (String name : USUAL) {
                if (tensors.isEmpty()) {
                    tensors = tensors(all.get(name));
                }
            }
            if (tensors.isEmpty()) {
                tensors = tensors(all);
            }
            if (tensors.isEmpty()) {
                tensors = tensors(onlyOne(all));
            }
        }
        if (tensors.isEmpty()) {
            throw new UnreadableModelException("it has no dictionary of tensors, neither at the top nor in an entry");
        }
        return withoutPrefix(tensors);
    }

    /** The entry that holds tensors, null if none does. */
    private static @Nullable Object onlyOne(Map<?, ?> all) {
        List<Map.Entry<?, ?>> found = new ArrayList<>();
        for (Map.Entry<?, ?> entry : all.entrySet()) {
            if (entry.getKey() instanceof String && entry.getValue() instanceof Map<?, ?> map && holds(map)) {
                found.add(entry);
            }
            if (found.size() > 1) {
                throw new UnreadableModelException("it has several dictionaries of tensors, as "
                        + found.get(0).getKey() + " and " + found.get(1).getKey() + ": save the one that is wanted");
            }
        }
        return found.isEmpty() ? null : found.get(0).getValue();
    }

    private static boolean holds(Map<?, ?> map) {
        return map.entrySet().stream()
                .anyMatch(entry -> entry.getKey() instanceof String && entry.getValue() instanceof Torch.View);
    }

    private static Map<String, Tensor> tensors(@Nullable Object content) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        if (content instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key instanceof String name && value instanceof Torch.View view) {
                    tensors.put(name, view.named(name));
                }
            });
        }
        return tensors;
    }

    private static Map<String, Tensor> withoutPrefix(Map<String, Tensor> tensors) {
        if (!tensors.keySet().stream().allMatch(name -> name.startsWith(PARALLEL))) {
            return tensors;
        }
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> renamed.put(name.substring(PARALLEL.length()), tensor));
        return renamed;
    }
}
