package org.rep4j.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.samediff.frameworkimport.onnx.importer.OnnxFrameworkImporter;
import org.rep4j.convert.BackendCase.DataSet;
import org.rep4j.convert.Verdict.Kind;
import org.rep4j.testing.TypedTensor;

/** A way from an ONNX model to the numbers that it computes, which the backend tests judge. */
enum Candidate {
    /** Converted to SameDiff, which runs it. */
    SAMEDIFF("ONNX → SameDiff") {
        @Override
        Map<String, TypedTensor> run(BackendCase test, Map<String, TypedTensor> feeds) {
            ModelProto model = OlderOpsets.raise(test.proto());
            return inSameDiff(onFile(model, OnnxToSameDiff::convert), feeds, test.outputs());
        }
    },

    /** Converted to SameDiff and back; ONNX Runtime runs what comes out. */
    ROUND_TRIP("round trip") {
        @Override
        Map<String, TypedTensor> run(BackendCase test, Map<String, TypedTensor> feeds) {
            ModelProto model = OlderOpsets.raise(test.proto());
            ModelProto returned = onFile(model, file -> {
                SameDiff graph = OnnxToSameDiff.convert(file);
                SameDiffToOnnx.convert(graph, test.outputs()).save(file);
                return BackendCase.read(file);
            });
            return InOnnxRuntime.run(returned, feeds);
        }
    },

    /** ONNX Runtime on the test's own model: what fails here tells nothing about the converters. */
    ONNX_RUNTIME("ONNX Runtime") {
        @Override
        Map<String, TypedTensor> run(BackendCase test, Map<String, TypedTensor> feeds) {
            return InOnnxRuntime.run(OlderOpsets.raise(test.proto()), feeds);
        }
    },

    /** Deeplearning4j's own importer, then SameDiff. It leaves out nodes without a name, as all of the tests' are, so they get names. */
    SAMEDIFF_IMPORT_ONNX("samediff-import-onnx") {
        @Override
        Map<String, TypedTensor> run(BackendCase test, Map<String, TypedTensor> feeds) {
            ModelProto.Builder model = test.proto().toBuilder();
            GraphProto.Builder graph = model.getGraphBuilder();
            for (int i = 0; i < graph.getNodeCount(); i++) {
                graph.getNodeBuilder(i).setName("node_" + i);
            }
            SameDiff imported =
                    onFile(model.build(), file -> Importer.INSTANCE.runImport(file.toString(), Map.of(), true));
            return inSameDiff(imported, feeds, test.outputs());
        }
    };

    private static final String NO_IMPORT = "No import process defined";

    private final String title;

    Candidate(String title) {
        this.title = title;
    }

    /** What pages call it. */
    String title() {
        return title;
    }

    /** Its constructor looks through the whole class path, which takes long, so there is one, made at first use. */
    private static final class Importer {
        static final OnnxFrameworkImporter INSTANCE = new OnnxFrameworkImporter();
    }

    /** Runs the test's model. */
    abstract Map<String, TypedTensor> run(BackendCase test, Map<String, TypedTensor> feeds);

    /** Whether this passes the test, or how it fails. Returns normally unless the process dies or hangs. */
    Verdict judge(BackendCase test) {
        if (test.hasStrings()) {
            return Verdict.of(Kind.UNSUPPORTED, "strings");
        }
        try {
            for (DataSet set : test.dataSets()) {
                Optional<String> difference = difference(run(test, set.inputs()), set.outputs());
                if (difference.isPresent()) {
                    return Verdict.of(Kind.WRONG, difference.get());
                }
            }
            return Verdict.passed();
        } catch (UnsupportedOpsException e) {
            return Verdict.of(Kind.UNSUPPORTED, String.valueOf(e.getMessage()));
        } catch (Throwable e) { // errors, too, such as Kotlin's NotImplementedError, are what is to be found out
            String message = String.valueOf(e.getMessage());
            return message.startsWith(NO_IMPORT)
                    ? Verdict.of(Kind.UNSUPPORTED, message)
                    : Verdict.of(Kind.EXCEPTION, e.getClass().getSimpleName() + ": " + message);
        }
    }

    private static Optional<String> difference(Map<String, TypedTensor> actual, Map<String, TypedTensor> expected) {
        for (Map.Entry<String, TypedTensor> output : expected.entrySet()) {
            TypedTensor tensor = actual.get(output.getKey());
            Optional<String> difference =
                    tensor == null ? Optional.of("no such output") : tensor.differenceFrom(output.getValue());
            if (difference.isPresent()) {
                return Optional.of(output.getKey() + ": " + difference.get());
            }
        }
        return Optional.empty();
    }

    private static <T> T onFile(ModelProto model, Function<Path, T> action) {
        try {
            Path folder = Files.createTempDirectory("backend");
            Path file = folder.resolve("model.onnx");
            try {
                Files.write(file, model.toByteArray());
                return action.apply(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, TypedTensor> inSameDiff(
            SameDiff graph, Map<String, TypedTensor> feeds, List<String> outputs) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        feeds.forEach((name, tensor) -> arrays.put(name, NdArrays.of(tensor)));
        Map<String, INDArray> computed = graph.output(arrays, outputs);
        Map<String, TypedTensor> tensors = new LinkedHashMap<>();
        outputs.forEach(name -> tensors.put(name, NdArrays.toTensor(Objects.requireNonNull(computed.get(name)))));
        return tensors;
    }
}
