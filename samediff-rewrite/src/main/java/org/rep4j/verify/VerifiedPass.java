package org.rep4j.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.GraphAdapter;
import org.rep4j.onnx.OnnxModel;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.samediff.SameDiffAdapter;

/**
 * A pass whose result is run beside the original before anybody gets it. Where the two differ the rule that is to blame is
 * named.
 *
 * <pre>{@code
 * SameDiff deploy = VerifiedPass.standard().apply(train, "logits").graph();
 * }</pre>
 *
 * <p>Immutable. The argument is never changed.
 */
public final class VerifiedPass {
    private final RepPass pass;
    private final EquivalenceCheck check;

    private VerifiedPass(RepPass pass, EquivalenceCheck check) {
        this.pass = pass;
        this.check = check;
    }

    /** Every rule, default tolerances. */
    public static VerifiedPass standard() {
        return of(RepPass.standard(), EquivalenceCheck.standard());
    }

    /** Any pass and check. */
    public static VerifiedPass of(RepPass pass, EquivalenceCheck check) {
        return new VerifiedPass(pass, check);
    }

    /**
     * The pass on a SameDiff graph, checked in ND4J.
     *
     * @param graph not changed
     * @param outputs names of the variables that must keep their values; other variables may go
     * @throws NotEquivalentException if they do not keep them
     * @throws VerificationException if the graph cannot be run
     */
    public RepResult<SameDiff> apply(SameDiff graph, String... outputs) {
        List<String> names = List.of(outputs);
        return apply(graph, new SameDiffAdapter(names), form -> SameDiffRunner.of(form, names));
    }

    /**
     * The pass on any format that has an adapter and can be run.
     *
     * @param graph not changed
     * @param runner makes a form of the graph ready to run; what it makes is closed
     * @param <G> the native graph
     * @throws NotEquivalentException if an output differs
     * @throws VerificationException if the graph cannot be run
     */
    public <G> RepResult<G> apply(G graph, GraphAdapter<G> adapter, Function<G, ModelRunner> runner) {
        return verified(p -> p.apply(graph, adapter), candidate -> {
            try (ModelRunner train = runner.apply(graph);
                    ModelRunner deploy = runner.apply(candidate)) {
                return check.run(train, deploy);
            }
        });
    }

    /**
     * The pass on an ONNX model, checked in ONNX Runtime, which reads files: both forms are written to the system's folder for
     * temporary files, and removed.
     *
     * @param model not changed
     * @throws NotEquivalentException if an output differs
     * @throws VerificationException if the model cannot be run
     */
    public RepResult<OnnxModel> apply(OnnxModel model) {
        return verified(p -> p.apply(model), candidate -> {
            try {
                Path folder = Files.createTempDirectory("rep4j-");
                try {
                    return compare(model, candidate, folder);
                } finally {
                    remove(folder);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private EquivalenceResult compare(OnnxModel model, OnnxModel candidate, Path folder) throws IOException {
        Path before = Files.createDirectory(folder.resolve("before")).resolve("model.onnx");
        Path after = Files.createDirectory(folder.resolve("after")).resolve("model.onnx");
        model.save(before);
        candidate.save(after);
        try (ModelRunner train = OnnxRuntimeRunner.open(before);
                ModelRunner deploy = OnnxRuntimeRunner.open(after)) {
            return check.run(train, deploy);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private <G> RepResult<G> verified(
            Function<RepPass, RepResult<G>> deploy, Function<G, EquivalenceResult> comparison) {
        RepResult<G> result = deploy.apply(pass);
        Optional<String> difference;
        try {
            difference = comparison.apply(result.graph()).firstFailure().map(OutputDifference::describe);
        } catch (VerificationException e) {
            Optional<Culprit> culprit = culprit(result, deploy, comparison);
            if (culprit.isEmpty()) {
                throw e;
            }
            throw new NotEquivalentException("it cannot be run: " + e.getMessage(), culprit);
        }
        if (difference.isPresent()) {
            throw new NotEquivalentException(difference.get(), culprit(result, deploy, comparison));
        }
        return result;
    }

    private <G> Optional<Culprit> culprit(
            RepResult<G> result, Function<RepPass, RepResult<G>> deploy, Function<G, EquivalenceResult> comparison) {
        return Culprit.among(result.report().rewrites(), n -> {
            try {
                return comparison
                        .apply(deploy.apply(pass.stoppingAfter(n)).graph())
                        .passed();
            } catch (VerificationException e) {
                return false; // a form that cannot be run is no better than one that computes something else
            }
        });
    }
}
