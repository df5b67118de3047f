package org.rep4j.zoo.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.UnreadableModelException;

/**
 * The tensors in what a checkpoint of PyTorch holds: a dictionary of them, or one that has such a dictionary among other things.
 *
 * @param tensors by name, in the file's order
 * @param choice which of the file's tensors they are, for messages; empty if they are all, by their own names
 */
record StateDict(Map<String, Tensor> tensors, String choice) {
    /** What training scripts call it, in the order in which it is looked for. */
    private static final Set<String> USUAL = new LinkedHashSet<>(
            List.of("state_dict", "model", "model_state_dict", "model_state", "net", "model_ema", "state_dict_ema"));

    private static final String PARALLEL = "module.";

    /**
     * The tensors by name, without the prefix that {@code DataParallel} gives to all of them. Training scripts save tensors beside their net's, the best
     * accuracy for one: a dictionary with one of the usual names goes before what is at the top.
     *
     * @throws UnreadableModelException if there are none
     */
    static StateDict of(Object content) {
        if (content instanceof Map<?, ?> all) {
            for (String name : USUAL) {
                if (all.get(name) instanceof Map<?, ?> map && holds(map)) {
                    return withoutPrefix(tensors(map), name);
                }
            }
            if (holds(all)) {
                return withoutPrefix(tensors(all), "");
            }
            Map.Entry<?, ?> entry = onlyOne(all);
            if (entry != null) {
                return withoutPrefix(tensors(entry.getValue()), String.valueOf(entry.getKey()));
            }
        }
        throw new UnreadableModelException("it has no dictionary of tensors, neither at the top nor in an entry");
    }

    /** The entry that holds tensors, null if none does. */
    private static Map.@Nullable Entry<?, ?> onlyOne(Map<?, ?> all) {
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
        return found.isEmpty() ? null : found.get(0);
    }

    private static boolean holds(Map<?, ?> map) {
        return map.entrySet().stream()
                .anyMatch(entry -> entry.getKey() instanceof String && entry.getValue() instanceof Torch.View);
    }

    private static Map<String, Tensor> tensors(Object content) {
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

    private static StateDict withoutPrefix(Map<String, Tensor> tensors, String place) {
        if (!tensors.keySet().stream().allMatch(name -> name.startsWith(PARALLEL))) {
            return new StateDict(tensors, place);
        }
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> renamed.put(name.substring(PARALLEL.length()), tensor));
        return new StateDict(renamed, (place.isEmpty() ? "" : place + ", ") + "without the prefix " + PARALLEL);
    }
}
