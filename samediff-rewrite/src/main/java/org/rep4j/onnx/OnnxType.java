package org.rep4j.onnx;

import java.util.Optional;
import onnx.Onnx.TensorProto.DataType;

/** Formats of the elements of ONNX tensors that can be converted. */
public enum OnnxType {
    FLOAT(DataType.FLOAT_VALUE),
    DOUBLE(DataType.DOUBLE_VALUE),
    FLOAT16(DataType.FLOAT16_VALUE),
    BFLOAT16(DataType.BFLOAT16_VALUE),
    INT8(DataType.INT8_VALUE),
    INT16(DataType.INT16_VALUE),
    INT32(DataType.INT32_VALUE),
    INT64(DataType.INT64_VALUE),
    UINT8(DataType.UINT8_VALUE),
    UINT16(DataType.UINT16_VALUE),
    UINT32(DataType.UINT32_VALUE),
    UINT64(DataType.UINT64_VALUE),
    BOOL(DataType.BOOL_VALUE);

    private final int number;

    OnnxType(int number) {
        this.number = number;
    }

    /** The format that ONNX has this number for; empty for strings, packed and complex numbers, and those yet to come. */
    public static Optional<OnnxType> of(long number) {
        for (OnnxType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** ONNX's number for the format. */
    public int number() {
        return number;
    }

    /** Bytes per element. */
    public int bytes() {
        return TensorCodec.elementSize(number);
    }

    /** Whether elements are rounded real numbers. */
    public boolean isFloatingPoint() {
        return TensorCodec.elementType(number).isFloatingPoint();
    }
}
