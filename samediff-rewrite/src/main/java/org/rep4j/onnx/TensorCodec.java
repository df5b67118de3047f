package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.HalfPrecision;

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

    /** Floating-point elements from the typed fields of a tensor that has no raw_data. */
    static double[] decodeTyped(TensorProto tensor, int elements) {
        double[] values = new double[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = typedNumber(tensor, i);
        }
        return values;
    }

    /** Whether elements of this format are integers, booleans not included. */
    static boolean isInteger(int dataType) {
        return switch (dataType) {
            case DataType.INT8_VALUE,
                    DataType.UINT8_VALUE,
                    DataType.INT16_VALUE,
                    DataType.UINT16_VALUE,
                    DataType.INT32_VALUE,
                    DataType.UINT32_VALUE,
                    DataType.INT64_VALUE,
                    DataType.UINT64_VALUE -> true;
            default -> false;
        };
    }

    /** Element {@code index} in the typed fields of a floating-point tensor that has no raw_data. */
    static double typedNumber(TensorProto tensor, int index) {
        return switch (tensor.getDataType()) {
            case DataType.FLOAT_VALUE -> tensor.getFloatData(index);
            case DataType.DOUBLE_VALUE -> tensor.getDoubleData(index);
            case DataType.FLOAT16_VALUE -> HalfPrecision.halfToDouble((short) tensor.getInt32Data(index));
            case DataType.BFLOAT16_VALUE -> HalfPrecision.bfloatToDouble((short) tensor.getInt32Data(index));
            default -> throw new IllegalArgumentException("not a floating-point tensor");
        };
    }

    /** Element {@code index} in the typed fields of a tensor of integers or booleans that has no raw_data. */
    static long typedInteger(TensorProto tensor, int index) {
        return switch (tensor.getDataType()) {
            case DataType.INT64_VALUE -> tensor.getInt64Data(index);
            case DataType.UINT32_VALUE, DataType.UINT64_VALUE -> tensor.getUint64Data(index);
            default -> tensor.getInt32Data(index);
        };
    }

    /**
     * Elements in row-major order, little-endian.
     *
     * @param reals gives those of a floating-point format
     * @param integers gives those of other formats; booleans are 0 and 1
     */
    static ByteBuffer encode(int dataType, int elements, IntToDoubleFunction reals, IntToLongFunction integers) {
        ElementType type = elementType(dataType);
        if (type.isFloatingPoint()) {
            ElementBytes bytes = ElementBytes.allocate(type, elements);
            bytes.put(0, IntStream.range(0, elements).mapToDouble(reals).toArray());
            return bytes.bytes();
        }
        int size = elementSize(dataType);
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(elements, size)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            long value = integers.applyAsLong(i);
            switch (size) {
                case 1 -> bytes.put((byte) value);
                case 2 -> bytes.putShort((short) value);
                case 4 -> bytes.putInt((int) value);
                default -> bytes.putLong(value);
            }
        }
        return bytes.flip();
    }

    /** Integers or booleans, the latter as 0 and 1; unsigned ones beyond a long wrap around. */
    static long[] decodeIntegers(TensorProto tensor, ByteBuffer raw, int elements) {
        int type = tensor.getDataType();
        if (!isInteger(type) && type != DataType.BOOL_VALUE) {
            throw new IllegalArgumentException("no tensor of integers");
        }
        ByteBuffer source = raw.order(ByteOrder.LITTLE_ENDIAN);
        long[] values = new long[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = raw.capacity() > 0 ? next(source, type) : typedInteger(tensor, i);
        }
        return values;
    }

    private static long next(ByteBuffer source, int type) {
        return switch (type) {
            case DataType.INT8_VALUE -> source.get();
            case DataType.UINT8_VALUE -> Byte.toUnsignedLong(source.get());
            case DataType.BOOL_VALUE -> source.get() == 0 ? 0 : 1;
            case DataType.INT16_VALUE -> source.getShort();
            case DataType.UINT16_VALUE -> Short.toUnsignedLong(source.getShort());
            case DataType.INT32_VALUE -> source.getInt();
            case DataType.UINT32_VALUE -> Integer.toUnsignedLong(source.getInt());
            default -> source.getLong();
        };
    }
}
