package org.rep4j.samediff;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.FileBytes;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.graph.UnwritableModelException;

/**
 * SameDiff graphs in files ({@code .fb}), also in those of strangers: ND4J believes what a file declares, and its native code
 * reads wherever that leads.
 */
public final class SameDiffFiles {
    private SameDiffFiles() {}

    /**
     * Reads a graph. Counts, shapes and strides are compared with the bytes that are there before ND4J sees the file.
     *
     * @param file a SameDiff file, with or without the state of an updater
     * @throws UnreadableModelException if it is none, or a damaged one
     */
    public static SameDiff load(Path file) {
        try {
            long size = Files.size(file);
            if (size == 0) {
                throw new UnreadableModelException(file + " is empty");
            }
            if (size > Integer.MAX_VALUE) {
                throw new UnreadableModelException(file + " is not a SameDiff file: it has more than 2 GB");
            }
            ByteBuffer bytes = ByteBuffer.wrap(FileBytes.read(file));
            FlatGraphCheck.check(bytes);
            return ArraysOnce.in(SameDiff.fromFlatBuffers(bytes, true));
        } catch (UnreadableModelException e) {
            throw e;
        } catch (InvalidGraphException e) {
            throw new UnreadableModelException(
                    file + " is not a SameDiff file, or a damaged one: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) { // FlatBuffers fails in many ways on bytes that are none
            throw new UnreadableModelException(
                    file + " is not a SameDiff file, or a damaged one ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    /**
     * Writes a graph, with the state of its updater if it has one.
     *
     * @param file replaced if it exists
     * @throws UnwritableModelException if the graph is larger than ND4J can write; the file is left as it was then
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void save(SameDiff graph, Path file) {
        WrittenSize size = WrittenSize.of(graph, true);
        size.require();
        try {
            graph.asFlatFile(file.toFile(), true);
        } catch (AssertionError e) { // FlatBuffers: the ops did not fit any more beside the arrays
            throw size.tooLarge(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
