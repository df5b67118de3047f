package org.rep4j.layers.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipException;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.verify.VerificationException;

/**
 * Nets in files ({@code .zip}) as Deeplearning4j's ModelSerializer writes them, also in those of strangers: Deeplearning4j allocates what
 * a file declares, and takes objects of Java from it.
 */
public final class NetFiles {
    private NetFiles() {}

    /**
     * Reads a net, without its updater and its normalizer. A MultiLayerNetwork is read as a computation graph: its input is called "in",
     * each layer by its number, counted from 0. Sizes are compared with the bytes that are there and with the configuration before
     * anything is allocated; the configuration may only name classes of Deeplearning4j and of Rep4J.
     *
     * @param file of a net of floats or doubles, written by Deeplearning4j 1.0.0-beta or newer
     * @throws UnreadableModelException if it is none, or a damaged one
     */
    public static ComputationGraph load(Path file) {
        try (NetArchive archive = NetArchive.open(file)) {
            if (!archive.holds(NetArchive.CONFIGURATION) || !archive.holds(NetArchive.PARAMETERS)) {
                throw new UnreadableModelException(file + " is not a Deeplearning4j net: it has no "
                        + (archive.holds(NetArchive.CONFIGURATION) ? NetArchive.PARAMETERS : NetArchive.CONFIGURATION));
            }
            return load(archive);
        } catch (UnreadableModelException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new UnreadableModelException(file + ": no such file", e);
        } catch (ZipException e) {
            throw new UnreadableModelException(file + " is not a zip file, or a damaged one", e);
        } catch (InvalidGraphException | DL4JInvalidConfigException e) {
            throw new UnreadableModelException(
                    file + " is not a Deeplearning4j net, or a damaged one: " + VerificationException.firstLine(e), e);
        } catch (IOException
                | RuntimeException
                | StackOverflowError e) { // Deeplearning4j fails in many ways on wrong numbers
            throw new UnreadableModelException(
                    file + " is not a Deeplearning4j net, or a damaged one ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    private static ComputationGraph load(NetArchive archive) throws IOException {
        ComputationGraphConfiguration configuration = ConfigurationReader.read(archive.configuration());
        long count = ConfigurationReader.parameters(configuration);
        ComputationGraph net = new ComputationGraph(configuration);
        if (count == 0) {
            net.init();
        } else {
            INDArray parameters = archive.read(NetArchive.PARAMETERS, new ParameterReader(count));
            configuration.setDataType(parameters.dataType()); // nets before 1.0.0-beta4 do not tell it
            net.init(parameters, false);
        }
        return net;
    }

    /**
     * Writes a net, without its updater, as ModelSerializer does it, but for the names of vertices: they are in UTF-8 everywhere.
     *
     * @param file replaced when the new one is complete
     * @throws UncheckedIOException if it cannot be written
     */
    public static void save(ComputationGraph net, Path file) {
        Path written = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try {
                NetArchive.write(net, written);
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
