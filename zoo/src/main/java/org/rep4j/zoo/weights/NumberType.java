package org.rep4j.zoo.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    BOOL("BOOL", "BoolStorage", 1),
    U64("U64", null, 8),
    U32("U32", null, 4),
    U16("U16", null, 2);

    private final String safetensors;
    private final @Nullable String storage;
    private final int bytes;

    /** @param storage null where PyTorch has no class for it */
    NumberType(String safetensors, @Nullable String storage, int bytes) {
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
        return Arrays.stream(values()).filter(t -> name.equals(t.storage)).findFirst();
    }

    /** Length of a number in bytes. */
    int bytes() {
        return bytes;
    }

    /** Whether the numbers can have fractions. */
    boolean isFloatingPoint() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
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
            case U64 -> unsigned(buffer.getLong(place));
            case U32 -> Integer.toUnsignedLong(buffer.getInt(place));
            case U16 -> Short.toUnsignedInt(buffer.getShort(place));
            case BOOL -> buffer.get(place) == 0 ? 0 : 1;
        };
    }

    /** Half of a large one rounds as the whole does, if the bit that is shifted out is kept. */
    private static double unsigned(long number) {
        return number >= 0 ? number : 2.0 * (number >>> 1 | number & 1);
    }
}
