package org.rep4j.layers.deploy;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.graph.InvalidGraphException;

/**
 * A net's file as Deeplearning4j's ModelSerializer has it: a zip file of a configuration and the parameters. What else it may hold,
 * the state of an updater and normalizers, some of them as objects of Java, is never read. The sizes that entries declare are compared
 * with the bytes that are there, and so are their checksums.
 */
final class NetArchive implements AutoCloseable {
    static final String CONFIGURATION = "configuration.json";
    static final String PARAMETERS = "coefficients.bin";

    /** Up to this size entries may be packed as tightly as they can be. */
    private static final long SMALL = 16L << 20;

    /** Weights hardly pack at all, those of which 49 in 50 are zero about 50 times. */
    private static final long TIGHTEST = 50;

    private final ZipFile zip;
    private final long size;

    private NetArchive(ZipFile zip, long size) {
        this.zip = zip;
        this.size = size;
    }

    /** What reads an entry. */
    interface Reader<T> {
        /**
         * Reads all of an entry.
         *
         * @param size in bytes, which are not known to be there
         */
        T read(DataInputStream in, long size) throws IOException;
    }

    /** @throws IOException if there is no such file, or none that is a zip file */
    static NetArchive open(Path file) throws IOException {
        return new NetArchive(new ZipFile(file.toFile()), Files.size(file));
    }

    /** Writes a net, without its updater. */
    static void write(ComputationGraph net, Path file) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.putNextEntry(new ZipEntry(CONFIGURATION));
            out.write(net.getConfiguration().toJson().getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new ZipEntry(PARAMETERS));
            DataOutputStream parameters = new DataOutputStream(new BufferedOutputStream(out));
            Nd4j.write(net.params(), parameters);
            parameters.flush();
        }
    }

    /** Whether there is an entry of this name. */
    boolean holds(String name) {
        return zip.getEntry(name) != null;
    }

    /**
     * The configuration's bytes.
     *
     * @throws InvalidGraphException if the entry is damaged or too large
     */
    byte[] configuration() throws IOException {
        return read(CONFIGURATION, (in, length) -> {
            if (length > SMALL) {
                throw new InvalidGraphException(
                        CONFIGURATION + " has " + length + " bytes, which no configuration needs");
            }
            return in.readNBytes((int) length);
        });
    }

    /**
     * Reads an entry and sees to it that it is whole.
     *
     * @throws InvalidGraphException if it is damaged
     */
    <T> T read(String name, Reader<T> reader) throws IOException {
        ZipEntry entry = entry(name);
        CRC32 sum = new CRC32();
        try (InputStream packed = zip.getInputStream(entry);
                DataInputStream in = new DataInputStream(new CheckedInputStream(packed, sum))) {
            T content = reader.read(in, entry.getSize());
            if (in.read() >= 0 || sum.getValue() != entry.getCrc()) {
                throw new InvalidGraphException(name + " is damaged: its checksum or its size is another");
            }
            return content;
        }
    }

    private ZipEntry entry(String name) {
        List<? extends ZipEntry> entries =
                zip.stream().filter(e -> e.getName().equals(name)).toList();
        if (entries.size() != 1) {
            throw new InvalidGraphException(
                    entries.isEmpty() ? "there is no " + name : "there is more than one " + name);
        }
        ZipEntry entry = entries.get(0);
        if (entry.getCompressedSize() > size) {
            throw new InvalidGraphException(
                    name + " has " + entry.getCompressedSize() + " bytes, the file only " + size);
        }
        if (entry.getSize() > SMALL && entry.getSize() / TIGHTEST > entry.getCompressedSize()) {
            throw new InvalidGraphException(name + " has " + entry.getSize() + " bytes packed into "
                    + entry.getCompressedSize() + ", as no weights can be");
        }
        return entry;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
