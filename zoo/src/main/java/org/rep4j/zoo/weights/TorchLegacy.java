package org.rep4j.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.UnreadableModelException;

/**
 * Reads what {@code torch.save} wrote before PyTorch 1.6: pickles of a magic number, a version, facts about the machine, the content and the keys
 * of its storages; then the storages in this order, each as its length and its numbers.
 */
final class TorchLegacy {
    private static final String MAGIC = "its first pickle is not PyTorch's magic number";
    private static final byte[] MAGIC_BYTES = {
        0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19
    };
    private static final long VERSION = 1001;

    /** The first four bytes: protocol 2, and an integer of ten bytes. As the length of a safetensors header they would be too many. */
    static final int START = 0x80028a0a;

    private final FileChannel file;
    private final Map<String, Deferred> storages = new HashMap<>();

    private TorchLegacy(FileChannel file) {
        this.file = file;
    }

    static Checkpoint open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path);
        try {
            return new Checkpoint(path, new TorchLegacy(file).stateDict(), file);
        } catch (UnreadableModelException | IOException e) {
            file.close();
            throw e;
        }
    }

    private StateDict stateDict() throws IOException {
        int length = (int) Math.min(file.size(), Pickle.LONGEST); // storages are read when they are asked for
        ByteBuffer bytes = new FileStorage(file, 0, NumberType.U8, length, ByteOrder.LITTLE_ENDIAN).read(0, length);
        requireMagic(bytes);
        Torch torch = new Torch(this::storage);
        if (!new Pickle(bytes, torch).read().equals(VERSION)) {
            throw new UnreadableModelException("it has a version of PyTorch's format that is not known");
        }
        new Pickle(bytes, torch).read(); // the machine, whose order of bytes is not that of the storages
        Object content = new Pickle(bytes, torch).read();
        Object keys = new Pickle(bytes, torch).read();
        place(keys, bytes.position());
        return StateDict.of(content);
    }

    /** {@code PROTO 2, LONG1 of ten bytes, STOP}. */
    private static void requireMagic(ByteBuffer bytes) {
        byte[] head = new byte[MAGIC_BYTES.length + 5];
        if (bytes.remaining() < head.length) {
            throw new UnreadableModelException(MAGIC);
        }
        bytes.get(head);
        ByteBuffer expected = ByteBuffer.allocate(head.length)
                .put((byte) Pickle.PROTO)
                .put((byte) 2)
                .put((byte) 0x8a)
                .put((byte) MAGIC_BYTES.length)
                .put(MAGIC_BYTES)
                .put((byte) '.');
        if (!ByteBuffer.wrap(head).equals(expected.flip())) {
            throw new UnreadableModelException(MAGIC);
        }
    }

    private Storage storage(NumberType type, String key, long count) {
        Deferred storage = storages.computeIfAbsent(key, k -> new Deferred(type, count));
        if (storage.type != type || storage.count != count) {
            throw new UnreadableModelException("its storage " + key + " is of two kinds");
        }
        return storage;
    }

    /** Tells the storages where they are. Any machine's PyTorch writes the low byte first ({@code torch/csrc/serialization.cpp}). */
    private void place(Object keys, long begin) throws IOException {
        long place = begin;
        if (!(keys instanceof List<?> all)) {
            throw new UnreadableModelException("it has no list of storages");
        }
        for (Object each : all) {
            if (!(each instanceof String key)) { // the hash code of a list may take for ever
                throw new UnreadableModelException("its list of storages has something else than names");
            }
            Deferred storage = storages.get(key);
            if (storage == null || storage.numbers != null) {
                throw new UnreadableModelException("its list of storages has " + key + ", which no tensor is in");
            }
            if (file.size() - place < Long.BYTES) {
                throw new UnreadableModelException("it is cut off before its storage " + key);
            }
            long count = new FileStorage(file, place, NumberType.I64, 1, ByteOrder.LITTLE_ENDIAN)
                    .read(0, 1)
                    .getLong(0);
            place += Long.BYTES;
            if (count != storage.count || count > (file.size() - place) / storage.type.bytes()) {
                throw new UnreadableModelException("it is cut off in its storage " + key);
            }
            storage.numbers = new FileStorage(file, place, storage.type, count, ByteOrder.LITTLE_ENDIAN);
            place += count * storage.type.bytes();
        }
        storages.forEach((key, storage) -> {
            if (storage.numbers == null) {
                throw new UnreadableModelException("it lacks its storage " + key);
            }
        });
    }

    /** A storage that is told where it is when the pickles have been read. */
    private static final class Deferred implements Storage {
        private final NumberType type;
        private final long count;
        private @Nullable Storage numbers;

        Deferred(NumberType type, long count) {
            this.type = type;
            this.count = count;
        }

        @Override
        public NumberType type() {
            return type;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public ByteBuffer read(long first, int number) throws IOException {
            return Objects.requireNonNull(numbers).read(first, number);
        }
    }
}
