package org.rep4j.layers.deploy;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;

/**
 * Reads the parameters of a net: an array as {@code Nd4j.write} writes it, of which there are the shape and the elements, each with a
 * header, all big-endian. {@code Nd4j.read} believes these headers, allocates what they say and follows the strides.
 */
final class ParameterReader implements NetArchive.Reader<INDArray> {
    /** How ND4J has its memory since 1.0.0-beta. */
    private static final Set<String> MODES = Set.of("MIXED_DATA_TYPES", "LONG_SHAPE");

    private static final int MOST_AXES = 32;
    private static final int PIECE = 1 << 16;

    private final long count;

    /** @param count how many parameters the configuration asks for */
    ParameterReader(long count) {
        this.count = count;
    }

    private record Header(String mode, long length, String type) {
        static Header read(DataInputStream in) throws IOException {
            Header header = new Header(in.readUTF(), in.readLong(), in.readUTF());
            if (!MODES.contains(header.mode)) {
                throw damaged("it is none of Deeplearning4j 1.0.0");
            }
            return header;
        }

        /** How long it is itself; all names have letters of one byte. */
        int size() {
            return 2 * Short.BYTES + Long.BYTES + mode.length() + type.length();
        }
    }

    /** {@inheritDoc} The result is a row; it is allocated when it is known that there are as many bytes as it takes. */
    @Override
    public INDArray read(DataInputStream in, long size) throws IOException {
        Header shape = Header.read(in);
        boolean isShape = shape.type.equals("LONG") && shape.length >= 4 && shape.length <= 2 * MOST_AXES + 4;
        if (!isShape) {
            throw damaged("it begins with no shape");
        }
        long[] info = new long[(int) shape.length];
        for (int i = 0; i < info.length; i++) {
            info[i] = in.readLong();
        }
        Header elements = Header.read(in);
        DataType type = type(elements.type);
        if (elements(info) != elements.length) {
            throw damaged("its shape is not that of its numbers");
        }
        if (elements.length != count) {
            throw damaged(String.format(
                    Locale.ROOT, "it has %,d numbers, where the configuration asks for %,d", elements.length, count));
        }
        long expected = shape.size() + (long) info.length * Long.BYTES + elements.size();
        if (size < expected || (size - expected) / type.width() != count || (size - expected) % type.width() != 0) {
            throw damaged("it has " + size + " bytes, which are not those of its numbers");
        }
        return elements(in, type);
    }

    private static DataType type(String name) {
        if (!name.equals("FLOAT") && !name.equals("DOUBLE")) {
            throw damaged("its numbers are " + name + ", and only nets of FLOAT and DOUBLE can be read");
        }
        return DataType.valueOf(name);
    }

    /** How many elements an array of this shape (rank, sizes, strides, three more) has; −1 if it is neither a vector nor a row. */
    private static long elements(long[] info) {
        int rank = (info.length - 4) / 2;
        boolean isVector = info[0] == rank && (rank == 1 || rank == 2 && info[1] == 1);
        return isVector ? info[rank] : -1;
    }

    private INDArray elements(DataInputStream in, DataType type) throws IOException {
        INDArray array = Nd4j.createUninitialized(type, 1, count);
        DataBuffer data = array.data();
        byte[] bytes = new byte[PIECE];
        int width = type.width();
        for (long done = 0; done < count; ) {
            int piece = (int) Math.min(PIECE / width, count - done);
            in.readFully(bytes, 0, piece * width);
            ByteBuffer numbers = ByteBuffer.wrap(bytes);
            for (int i = 0; i < piece; i++, done++) {
                if (type == DataType.FLOAT) {
                    data.put(done, numbers.getFloat());
                } else {
                    data.put(done, numbers.getDouble());
                }
            }
        }
        return array;
    }

    private static InvalidGraphException damaged(String reason) {
        return new InvalidGraphException(NetArchive.PARAMETERS + " does not fit: " + reason);
    }
}
