package org.rep4j.zoo.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.UnreadableModelException;

/**
 * Reads and writes safetensors files: the length of a JSON header, the header, and the numbers of all tensors one behind the other
 * (format version 0.4).
 */
public final class Safetensors {
    private static final int LENGTH_BYTES = 8;
    private static final long LONGEST_HEADER = 100_000_000;
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Safetensors() {}

    static Checkpoint open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path);
        try {
            return new Checkpoint(path, new StateDict(tensors(file), ""), file);
        } catch (UnreadableModelException | IOException e) {
            file.close();
            throw e;
        }
    }

    private static Map<String, Tensor> tensors(FileChannel file) throws IOException {
        long size = file.size();
        ByteBuffer head = new FileStorage(file, 0, NumberType.I64, 1, ByteOrder.LITTLE_ENDIAN)
                .read(0, size < LENGTH_BYTES ? 0 : 1);
        long length = head.capacity() == 0 ? -1 : head.getLong(0);
        if (length < 2 || length > LONGEST_HEADER || length > size - LENGTH_BYTES) {
            throw new UnreadableModelException("it is neither a safetensors file nor one of PyTorch's");
        }
        ByteBuffer json = new FileStorage(file, LENGTH_BYTES, NumberType.U8, length, ByteOrder.LITTLE_ENDIAN)
                .read(0, (int) length);
        JsonNode header;
        try {
            header = JSON.readTree(json.array());
        } catch (JsonProcessingException e) {
            throw new UnreadableModelException("its header is no JSON: " + firstLine(e.getOriginalMessage()), e);
        }
        if (!header.isObject()) {
            throw new UnreadableModelException("its header is no JSON object");
        }
        List<Entry> entries = new ArrayList<>();
        header.fields().forEachRemaining(field -> {
            if (!field.getKey().equals(METADATA)) {
                entries.add(Entry.of(field.getKey(), field.getValue()));
            }
        });
        long begin = LENGTH_BYTES + length;
        requireNoGaps(entries, size - begin);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries) {
            long count = (entry.end - entry.begin) / entry.type.bytes();
            Storage storage = new FileStorage(file, begin + entry.begin, entry.type, count, ByteOrder.LITTLE_ENDIAN);
            tensors.put(entry.name, Tensor.rowMajor(entry.name, entry.shape, storage));
        }
        return tensors;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** What the header says of a tensor. */
    private record Entry(String name, NumberType type, List<Long> shape, long begin, long end) {
        static Entry of(String name, JsonNode said) {
            JsonNode dtype = said.path("dtype");
            NumberType type = NumberType.ofSafetensors(dtype.asText())
                    .orElseThrow(() -> new UnreadableModelException(
                            "the tensor " + name + " has the dtype " + dtype + ", which is not known"));
            List<Long> shape = numbers(name, said.path("shape"));
            List<Long> offsets = numbers(name, said.path("data_offsets"));
            if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
                throw new UnreadableModelException("the tensor " + name + " has impossible data_offsets");
            }
            Entry entry = new Entry(name, type, shape, offsets.get(0), offsets.get(1));
            long bytes = type.bytes();
            for (long dim : shape) {
                if (Math.multiplyHigh(bytes, dim) != 0 || bytes * dim < 0) {
                    throw new UnreadableModelException("the tensor " + name + " has an impossible shape");
                }
                bytes *= dim;
            }
            if (bytes != entry.end - entry.begin) {
                throw new UnreadableModelException(
                        "the tensor " + name + " needs " + bytes + " bytes, but has " + (entry.end - entry.begin));
            }
            return entry;
        }

        private static List<Long> numbers(String name, JsonNode array) {
            if (!array.isArray()) {
                throw new UnreadableModelException("the tensor " + name + " lacks its shape or data_offsets");
            }
            List<Long> numbers = new ArrayList<>();
            for (JsonNode number : array) {
                if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
                    throw new UnreadableModelException("the tensor " + name + " has the size or offset " + number);
                }
                numbers.add(number.asLong());
            }
            return numbers;
        }
    }

    /** The format allows no bytes between tensors, and none that two of them have. */
    private static void requireNoGaps(List<Entry> entries, long length) {
        long end = 0;
        for (Entry entry : entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList()) {
            if (entry.begin != end) {
                throw new UnreadableModelException("the tensor " + entry.name + " begins at byte " + entry.begin
                        + ", but the one before it ends at " + end);
            }
            end = entry.end;
        }
        if (end != length) {
            throw new UnreadableModelException(
                    "its tensors have " + end + " bytes, but there are " + length + " behind the header");
        }
    }

    /**
     * Writes tensors as float32, row-major.
     *
     * @param file replaced when the new one is complete
     * @throws IllegalArgumentException if one has the name that the format keeps for itself, {@code __metadata__}
     * @throws UncheckedIOException if it cannot be written
     */
    public static void write(Path file, Map<String, INDArray> tensors) {
        ObjectNode header = JSON.createObjectNode();
        long end = 0;
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("safetensors allows no tensor of the name " + METADATA);
        }
        for (Map.Entry<String, INDArray> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", NumberType.F32.name());
            ArrayNode shape = entry.putArray("shape");
            for (long dim : tensor.getValue().shape()) {
                shape.add(dim);
            }
            long begin = end;
            end += tensor.getValue().length() * NumberType.F32.bytes();
            entry.putArray("data_offsets").add(begin).add(end);
        }
        try {
            Path target = file.toAbsolutePath();
            // Java's own temporary files are private to their owner, and so would the weights be.
            Path written = target.resolveSibling("." + target.getFileName() + "-" + UUID.randomUUID() + ".part");
            try {
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(written))) {
                    write(out, header, tensors);
                }
                Files.move(written, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The header ends at a multiple of eight bytes, with spaces. */
    private static void write(OutputStream out, ObjectNode header, Map<String, INDArray> tensors) throws IOException {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padding = Math.floorMod(-json.length, 8);
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(json.length + (long) padding).array());
        out.write(json);
        out.write(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
        for (INDArray tensor : tensors.values()) {
            float[] numbers = tensor.dup('c').reshape(tensor.length()).toFloatVector();
            ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(numbers);
            out.write(bytes.array());
        }
    }
}
