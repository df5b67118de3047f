package org.rep4j.onnx;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.UnreadableModelException;

/** Writes a model, and its external data if it needs any, so that a reader sees either the old files or the new ones. */
final class OnnxWriter {
    /** A protobuf message ends at 2 GiB; the rest is room for what a serializer adds. */
    private static final long LARGEST_INLINE = (1L << 31) - (64L << 20);

    /** Smaller tensors stay inline, so that shapes and scalars can be read without the data file. */
    private static final long SMALLEST_EXTERNAL = 1024;

    private static final int ALIGNMENT = 64;

    private final OnnxModel model;

    OnnxWriter(OnnxModel model) {
        this.model = model;
    }

    void write(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        String name = target.getFileName().toString();
        Path data = target.resolveSibling(name + ".data");
        @Nullable Path modelDraft = null;
        @Nullable Path dataDraft = null;
        try {
            refuseToOverwriteSource(target);
            modelDraft = draft(target, name);
            boolean external = needsExternalData();
            if (external) {
                refuseToOverwriteSource(data);
                dataDraft = draft(target, data.getFileName().toString());
            }
            ModelProto complete = dataDraft == null ? inlined() : externalized(dataDraft, data);
            try (OutputStream out = new Pieces(Files.newOutputStream(modelDraft))) {
                complete.writeTo(out);
            }
            if (dataDraft != null) {
                publish(dataDraft, data);
            }
            publish(modelDraft, target);
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException(new IOException(folder + " does not exist", e));
        } catch (IOException e) {
            throw new UncheckedIOException(target + " cannot be written: " + e.getMessage(), e);
        } finally {
            discard(modelDraft);
            discard(dataDraft);
        }
    }

    void write(OutputStream out) throws IOException {
        if (needsExternalData()) {
            throw new IllegalStateException("the model needs a file for its large tensors: save it");
        }
        inlined().writeTo(new Pieces(out));
    }

    /** A name for a temporary file; Java's own temporary files would be private to their owner, and so would the model. */
    private static Path draft(Path target, String name) {
        return target.resolveSibling("." + name + "-" + UUID.randomUUID() + ".part");
    }

    /** Moves a complete file into place. */
    private static void publish(Path draft, Path target) throws IOException {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void discard(@Nullable Path draft) {
        try {
            if (draft != null) {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            draft.toFile().deleteOnExit();
        }
    }

    private boolean needsExternalData() {
        AtomicBoolean external = new AtomicBoolean();
        Tensors.forEach(model.proto(), t -> external.compareAndSet(false, ExternalFiles.isExternal(t)));
        long added = model.newTensors().stream().mapToLong(NewTensor::bytes).sum();
        return external.get() || model.proto().getSerializedSize() + added > LARGEST_INLINE;
    }

    private void refuseToOverwriteSource(Path target) {
        for (Path source : model.files().inUse()) {
            if (Files.exists(source) && Files.exists(target) && isSameFile(source, target)) {
                throw new UnreadableModelException(
                        target + " holds the data of the original model: choose another output name");
            }
        }
    }

    private static boolean isSameFile(Path a, Path b) {
        try {
            return Files.isSameFile(a, b);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelProto inlined() {
        GraphProto.Builder graph = model.proto().getGraph().toBuilder();
        model.newTensors().forEach(t -> graph.addInitializer(t.inline()));
        return ExplicitZeros.of(model.proto().toBuilder().setGraph(graph).build());
    }

    private ModelProto externalized(Path draft, Path data) throws IOException {
        String location = data.getFileName().toString();
        try (DataFile file = new DataFile(draft, location)) {
            ModelProto moved = Tensors.map(model.proto(), t -> ExternalFiles.isExternal(t) ? file.move(t) : t);
            GraphProto.Builder graph = moved.getGraph().toBuilder();
            for (NewTensor tensor : model.newTensors()) {
                graph.addInitializer(tensor.bytes() < SMALLEST_EXTERNAL ? tensor.inline() : file.add(tensor));
            }
            return ExplicitZeros.of(moved.toBuilder().setGraph(graph).build());
        }
    }

    /** Hands on what it gets in pieces: file streams copy each array that they are to write. */
    private static final class Pieces extends FilterOutputStream {
        private static final int LARGEST = 1 << 20;

        Pieces(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += LARGEST) {
                out.write(bytes, offset + done, Math.min(LARGEST, length - done));
            }
        }
    }

    /** The data file while it is written. */
    private final class DataFile implements AutoCloseable {
        private final OutputStream out;
        private final String location;
        private long position;

        DataFile(Path path, String location) throws IOException {
            this.out = new BufferedOutputStream(new Pieces(Files.newOutputStream(path)), 1 << 16);
            this.location = location;
        }

        TensorProto move(TensorProto tensor) {
            ExternalFiles.Region region = model.files().locate(tensor);
            long offset = align();
            region.copyTo(out);
            position += region.length();
            return tensor.toBuilder()
                    .clearExternalData()
                    .addAllExternalData(entries(offset, region.length()))
                    .build();
        }

        TensorProto add(NewTensor tensor) {
            long offset = align();
            ByteBuffer bytes = tensor.encode();
            int length = bytes.remaining();
            try {
                WritableByteChannel channel = Channels.newChannel(out);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            position += length;
            return tensor.header()
                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addAllExternalData(entries(offset, length))
                    .build();
        }

        private long align() {
            try {
                while (position % ALIGNMENT != 0) {
                    out.write(0);
                    position++;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return position;
        }

        private List<StringStringEntryProto> entries(long offset, long length) {
            return List.of(
                    entry("location", location),
                    entry("offset", Long.toString(offset)),
                    entry("length", Long.toString(length)));
        }

        private static StringStringEntryProto entry(String key, String value) {
            return StringStringEntryProto.newBuilder()
                    .setKey(key)
                    .setValue(value)
                    .build();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
