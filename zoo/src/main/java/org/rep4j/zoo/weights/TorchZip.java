package org.rep4j.zoo.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.UnreadableModelException;

/** Reads what {@code torch.save} has written since PyTorch 1.6: a zip of a pickle and one entry for each storage, none of them compressed. */
final class TorchZip {
    private static final String PICKLE = "/data.pkl";
    private static final String BYTE_ORDER = "/byteorder";

    private final ZipFile zip;
    private final String root;
    private final ByteOrder order;
    private final long length;
    private final Map<String, ZipEntry> complete = new HashMap<>();

    /** @param length of the file */
    private TorchZip(ZipFile zip, long length) throws IOException {
        this.zip = zip;
        this.length = length;
        this.root = root();
        this.order = order();
    }

    static Checkpoint open(Path path) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(path.toFile());
        } catch (ZipException e) {
            throw new UnreadableModelException("it is a damaged zip: " + e.getMessage(), e);
        }
        try {
            return new Checkpoint(path, new TorchZip(zip, Files.size(path)).stateDict(), zip);
        } catch (UnreadableModelException | IOException e) {
            zip.close();
            throw e;
        }
    }

    private String root() {
        List<String> pickles = zip.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.endsWith(PICKLE))
                .toList();
        if (pickles.size() != 1) {
            throw new UnreadableModelException("it is a zip, but not one that PyTorch has written");
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
    }

    private ByteOrder order() throws IOException {
        if (zip.getEntry(root + BYTE_ORDER) == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        return switch (new String(bytes(entry(BYTE_ORDER)), StandardCharsets.US_ASCII)) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new UnreadableModelException("its order of bytes is neither little nor big");
        };
    }

    private StateDict stateDict() throws IOException {
        ByteBuffer pickle = ByteBuffer.wrap(bytes(entry(PICKLE)));
        return StateDict.of(new Pickle(pickle, new Torch(this::storage)).read());
    }

    private ZipEntry entry(String name) {
        @Nullable ZipEntry entry = zip.getEntry(root + name);
        if (entry == null) {
            throw new UnreadableModelException("it lacks the entry " + root + name);
        }
        if (entry.getMethod() != ZipEntry.STORED) {
            throw new UnreadableModelException(
                    "its entry " + root + name + " is compressed, which PyTorch does not do");
        }
        if (entry.getSize() != entry.getCompressedSize() || entry.getSize() > length) {
            throw new UnreadableModelException("its entry " + root + name + " has an impossible size");
        }
        return entry;
    }

    private byte[] bytes(ZipEntry entry) throws IOException {
        if (entry.getSize() > Pickle.LONGEST) {
            throw new UnreadableModelException("its entry " + entry.getName() + " has more than " + Pickle.LONGEST
                    + " bytes: save the state dict alone");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes((int) entry.getSize());
        }
    }

    private Storage storage(NumberType type, String key, long count) {
        ZipEntry entry = complete.computeIfAbsent(key, this::complete);
        if (count > entry.getSize() / type.bytes()) {
            throw new UnreadableModelException("its storage " + key + " has " + entry.getSize() + " bytes, too few for "
                    + count + " numbers of " + type);
        }
        return new EntryStorage(zip, entry, type, count, order);
    }

    /** A storage's entry, whose last byte is there. */
    private ZipEntry complete(String key) {
        ZipEntry entry = entry("/data/" + key);
        try (InputStream in = zip.getInputStream(entry)) {
            if (entry.getSize() > 0) {
                in.skipNBytes(entry.getSize() - 1);
                if (in.read() < 0) {
                    throw new EOFException("the entry ends early");
                }
            }
            return entry;
        } catch (IOException e) {
            throw new UnreadableModelException("its entry " + entry.getName() + " is cut off or damaged", e);
        }
    }

    /** Numbers in an entry. */
    private record EntryStorage(ZipFile zip, ZipEntry entry, NumberType type, long count, ByteOrder order)
            implements Storage {
        @Override
        public ByteBuffer read(long first, int numbers) throws IOException {
            try (InputStream in = zip.getInputStream(entry)) {
                in.skipNBytes(first * type.bytes());
                int length = Math.multiplyExact(numbers, type.bytes());
                byte[] bytes = in.readNBytes(length);
                if (bytes.length < length) {
                    throw new EOFException("the entry " + entry.getName() + " is cut off");
                }
                return ByteBuffer.wrap(bytes).order(order);
            } catch (IllegalStateException e) { // which a closed zip throws
                throw (IOException) new ClosedChannelException().initCause(e);
            }
        }
    }
}
