package org.rep4j.zoo.weights;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Numbers in a row in a file.
 *
 * @param begin their first byte
 */
record FileStorage(FileChannel file, long begin, NumberType type, long count, ByteOrder order) implements Storage {
    @Override
    public ByteBuffer read(long first, int count) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(order);
        long place = begin + first * type.bytes();
        while (bytes.hasRemaining()) {
            int read = file.read(bytes, place + bytes.position());
            if (read < 0) {
                throw new EOFException("the file has become shorter");
            }
        }
        return bytes.rewind();
    }
}
