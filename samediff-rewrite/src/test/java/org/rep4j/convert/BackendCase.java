package org.rep4j.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.ValueInfoProto;
import org.rep4j.testing.TypedTensor;

/**
 * One of ONNX's backend tests, as Debian's libonnx-testdata has them: a model, and inputs with the outputs that they must give.
 *
 * @param folder where its files are
 */
record BackendCase(Path folder) {
    /** Where Debian has them. */
    static final Path DATA = Path.of("/usr/share/libonnx-testdata/data");

    private static final List<String> KINDS = List.of("node", "pytorch-converted", "pytorch-operator", "simple");

    /** Inputs and the outputs that they must give, by name. */
    record DataSet(Map<String, TypedTensor> inputs, Map<String, TypedTensor> outputs) {}

    /** All of them, sorted within each kind. */
    static List<BackendCase> all() {
        return KINDS.stream()
                .flatMap(kind -> folders(DATA.resolve(kind)).stream())
                .map(BackendCase::new)
                .toList();
    }

    /** The one of this kind and name, separated by a slash. */
    static BackendCase named(String kindAndName) {
        return new BackendCase(DATA.resolve(kindAndName));
    }

    private static List<Path> folders(Path parent) {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its model. */
    ModelProto proto() {
        return read(folder.resolve("model.onnx"));
    }

    /** Reads a model. */
    static ModelProto read(Path file) {
        try {
            return ModelProto.parseFrom(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ops of its model; those of other domains than ONNX's own with their domain. */
    Set<String> ops() {
        return proto().getGraph().getNodeList().stream()
                .map(BackendCase::op)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String op(NodeProto node) {
        String domain = node.getDomain();
        return domain.isEmpty() || domain.equals("ai.onnx") ? node.getOpType() : domain + "." + node.getOpType();
    }

    /** Whether all that goes in and out are tensors. */
    boolean isOfTensors() {
        GraphProto graph = proto().getGraph();
        return Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
                .allMatch(value -> value.getType().hasTensorType());
    }

    /** Whether something that goes in or out consists of strings. */
    boolean hasStrings() {
        GraphProto graph = proto().getGraph();
        return Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
                .anyMatch(value -> value.getType().getTensorType().getElemType() == DataType.STRING.getNumber());
    }

    /** Whether the converters promise all of its ops, and it is about tensors only. */
    boolean isInScope() {
        return isOfTensors() && ops().stream().allMatch(BackendScope::promises);
    }

    /** Whether its model is of an operator set that must be {@linkplain OlderOpsets raised}. */
    boolean isOfOldOpset() {
        return OlderOpsets.isOld(proto());
    }

    /** Names of what its model computes. */
    List<String> outputs() {
        return proto().getGraph().getOutputList().stream()
                .map(ValueInfoProto::getName)
                .toList();
    }

    /** What to feed, and what must come out. */
    List<DataSet> dataSets() {
        GraphProto graph = proto().getGraph();
        Set<String> initialized =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !initialized.contains(input.getName()))
                .toList();
        return folders(folder).stream()
                .map(set -> new DataSet(tensors(set, "input", inputs), tensors(set, "output", graph.getOutputList())))
                .toList();
    }

    private static Map<String, TypedTensor> tensors(Path set, String what, List<ValueInfoProto> values) {
        Map<String, TypedTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            ValueInfoProto value = values.get(i);
            TensorProto tensor = parse(set.resolve(what + "_" + i + ".pb"));
            boolean isBfloat16 = value.getType().getTensorType().getElemType() == DataType.BFLOAT16.getNumber();
            tensors.put(value.getName(), TypedTensor.of(isBfloat16 ? asBfloat16(tensor) : tensor));
        }
        return tensors;
    }

    /** NumPy, which the tests were written with, has no bfloat16: the files say uint16. */
    private static TensorProto asBfloat16(TensorProto tensor) {
        return tensor.toBuilder().setDataType(DataType.BFLOAT16.getNumber()).build();
    }

    private static TensorProto parse(Path file) {
        try {
            return TensorProto.parseFrom(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kind and name. */
    @Override
    public String toString() {
        return DATA.relativize(folder).toString();
    }
}
