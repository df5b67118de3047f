package org.rep4j.testing;

import ai.onnxruntime.platform.Fp16Conversions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.nd4j.shade.protobuf.ByteString;

/**
 * A dense row-major array of any of ONNX's number types, or of booleans.
 *
 * @param type what an element is
 * @param dims sizes, outermost first
 * @param reals the elements of a floating-point type, else empty
 * @param integers the elements of an integer type, booleans as 0 and 1, uint64 as its 64 bits, else empty
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of arrays; never compared
public record TypedTensor(DataType type, long[] dims, double[] reals, long[] integers) {
    private static final double RELATIVE = 1e-3;
    private static final double ABSOLUTE = 1e-7;

    /** Checks that the elements fill the sizes. */
    public TypedTensor {
        long size = Arrays.stream(dims).reduce(1, Math::multiplyExact);
        if (size != (isReal(type) ? reals.length : integers.length)) {
            throw new IllegalArgumentException(
                    reals.length + integers.length + " elements do not fill " + Arrays.toString(dims));
        }
    }

    /** Reads a file that holds one TensorProto. */
    public static TypedTensor read(Path file) {
        try {
            return of(TensorProto.parseFrom(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Decodes a tensor that carries its content.
     *
     * @throws UnsupportedOperationException if its elements are strings or complex numbers
     */
    public static TypedTensor of(TensorProto proto) {
        DataType type = DataType.forNumber(proto.getDataType());
        long[] dims = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
        int size = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        if (proto.getRawData().isEmpty()) {
            return new TypedTensor(type, dims, listedReals(proto, type), listedIntegers(proto, type));
        }
        return decode(
                type, dims, size, proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The tensor of which {@code bytes} are the elements, in the buffer's order. */
    public static TypedTensor decode(DataType type, long[] dims, int size, ByteBuffer bytes) {
        double[] reals = new double[isReal(type) ? size : 0];
        for (int i = 0; i < reals.length; i++) {
            reals[i] = real(type, bytes);
        }
        long[] integers = new long[isReal(type) ? 0 : size];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = integer(type, bytes);
        }
        return new TypedTensor(type, dims, reals, integers);
    }

    /** Whether elements are floating-point numbers. */
    public static boolean isReal(DataType type) {
        return switch (type) {
            case FLOAT16, BFLOAT16, FLOAT, DOUBLE -> true;
            default -> false;
        };
    }

    private static double real(DataType type, ByteBuffer bytes) {
        return switch (type) {
            case FLOAT16 -> Fp16Conversions.fp16ToFloat(bytes.getShort());
            case BFLOAT16 -> Fp16Conversions.bf16ToFloat(bytes.getShort());
            case FLOAT -> bytes.getFloat();
            default -> bytes.getDouble();
        };
    }

    private static long integer(DataType type, ByteBuffer bytes) {
        return switch (type) {
            case INT8, BOOL -> bytes.get();
            case UINT8 -> Byte.toUnsignedLong(bytes.get());
            case INT16 -> bytes.getShort();
            case UINT16 -> Short.toUnsignedLong(bytes.getShort());
            case INT32 -> bytes.getInt();
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt());
            case INT64, UINT64 -> bytes.getLong();
            default -> throw new UnsupportedOperationException("elements of type " + type);
        };
    }

    /** From the field that ONNX has for the type, where the numbers are not raw bytes. */
    private static double[] listedReals(TensorProto proto, DataType type) {
        return switch (type) {
            case FLOAT -> proto.getFloatDataList().stream().mapToDouble(f -> f).toArray();
            case DOUBLE ->
                proto.getDoubleDataList().stream().mapToDouble(d -> d).toArray();
            case FLOAT16 ->
                proto.getInt32DataList().stream()
                        .mapToDouble(bits -> Fp16Conversions.fp16ToFloat(bits.shortValue()))
                        .toArray();
            case BFLOAT16 ->
                proto.getInt32DataList().stream()
                        .mapToDouble(bits -> Fp16Conversions.bf16ToFloat(bits.shortValue()))
                        .toArray();
            default -> new double[0];
        };
    }

    private static long[] listedIntegers(TensorProto proto, DataType type) {
        return switch (type) {
            case INT8, UINT8, INT16, UINT16, INT32, BOOL ->
                proto.getInt32DataList().stream().mapToLong(i -> i).toArray();
            case UINT32, UINT64 ->
                proto.getUint64DataList().stream().mapToLong(l -> l).toArray();
            case INT64 -> proto.getInt64DataList().stream().mapToLong(l -> l).toArray();
            case FLOAT16, BFLOAT16, FLOAT, DOUBLE -> new long[0];
            default -> throw new UnsupportedOperationException("elements of type " + type);
        };
    }

    /** The tensor with its elements as raw bytes. */
    public TensorProto toProto(String name) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * (reals.length + integers.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (double value : reals) {
            switch (type) {
                case FLOAT16 -> bytes.putShort(Fp16Conversions.floatToFp16((float) value));
                case BFLOAT16 -> bytes.putShort(Fp16Conversions.floatToBf16((float) value));
                case FLOAT -> bytes.putFloat((float) value);
                default -> bytes.putDouble(value);
            }
        }
        for (long value : integers) {
            switch (type) {
                case INT8, UINT8, BOOL -> bytes.put((byte) value);
                case INT16, UINT16 -> bytes.putShort((short) value);
                case INT32, UINT32 -> bytes.putInt((int) value);
                default -> bytes.putLong(value);
            }
        }
        return OnnxBuilder.header(name, type, dims)
                .setRawData(ByteString.copyFrom(bytes.flip()))
                .build();
    }

    /** The same with double elements and no type. */
    public Tensor toTensor() {
        double[] values =
                isReal(type) ? reals : Arrays.stream(integers).asDoubleStream().toArray();
        return new Tensor(Arrays.stream(dims).mapToInt(Math::toIntExact).toArray(), values);
    }

    /**
     * How this tensor differs from {@code expected}: in its type, its shape, or the first element that is off. Integers and booleans
     * are compared exactly, floating-point numbers as ONNX's own test runner does: |a − b| ≤ 1e-7 + 1e-3 · |b|, NaN equals NaN.
     *
     * @return half a sentence, or empty if they agree
     */
    public Optional<String> differenceFrom(TypedTensor expected) {
        if (type != expected.type) {
            return Optional.of("type " + type + " instead of " + expected.type);
        }
        if (!Arrays.equals(dims, expected.dims)) {
            return Optional.of("shape " + Arrays.toString(dims) + " instead of " + Arrays.toString(expected.dims));
        }
        for (int i = 0; i < reals.length; i++) {
            if (!close(reals[i], expected.reals[i])) {
                return Optional.of("element " + i + " is " + reals[i] + " instead of " + expected.reals[i]);
            }
        }
        for (int i = 0; i < integers.length; i++) {
            if (integers[i] != expected.integers[i]) {
                return Optional.of("element " + i + " is " + integers[i] + " instead of " + expected.integers[i]);
            }
        }
        return Optional.empty();
    }

    private static boolean close(double actual, double expected) {
        return Double.compare(actual, expected) == 0 // infinities, NaN
                || Double.isFinite(expected) && Math.abs(actual - expected) <= ABSOLUTE + RELATIVE * Math.abs(expected);
    }
}
