package org.rep4j.zoo.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles, opcode by opcode, also those that no Python would write. */
final class PickleBytes {
    static final int NEW_OBJECT = 0x81;
    static final int TUPLE_OF_ONE = 0x85;
    static final int TUPLE_OF_TWO = 0x86;
    private static final int FALSE = 0x89;
    private static final int LONG = 0x8a;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    PickleBytes() {
        op(Pickle.PROTO, 2);
    }

    /** Opcodes, or bytes that belong to one. */
    PickleBytes op(int... codes) {
        for (int code : codes) {
            bytes.write(code);
        }
        return this;
    }

    PickleBytes text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        op('X');
        bytes.writeBytes(littleEndian(Integer.BYTES).putInt(encoded.length).array());
        bytes.writeBytes(encoded);
        return this;
    }

    PickleBytes number(long number) {
        op(LONG, Long.BYTES);
        bytes.writeBytes(littleEndian(Long.BYTES).putLong(number).array());
        return this;
    }

    /** An integer of any length, which needs more bytes than a long has. */
    PickleBytes integer(byte... lowestFirst) {
        op(LONG, lowestFirst.length);
        bytes.writeBytes(lowestFirst);
        return this;
    }

    PickleBytes global(String module, String name) {
        bytes.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    PickleBytes tuple(long... numbers) {
        op('(');
        for (long number : numbers) {
            number(number);
        }
        return op('t');
    }

    /** A tensor of floats in the storage 0, which has {@code count} of them. */
    PickleBytes tensor(long count, long[] shape, long[] strides) {
        return beginTensor(count).tuple(shape).tuple(strides).endTensor();
    }

    /** What comes before a tensor's shape and strides. */
    PickleBytes beginTensor(long count) {
        global("torch._utils", "_rebuild_tensor_v2").op('(', '(').text("storage");
        global("torch", "FloatStorage").text("0").text("cpu").number(count).op('t', 'Q');
        return number(0);
    }

    PickleBytes endTensor() {
        return op(FALSE).global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    /** A tuple of twice the same tuple, and so on: as many as 2 to the power of {@code depth}, for who follows them all. */
    PickleBytes doubling(int depth) {
        op(')');
        for (int i = 0; i < depth; i++) {
            op('q', 0, 'h', 0, TUPLE_OF_TWO);
        }
        return this;
    }

    byte[] end() {
        op('.');
        return bytes.toByteArray();
    }

    private static ByteBuffer littleEndian(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
