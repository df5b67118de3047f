package org.rep4j.layers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Photographs of clothes in ten classes (Xiao et al., 2017), from Debian's dataset-fashion-mnist. Where that is missing the test that
 * asks is skipped, under CI it fails.
 */
final class FashionMnist {
    static final int CLASSES = 10;
    static final int SIDE = 28;

    private static final Path FOLDER = Path.of("/usr/share/datasets/fashion-mnist");
    private static final double WHITE = 255;

    private FashionMnist() {}

    /** Images to train with: the first {@code count} of 60,000, {@code [count, 1, 28, 28]}, 0 to 1. */
    static DataSet train(int count) throws IOException {
        return read("train", count);
    }

    /** The 10,000 images to test with. */
    static DataSet test() throws IOException {
        return read("t10k", 10_000);
    }

    private static DataSet read(String part, int count) throws IOException {
        assumeTrue(Files.isDirectory(FOLDER) || "true".equals(System.getenv("CI")), "dataset-fashion-mnist is needed");
        byte[] pixels = content(part + "-images-idx3-ubyte.gz", 3, count * SIDE * SIDE);
        byte[] classes = content(part + "-labels-idx1-ubyte.gz", 1, count);
        float[] values = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            values[i] = (float) ((pixels[i] & 0xff) / WHITE);
        }
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, CLASSES);
        for (int i = 0; i < count; i++) {
            labels.putScalar(i, classes[i], 1);
        }
        return new DataSet(Nd4j.createFromArray(values).reshape(count, 1, SIDE, SIDE), labels);
    }

    /** The elements of an IDX file: behind four bytes that tell type and axes, and four for the size of each axis. */
    private static byte[] content(String file, int axes, int length) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(FOLDER.resolve(file)));
                DataInputStream data = new DataInputStream(in)) {
            data.skipNBytes(4 + 4L * axes);
            return data.readNBytes(length);
        }
    }
}
