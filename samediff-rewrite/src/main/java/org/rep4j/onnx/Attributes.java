package org.rep4j.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;
import org.rep4j.graph.InvalidGraphException;

/** The attributes of a node, by name, with their defaults. */
final class Attributes {
    private final Map<String, AttributeProto> byName = new HashMap<>();
    private final String owner;

    Attributes(NodeProto node, String owner) {
        this.owner = owner;
        node.getAttributeList().forEach(a -> byName.put(a.getName(), a));
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    long integer(String name, long otherwise) {
        AttributeProto attribute = byName.get(name);
        return attribute == null ? otherwise : attribute.getI();
    }

    double number(String name, double otherwise) {
        AttributeProto attribute = byName.get(name);
        return attribute == null ? otherwise : attribute.getF();
    }

    String text(String name, String otherwise) {
        AttributeProto attribute = byName.get(name);
        return attribute == null ? otherwise : attribute.getS().toStringUtf8();
    }

    Optional<TensorProto> tensor(String name) {
        return Optional.ofNullable(byName.get(name)).map(AttributeProto::getT);
    }

    Optional<List<Long>> integers(String name) {
        return Optional.ofNullable(byName.get(name)).map(AttributeProto::getIntsList);
    }

    Optional<double[]> numbers(String name) {
        return Optional.ofNullable(byName.get(name))
                .map(a -> a.getFloatsList().stream().mapToDouble(v -> v).toArray());
    }

    Optional<List<String>> texts(String name) {
        return Optional.ofNullable(byName.get(name))
                .map(a -> a.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
    }

    /**
     * A list of {@code count} small integers.
     *
     * @throws InvalidGraphException if the list is of another length, or a number does not fit an int
     */
    int[] integers(String name, int count, int otherwise) {
        int[] result = new int[count];
        List<Long> list = integers(name).orElse(null);
        if (list != null && list.size() != count) {
            throw new InvalidGraphException(owner + " has " + list.size() + " " + name + " but works on "
                    + count / (name.equals("pads") ? 2 : 1) + " spatial axes");
        }
        for (int i = 0; i < count; i++) {
            long value = list == null ? otherwise : list.get(i);
            if (value != (int) value) {
                throw new InvalidGraphException(owner + " has " + name + " of " + value);
            }
            result[i] = (int) value;
        }
        return result;
    }
}
