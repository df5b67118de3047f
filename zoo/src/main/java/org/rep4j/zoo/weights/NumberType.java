package org.rep4j.zoo.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.rep4j.graph.HalfPrecision;

/** The number formats that checkpoints have. */
enum NumberType {
    F64("F64", "DoubleStorage", 8),
    F32("F32", "FloatStorage", 4),
    F16("F16", "HalfStorage", 2),
    BF16("BF16", "BFloat16Storage", 2),
    I64("I64", "LongStorage", 8),
    I32("I32", "IntStorage", 4),
    I16("I16", "ShortStorage", 2),
    I8("I8", "CharStorage", 1),
    U8("U8", "ByteStorage", 1),
    BOOL("BOOL", "BoolStorage", 1);

    private final String safetensors;
    private final String storage;
    private final int bytes;

    NumberType(String safetensors, String storage, int bytes) {
        this.safetensors = safetensors;
        this.storage = storage;
        this.bytes = bytes;
    }

    /** The type that safetensors calls so. */
    static Optional<NumberType> ofSafetensors(String name) {
        return Arrays.stream(values()).filter(t -> t.safetensors.equals(name)).findFirst();
    }

    /** The type of one of PyTorch's storages. */
    static Optional<NumberType> ofStorage(String name) {
        return Arrays.stream(values()).filter(t -> t.storage.equals(name)).findFirst();
    }

    /** Length of a number in bytes. */
    int bytes() {
        return bytes;
    }

    /** The number at a byte of a buffer, which has the file's order of bytes. */
    double at(ByteBuffer buffer, int place) {
        return switch (this) {
            case F64 -> buffer.getDouble(place);
            case F32 -> buffer.getFloat(place);
            case F16 -> HalfPrecision.halfToDouble(buffer.getShort(place));
            case BF16 -> HalfPrecision.bfloatToDouble(buffer.getShort(place));
            case I64 -> buffer.getLong(place);
            case I32 -> buffer.getInt(place);
            case I16 -> buffer.getShort(place);
            case I8 -> buffer.get(place);
            case U8 -> buffer.get(place) & 0xff;
            case BOOL -> buffer.get(place) == 0 ? 0 : 1;
        };
    }
}
