package org.rep4j.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;
import org.nd4j.shade.protobuf.UnsafeByteOperations;
import org.rep4j.graph.FileBytes;
import org.rep4j.graph.UnreadableModelException;

/** Reads model files from strangers. */
final class OnnxReader {
    /** Graphs nest in attributes of nodes of graphs; ten messages a level. */
    private static final int DEEPEST_NESTING = 200;

    private OnnxReader() {}

    static OnnxModel read(Path file) {
        ModelProto proto = parse(file);
        if (proto.getGraph().getOutputCount() == 0) {
            throw new UnreadableModelException(file + " is not an ONNX model: it contains no graph");
        }
        checkOpset(file, proto);
        Path folder = file.toAbsolutePath().getParent();
        ExternalFiles files = new ExternalFiles(folder, file.toString());
        Tensors.forEach(proto, t -> StoredTensor.check(t, files));
        return new OnnxModel(proto, files, List.of());
    }

    private static ModelProto parse(Path file) {
        if (!Files.exists(file)) {
            throw new UnreadableModelException(file + " does not exist");
        }
        if (!Files.isRegularFile(file)) {
            throw new UnreadableModelException(file + " is not a file");
        }
        try {
            if (Files.size(file) > Integer.MAX_VALUE - 8) {
                throw new UnreadableModelException(
                        file + " is larger than the 2 GB that an ONNX file can be: use external data");
            }
            byte[] bytes = FileBytes.read(file);
            if (bytes.length == 0) {
                throw new UnreadableModelException(file + " is empty");
            }
            // Tensors share the bytes instead of copying them.
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            input.setRecursionLimit(DEEPEST_NESTING);
            return ModelProto.parseFrom(input);
        } catch (InvalidProtocolBufferException e) {
            throw new UnreadableModelException(file + " is not an ONNX model, or a truncated one", e);
        } catch (IOException e) {
            throw new UnreadableModelException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void checkOpset(Path file, ModelProto proto) {
        long opset = opset(proto);
        if (opset < OnnxModel.OLDEST_OPSET || opset > OnnxModel.NEWEST_OPSET) {
            throw new UnreadableModelException(file + (opset == 0 ? " names no operator set" : " uses opset " + opset)
                    + "; supported are " + OnnxModel.OLDEST_OPSET + " to " + OnnxModel.NEWEST_OPSET
                    + ": export or convert it to one of these");
        }
    }

    /** Version of the default operator set, 0 if none is named. */
    static long opset(ModelProto proto) {
        return proto.getOpsetImportList().stream()
                .filter(o -> isDefaultDomain(o.getDomain()))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(0);
    }

    static boolean isDefaultDomain(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }
}
