package org.rep4j.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Whole files in the heap. */
public final class FileBytes {
    private static final int PIECE = 1 << 20;

    private FileBytes() {}

    /**
     * Reads a file piece by piece. What is read at once goes through native memory, which the JDK keeps for the thread: of a large
     * model that would be as much as the model.
     *
     * @param file of less than 2 GB
     * @throws IOException if it cannot be read
     */
    public static byte[] read(Path file) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(Files.size(file))];
        int count = 0;
        try (InputStream in = Files.newInputStream(file)) {
            while (count < bytes.length) {
                int read = in.read(bytes, count, Math.min(PIECE, bytes.length - count));
                if (read < 0) {
                    break;
                }
                count += read;
            }
        }
        return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
    }
}
