package org.rep4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/** Counts what papers count: weights, biases, and the factors and shifts of BatchNorms. */
final class Parameters {
    private Parameters() {}

    /** Elements of all floating-point initializers but means and variances of BatchNorms and what ScatterND ops write. */
    static long trainable(Path file) throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        Set<String> others = new HashSet<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            if (node.getOpType().equals("BatchNormalization")) {
                others.add(node.getInput(3));
                others.add(node.getInput(4));
            } else if (node.getOpType().equals("ScatterND")) {
                others.add(node.getInput(2));
            }
        }
        return model.getGraph().getInitializerList().stream()
                .filter(t -> t.getDataType() == TensorProto.DataType.FLOAT.getNumber())
                .filter(t -> !others.contains(t.getName()))
                .mapToLong(Parameters::elements)
                .sum();
    }

    private static long elements(TensorProto tensor) {
        return tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
    }
}
