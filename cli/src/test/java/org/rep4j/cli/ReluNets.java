package org.rep4j.cli;

import java.nio.file.Path;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.graph.Shape;
import org.rep4j.onnx.OnnxModelBuilder;
import org.rep4j.onnx.OnnxNode;
import org.rep4j.onnx.OnnxType;

/** Nets so small that only their names and shapes matter. */
final class ReluNets {
    private static final Shape IMAGES = Shape.of(-1, 3, -1, -1);

    private ReluNets() {}

    /** Writes y = relu(x) for images of any size, as an ONNX model. */
    static Path onnx(Path file) {
        return ops(file, "Relu");
    }

    /** Writes a row of ONNX ops, each of which reads what the one before it writes; x goes in, y comes out. */
    static Path ops(Path file, String... types) {
        OnnxModelBuilder builder = new OnnxModelBuilder("row", 13);
        builder.input("x", OnnxType.FLOAT, IMAGES);
        List<String> row = List.of(types);
        for (int i = 0; i < row.size(); i++) {
            builder.node(OnnxNode.of(row.get(i))
                    .reads(i == 0 ? "x" : "value_" + i)
                    .writes(i == row.size() - 1 ? "y" : "value_" + (i + 1))
                    .name("node_" + i)
                    .build());
        }
        builder.output("y", OnnxType.FLOAT, IMAGES);
        builder.build().save(file);
        return file;
    }

    /** Writes inner = relu(x), y = relu(inner), as a SameDiff graph. */
    static Path sameDiff(Path file) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 3, -1, -1);
        graph.nn.relu("y", graph.nn.relu("inner", x, 0), 0);
        graph.save(file.toFile(), true);
        return file;
    }

    /** Writes hidden = relu(x), y = sigmoid(hidden), as a SameDiff graph. */
    static Path sigmoid(Path file) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 3, -1, -1);
        graph.nn.sigmoid("y", graph.nn.relu("hidden", x, 0));
        graph.save(file.toFile(), true);
        return file;
    }
}
