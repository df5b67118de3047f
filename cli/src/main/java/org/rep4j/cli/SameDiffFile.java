package org.rep4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.samediff.SameDiffAdapter;
import org.rep4j.samediff.SameDiffFiles;
import org.rep4j.verify.ModelRunner;
import org.rep4j.verify.SameDiffRunner;

/**
 * A SameDiff graph.
 *
 * @param graph the graph
 * @param outputs names of the variables that it is asked for
 */
record SameDiffFile(SameDiff graph, List<String> outputs) implements Model {
    /**
     * Reads a file.
     *
     * @throws UnreadableModelException if it is none, or a damaged one
     */
    static SameDiffFile read(Path file) {
        SameDiff graph = SameDiffFiles.load(file);
        return new SameDiffFile(graph, SameDiffRunner.outputsOf(graph));
    }

    @Override
    public String format() {
        return "SameDiff";
    }

    /** {@inheritDoc} */
    @Override
    public SameDiffFile asking(List<String> names) {
        for (String name : names) {
            if (!graph.hasVariable(name)) {
                throw new UsageException("the graph has no variable " + name + "; what it computes and no op reads is "
                        + String.join(", ", outputs));
            }
        }
        return names.isEmpty() ? this : new SameDiffFile(graph, List.copyOf(names));
    }

    /** Whether the graph has variables of these names. */
    boolean knows(List<String> names) {
        return names.stream().allMatch(graph::hasVariable);
    }

    @Override
    public Set<Path> companions() {
        return Set.of();
    }

    @Override
    public ConvGraph lift() {
        return new SameDiffAdapter(outputs).lift(graph).graph();
    }

    @Override
    public Map<String, Long> operators() {
        return graph.getOps().values().stream()
                .collect(Collectors.groupingBy(op -> op.getOp().opName(), TreeMap::new, Collectors.counting()));
    }

    @Override
    public Deployed deploy(RepPass pass) {
        RepResult<SameDiff> result = pass.apply(graph, outputs.toArray(String[]::new));
        return new Deployed(new SameDiffFile(result.graph(), outputs), result);
    }

    @Override
    public void save(Path target) {
        SameDiffFiles.save(graph, target);
    }

    @Override
    public ModelRunner open() {
        return SameDiffRunner.of(graph, outputs);
    }

    @Override
    public ModelRunner openWith(Collection<String> values, Path scratch) {
        List<String> all = new ArrayList<>(outputs);
        values.stream().filter(v -> !all.contains(v)).forEach(all::add);
        return SameDiffRunner.of(graph, all);
    }
}
