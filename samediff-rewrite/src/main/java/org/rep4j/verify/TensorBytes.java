package org.rep4j.verify;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.rep4j.graph.Shape;

/** Tensors as ONNX Runtime keeps them in memory. */
final class TensorBytes {
    private TensorBytes() {}

    /** The elements as bytes in native order. */
    static ByteBuffer encode(Tensor tensor) {
        TensorType type = tensor.type();
        int size = tensor.reals().length + tensor.integers().length;
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.multiplyExact(size, width(type))).order(ByteOrder.nativeOrder());
        for (double value : tensor.reals()) {
            switch (type) {
                case FLOAT16 -> bytes.putShort(Fp16Conversions.floatToFp16((float) value));
                case BFLOAT16 -> bytes.putShort(Fp16Conversions.floatToBf16((float) value));
                case FLOAT32 -> bytes.putFloat((float) value);
                default -> bytes.putDouble(value);
            }
        }
        for (long value : tensor.integers()) {
            switch (width(type)) {
                case 1 -> bytes.put((byte) value);
                case 2 -> bytes.putShort((short) value);
                case 4 -> bytes.putInt((int) value);
                default -> bytes.putLong(value);
            }
        }
        return bytes.flip();
    }

    /** The tensor of which {@code bytes}, in native order, are the elements. */
    static Tensor decode(TensorType type, Shape shape, ByteBuffer bytes) {
        bytes.order(ByteOrder.nativeOrder());
        int size = Math.toIntExact(shape.elements());
        if (type.isFloatingPoint()) {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = switch (type) {
                    case FLOAT16 -> Fp16Conversions.fp16ToFloat(bytes.getShort());
                    case BFLOAT16 -> Fp16Conversions.bf16ToFloat(bytes.getShort());
                    case FLOAT32 -> bytes.getFloat();
                    default -> bytes.getDouble();
                };
            }
            return Tensor.ofReals(type, shape, values);
        }
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = switch (type) {
                case UINT8 -> Byte.toUnsignedLong(bytes.get());
                case BOOL, INT8 -> bytes.get();
                case INT16 -> bytes.getShort();
                case INT32 -> bytes.getInt();
                default -> bytes.getLong();
            };
        }
        return Tensor.ofIntegers(type, shape, values);
    }

    private static int width(TensorType type) {
        return switch (type) {
            case INT8, UINT8, BOOL -> 1;
            case FLOAT16, BFLOAT16, INT16 -> 2;
            case FLOAT32, INT32 -> 4;
            case FLOAT64, INT64 -> 8;
        };
    }
}
