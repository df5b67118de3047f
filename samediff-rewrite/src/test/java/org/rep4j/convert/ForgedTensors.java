package org.rep4j.convert;

import static org.rep4j.testing.OnnxBuilder.header;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.nd4j.shade.protobuf.ByteString;

/** Tensors whose bytes are not what their declarations say. */
final class ForgedTensors {
    private static final long HUGE = 1L << 40;

    private ForgedTensors() {}

    /** By what is wrong with them. */
    static Map<String, TensorProto> all() {
        Map<String, TensorProto> tensors = new LinkedHashMap<>();
        tensors.put("too few bytes", raw(7, 2));
        tensors.put("too many bytes", raw(12, 2));
        tensors.put("no bytes", raw(0, 2));
        tensors.put("negative size", raw(8, -2));
        tensors.put("two negative sizes", raw(8, -1, -2));
        tensors.put("huge", raw(8, 1L << 62));
        tensors.put("more elements than a long counts", raw(8, HUGE, HUGE, HUGE));
        tensors.put("as many elements as a long wraps to", raw(8, 1L << 32, 1L << 32, 2));
        tensors.put("a size 0 beside huge ones", raw(8, 0, HUGE, HUGE));
        tensors.put("fewer numbers than elements", listed(1, 2, 2));
        tensors.put("no type", raw(8, 2).toBuilder().setDataType(0).build());
        tensors.put("unknown type", raw(8, 2).toBuilder().setDataType(99).build());
        return tensors;
    }

    private static TensorProto raw(int bytes, long... dims) {
        return header("w", DataType.FLOAT, dims)
                .setRawData(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private static TensorProto listed(int count, long... dims) {
        return header("w", DataType.FLOAT, dims)
                .addAllFloatData(Collections.nCopies(count, 1f))
                .build();
    }
}
