package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.graph.ElementType;

/** Numbers of ONNX tensors as bytes (little-endian, as raw_data and external files have them) and back. */
final class TensorCodec {
    private static final int UNSIZED = -1;

    private TensorCodec() {}

    /** The format of floating-point tensors; {@link ElementType#OTHER} for the rest. */
    static ElementType elementType(int dataType) {
        return switch (dataType) {
            case DataType.FLOAT16_VALUE -> ElementType.FLOAT16;
            case DataType.BFLOAT16_VALUE -> ElementType.BFLOAT16;
            case DataType.FLOAT_VALUE -> ElementType.FLOAT32;
            case DataType.DOUBLE_VALUE -> ElementType.FLOAT64;
            default -> ElementType.OTHER;
        };
    }

    /** ONNX's number for a floating-point format. */
    static int dataType(ElementType type) {
        return switch (type) {
            case FLOAT16 -> DataType.FLOAT16_VALUE;
            case BFLOAT16 -> DataType.BFLOAT16_VALUE;
            case FLOAT32 -> DataType.FLOAT_VALUE;
            case FLOAT64 -> DataType.DOUBLE_VALUE;
            case OTHER -> throw new IllegalArgumentException("only floating-point tensors are written");
        };
    }

    /** Bytes per element, or a negative number for types that are packed, of variable length or not known here. */
    static int elementSize(int dataType) {
        return switch (dataType) {
            case DataType.UINT8_VALUE, DataType.INT8_VALUE, DataType.BOOL_VALUE -> 1;
            case DataType.UINT16_VALUE, DataType.INT16_VALUE, DataType.FLOAT16_VALUE, DataType.BFLOAT16_VALUE -> 2;
            case DataType.FLOAT_VALUE, DataType.INT32_VALUE, DataType.UINT32_VALUE -> 4;
            case DataType.DOUBLE_VALUE, DataType.INT64_VALUE, DataType.UINT64_VALUE, DataType.COMPLEX64_VALUE -> 8;
            case DataType.COMPLEX128_VALUE -> 16;
            default -> UNSIZED;
        };
    }

    /** Number of elements in the typed fields of a tensor that has no raw_data. */
    static long typedElements(TensorProto tensor) {
        return switch (tensor.getDataType()) {
            case DataType.FLOAT_VALUE -> tensor.getFloatDataCount();
            case DataType.COMPLEX64_VALUE -> tensor.getFloatDataCount() / 2;
            case DataType.DOUBLE_VALUE -> tensor.getDoubleDataCount();
            case DataType.COMPLEX128_VALUE -> tensor.getDoubleDataCount() / 2;
            case DataType.INT64_VALUE -> tensor.getInt64DataCount();
            case DataType.UINT32_VALUE, DataType.UINT64_VALUE -> tensor.getUint64DataCount();
            default -> tensor.getInt32DataCount();
        };
    }

    /** Floating-point elements from bytes. */
    static double[] decode(ByteBuffer bytes, ElementType type, int elements) {
        ByteBuffer source = bytes.order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = switch (type) {
                case FLOAT16 -> halfToDouble(source.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(source.getShort() << 16);
                case FLOAT32 -> source.getFloat();
                case FLOAT64 -> source.getDouble();
                case OTHER -> throw new IllegalArgumentException("not a floating-point tensor");
            };
        }
        return values;
    }

    /** Floating-point elements from the typed fields of a tensor that has no raw_data. */
    static double[] decodeTyped(TensorProto tensor, int elements) {
        double[] values = new double[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = switch (tensor.getDataType()) {
                case DataType.FLOAT_VALUE -> tensor.getFloatData(i);
                case DataType.DOUBLE_VALUE -> tensor.getDoubleData(i);
                case DataType.FLOAT16_VALUE -> halfToDouble((short) tensor.getInt32Data(i));
                case DataType.BFLOAT16_VALUE -> Float.intBitsToFloat(tensor.getInt32Data(i) << 16);
                default -> throw new IllegalArgumentException("not a floating-point tensor");
            };
        }
        return values;
    }

    /** INT32 and INT64 elements. */
    static long[] decodeIntegers(TensorProto tensor, ByteBuffer raw, int elements) {
        boolean wide = tensor.getDataType() == DataType.INT64_VALUE;
        if (!wide && tensor.getDataType() != DataType.INT32_VALUE) {
            throw new IllegalArgumentException("not an int32 or int64 tensor");
        }
        ByteBuffer source = raw.order(ByteOrder.LITTLE_ENDIAN);
        long[] values = new long[elements];
        for (int i = 0; i < elements; i++) {
            if (raw.capacity() > 0) {
                values[i] = wide ? source.getLong() : source.getInt();
            } else {
                values[i] = wide ? tensor.getInt64Data(i) : tensor.getInt32Data(i);
            }
        }
        return values;
    }

    /** Rounds to nearest, ties to even. */
    static byte[] encode(double[] values, ElementType type) {
        int size = elementSize(dataType(type));
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, size)).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (type) {
                case FLOAT16 -> bytes.putShort(doubleToHalf(value));
                case BFLOAT16 -> bytes.putShort(doubleToBfloat(value));
                case FLOAT32 -> bytes.putFloat((float) value);
                case FLOAT64 -> bytes.putDouble(value);
                case OTHER -> throw new IllegalArgumentException("only floating-point tensors are written");
            }
        }
        return bytes.array();
    }

    static double halfToDouble(short half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        double magnitude = switch (exponent) {
            case 0 -> fraction * 0x1p-24;
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1 + fraction * 0x1p-10, exponent - 15);
        };
        return half < 0 ? -magnitude : magnitude;
    }

    static short doubleToHalf(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        if (Double.isNaN(magnitude)) {
            return (short) (sign | 0x7e00);
        }
        // Scaled so that the last place of the half is 1; rint rounds ties to even.
        int exponent = Math.max(Math.getExponent(magnitude), -14);
        double rounded = exponent > 15 ? Double.POSITIVE_INFINITY : Math.rint(Math.scalb(magnitude, 10 - exponent));
        if (rounded >= 2048) { // rounding carried into the next binade
            rounded /= 2;
            exponent++;
        }
        if (exponent > 15) {
            return (short) (sign | 0x7c00);
        }
        int biased = rounded < 1024 ? 0 : exponent + 15; // below 1024: subnormal
        return (short) (sign | (biased << 10) | ((int) rounded & 0x3ff));
    }

    static short doubleToBfloat(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        if (Double.isNaN(magnitude)) {
            return (short) (sign | 0x7fc0);
        }
        int exponent = Math.max(Math.getExponent(magnitude), -126);
        double rounded = exponent > 127 ? Double.POSITIVE_INFINITY : Math.rint(Math.scalb(magnitude, 7 - exponent));
        if (rounded >= 256) {
            rounded /= 2;
            exponent++;
        }
        if (exponent > 127) {
            return (short) (sign | 0x7f80);
        }
        int biased = rounded < 128 ? 0 : exponent + 127;
        return (short) (sign | (biased << 7) | ((int) rounded & 0x7f));
    }
}
