package org.rep4j.importer;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import onnx.Onnx.ModelProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.samediff.frameworkimport.onnx.importer.OnnxFrameworkImporter;

/** The child process: imports one model, writes the graph, and says in one line on standard output how that went. */
public final class ImportMain {
    /** What the one line starts with. */
    static final String ANSWER = "rep4j-import: ";

    /** What the line goes on with if all went well. */
    static final String DONE = "done";

    private static final long UNKNOWN = -1;

    private ImportMain() {}

    /** @param args the ONNX file, and the SameDiff file to write */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // the importer prints the whole graph
        endWithParent();
        String answer;
        try {
            importModel(Path.of(args[0]), new File(args[1]));
            answer = DONE;
        } catch (Exception | Error e) { // whatever it is: the parent is told
            answer = "throws " + e.toString().strip().replaceAll("\\s*\\R\\s*", " ");
        }
        out.println(ANSWER + answer);
        Runtime.getRuntime().halt(0); // the importer may have left threads behind
    }

    private static void importModel(Path onnx, File fb) throws IOException {
        SameDiff graph = new OnnxFrameworkImporter().runImport(onnx.toString(), Map.of(), true);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(onnx))) {
            freeDimensions(graph, ModelProto.parseFrom(in));
        }
        graph.save(fb, false);
    }

    /** The importer declares 1 for each dimension that the model leaves open. */
    private static void freeDimensions(SameDiff graph, ModelProto model) {
        for (ValueInfoProto input : model.getGraph().getInputList()) {
            SDVariable variable = graph.getVariable(input.getName());
            if (variable != null && variable.isPlaceHolder()) {
                variable.setShape(input.getType().getTensorType().getShape().getDimList().stream()
                        .mapToLong(d -> d.hasDimValue() ? d.getDimValue() : UNKNOWN)
                        .toArray());
            }
        }
    }

    /** The parent holds the other end of standard input: where that closes, the parent is gone and nobody waits for the graph. */
    private static void endWithParent() {
        Thread watch = new Thread(
                () -> {
                    try (InputStream parent = new FileInputStream(FileDescriptor.in)) {
                        while (parent.read() >= 0) {
                            // says nothing
                        }
                    } catch (IOException e) {
                        System.err.println(e);
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }
}
