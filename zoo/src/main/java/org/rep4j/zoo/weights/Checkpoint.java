package org.rep4j.zoo.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rep4j.graph.UnreadableModelException;

/**
 * A file of weights. Only their names and shapes are in memory; numbers are read when they are asked for, as long as the checkpoint is open.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("RepVGG-A0-train.pth"))) {
 *     INDArray kernel = checkpoint.tensors().get("stage0.rbr_dense.conv.weight").read(DataType.FLOAT);
 * }
 * }</pre>
 */
public final class Checkpoint implements AutoCloseable {
    private static final int ZIP = 0x504b0304;
    private static final int LONGEST_MESSAGE = 300;

    private final Map<String, Tensor> tensors;
    private final String choice;
    private final Path path;
    private final AutoCloseable file;

    /** @param file what is to be closed */
    Checkpoint(Path path, StateDict content, AutoCloseable file) {
        Map<String, Tensor> placed = new LinkedHashMap<>();
        content.tensors().forEach((name, tensor) -> placed.put(name, tensor.in(path)));
        this.tensors = Collections.unmodifiableMap(placed);
        this.choice = printable(content.choice());
        this.path = path;
        this.file = file;
    }

    /**
     * Opens a file of safetensors, or one that PyTorch has written; its content tells which.
     *
     * @throws UnreadableModelException if it is neither, or damaged, or holds objects other than tensors and plain data; in one line, which names the
     *     file
     */
    public static Checkpoint open(Path file) {
        try {
            int start = start(file);
            if (start == ZIP) {
                return TorchZip.open(file);
            }
            return start == TorchLegacy.START ? TorchLegacy.open(file) : Safetensors.open(file);
        } catch (UnreadableModelException e) {
            throw new UnreadableModelException(file + ": " + printable(String.valueOf(e.getMessage())), e);
        } catch (IOException e) {
            throw new UnreadableModelException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Names in damaged files may be anything. */
    static String printable(String message) {
        String part = message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
        return part.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
    }

    private static int start(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new UnreadableModelException(Files.exists(file) ? "not a file" : "no such file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(4);
            if (head.length < 4) {
                throw new UnreadableModelException("it is too short for a checkpoint");
            }
            return (head[0] & 0xff) << 24 | (head[1] & 0xff) << 16 | (head[2] & 0xff) << 8 | head[3] & 0xff;
        }
    }

    /** All tensors by name, in the file's order. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * Which of the file's tensors these are, where it has others beside them or longer names: {@code state_dict, without the prefix module.}; else empty.
     */
    public String choice() {
        return choice;
    }

    /** @throws UnreadableModelException if the file cannot be closed */
    @Override
    public void close() {
        try {
            file.close();
        } catch (Exception e) {
            throw new UnreadableModelException(path + " cannot be closed", e);
        }
    }
}
