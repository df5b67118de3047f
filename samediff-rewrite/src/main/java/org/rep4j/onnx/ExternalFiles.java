package org.rep4j.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.UnreadableModelException;

/**
 * The files beside a model that hold its large tensors. A model from a stranger may name any path: only regular files inside
 * the model's folder, reached without symbolic links, are ever opened.
 */
final class ExternalFiles {
    private static final int CHUNK = 1 << 20;

    private final @Nullable Path folder;
    private final String modelName;
    private final Map<String, Path> checked = new HashMap<>();

    /** Where a tensor's bytes lie. */
    record Region(Path file, long offset, long length) {

        ByteBuffer read() {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(length));
            try (FileChannel channel = FileChannel.open(file)) {
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, offset + buffer.position()) < 0) {
                        throw new UnreadableModelException(
                                file + " ends before byte " + (offset + length) + ": it changed while it was read");
                    }
                }
            } catch (IOException e) {
                throw new UnreadableModelException(file + " cannot be read: " + e.getMessage(), e);
            }
            return buffer.flip();
        }

        void copyTo(OutputStream target) {
            WritableByteChannel sink = Channels.newChannel(target);
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, CHUNK));
            try (FileChannel channel = FileChannel.open(file)) {
                long done = 0;
                while (done < length) {
                    buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
                    int count = channel.read(buffer, offset + done);
                    if (count < 0) {
                        throw new UnreadableModelException(
                                file + " ends before byte " + (offset + length) + ": it changed while it was read");
                    }
                    sink.write(buffer.flip());
                    done += count;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * @param folder the model's folder, null for a model that was not read from a file
     * @param modelName for messages
     */
    ExternalFiles(@Nullable Path folder, String modelName) {
        this.folder = folder;
        this.modelName = modelName;
    }

    /** The files that tensors were found in. */
    Collection<Path> inUse() {
        return checked.values();
    }

    static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /**
     * Where the bytes of an external tensor lie.
     *
     * @throws UnreadableModelException if they lie outside the model's folder or beyond the end of their file
     */
    Region locate(TensorProto tensor) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.get("location");
        if (location == null || location.isEmpty()) {
            throw unreadable(tensor, "names no file");
        }
        Path file = checked.computeIfAbsent(location, l -> check(tensor, l));
        long size = size(tensor, file);
        long offset = number(tensor, entries.getOrDefault("offset", "0"));
        long length =
                entries.containsKey("length") ? number(tensor, entries.getOrDefault("length", "")) : size - offset;
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw unreadable(
                    tensor,
                    "wants bytes " + offset + " to " + (offset + length) + " of " + location + ", which has " + size);
        }
        return new Region(file, offset, length);
    }

    private Path check(TensorProto tensor, String location) {
        if (folder == null) {
            throw unreadable(tensor, "refers to the file " + location + ", but the model has no folder");
        }
        Path relative;
        try {
            relative = Path.of(location);
        } catch (InvalidPathException e) {
            throw unreadable(tensor, "names a file that cannot exist");
        }
        if (relative.isAbsolute() || location.startsWith("/") || location.startsWith("\\")) {
            throw unreadable(tensor, "refers to " + location + ": data must lie in the model's folder");
        }
        Path file = folder;
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                throw unreadable(tensor, "refers to " + location + ": data must lie in the model's folder");
            }
            file = file.resolve(part);
            if (Files.isSymbolicLink(file)) {
                throw unreadable(
                        tensor, "refers to " + location + ", which is a symbolic link: put the file itself there");
            }
        }
        if (!Files.isRegularFile(file)) {
            throw unreadable(tensor, "refers to " + location + ", which is missing");
        }
        return file;
    }

    private long size(TensorProto tensor, Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(tensor, "refers to " + file.getFileName() + ", which cannot be read: " + e.getMessage());
        }
    }

    private long number(TensorProto tensor, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw unreadable(tensor, "has the offset or length '" + text + "', which is no number");
        }
    }

    private UnreadableModelException unreadable(TensorProto tensor, String problem) {
        return new UnreadableModelException(
                modelName + ": the external data of tensor '" + tensor.getName() + "' " + problem);
    }
}
