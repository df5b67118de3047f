package org.rep4j.zoo.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.zoo.weights.Pickle.Global;

/** The few functions and classes by which PyTorch writes tensors, as data. */
final class Torch {
    private static final Set<String> MAPS = Set.of("collections.OrderedDict");
    private static final String REBUILD = "torch._utils._rebuild_tensor_v2";
    private static final String OLDER_REBUILD = "torch._utils._rebuild_tensor";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final String SIZE = "torch.Size";

    /** A pickle may ask again and again for a dictionary of the same pairs; Python 2 writes each of its own. */
    private static final int MOST_PAIRS = 1 << 20;

    private final Storages storages;
    private int pairs;

    /** @param storages of the file */
    Torch(Storages storages) {
        this.storages = storages;
    }

    /** Finds the numbers of a storage. */
    interface Storages {
        /**
         * A storage.
         *
         * @throws UnreadableModelException if the file does not have as many numbers
         */
        Storage of(NumberType type, String key, long count);
    }

    /**
     * A tensor without its name.
     *
     * @param first element in the storage
     */
    record View(Storage storage, long first, List<Long> shape, List<Long> strides) {
        Tensor named(String name) {
            return new Tensor(name, shape, strides, first, storage);
        }
    }

    /** What a persistent id stands for: {@code ('storage', type, key, location, count)}, and older ones a view of it. */
    Storage storage(List<?> id) {
        boolean known = id.size() >= 5 && id.get(0).equals("storage") && id.get(1) instanceof Global;
        if (!known || id.size() > 5 && id.get(5) != Pickle.None.NONE) {
            throw new UnreadableModelException("it has a storage of a kind that is not known");
        }
        Global name = (Global) id.get(1);
        NumberType type = NumberType.ofStorage(name.name())
                .filter(t -> name.module().equals("torch"))
                .orElseThrow(() -> new UnreadableModelException("it has numbers of the type " + name));
        if (id.get(2) instanceof String key && id.get(4) instanceof Long count && count >= 0) {
            return storages.of(type, key, count);
        }
        throw new UnreadableModelException("it has a storage of a kind that is not known");
    }

    /** What a call would give, if it is one of the few that make tensors and dictionaries. */
    Object call(Global function, List<?> arguments) {
        String name = function.toString();
        if (MAPS.contains(name)) {
            return map(arguments);
        }
        if (name.equals(PARAMETER) && !arguments.isEmpty() && arguments.get(0) instanceof View view) {
            return view;
        }
        if (name.equals(SIZE) && arguments.size() == 1) {
            return arguments.get(0);
        }
        boolean rebuilds = name.equals(REBUILD) || name.equals(OLDER_REBUILD);
        if (rebuilds
                && arguments.size() >= 4
                && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Long first) {
            return new View(storage, first, numbers(arguments.get(2)), numbers(arguments.get(3)));
        }
        throw new UnreadableModelException("its pickle calls " + name + ", and only tensors are read");
    }

    private Map<Object, Object> map(List<?> arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (!arguments.isEmpty() && arguments.get(0) instanceof List<?> all) {
            if (all.size() > MOST_PAIRS - pairs) {
                throw new UnreadableModelException("its pickle has dictionaries of more than " + MOST_PAIRS + " pairs");
            }
            pairs += all.size();
            for (Object pair : all) {
                if (!(pair instanceof List<?> two && two.size() == 2 && two.get(0) instanceof String key)) {
                    throw new UnreadableModelException("its pickle has a dictionary of something else than pairs");
                }
                map.put(key, two.get(1));
            }
        }
        return map;
    }

    private static List<Long> numbers(Object value) {
        List<Long> numbers = new ArrayList<>();
        if (value instanceof List<?> all) {
            if (all.size() > Tensor.MOST_DIMENSIONS) {
                throw new UnreadableModelException("it has a tensor of " + all.size() + " dimensions");
            }
            for (Object each : all) {
                if (!(each instanceof Long number && number >= 0)) {
                    throw new UnreadableModelException("it has a tensor of a size or stride that is no natural number");
                }
                numbers.add(number);
            }
            return numbers;
        }
        throw new UnreadableModelException("it has a tensor without a shape");
    }
}
