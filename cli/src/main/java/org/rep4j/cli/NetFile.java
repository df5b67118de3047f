package org.rep4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.convert.UnsupportedOpsException;
import org.rep4j.convert.UnsupportedOpsException.UnsupportedOp;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.deploy.ComputationGraphAdapter;
import org.rep4j.layers.deploy.InputSizes;
import org.rep4j.layers.deploy.NetFiles;
import org.rep4j.layers.deploy.NetRunner;
import org.rep4j.layers.deploy.NotExportableException;
import org.rep4j.layers.deploy.SameDiffExporter;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;
import org.rep4j.verify.ModelRunner;

/**
 * A net of Deeplearning4j. Its ops are those that the adapter sees: each step of a block by itself.
 *
 * @param net the net
 */
record NetFile(ComputationGraph net) implements Model {
    /**
     * Reads a file.
     *
     * @throws org.rep4j.graph.UnreadableModelException if it is none, or a damaged one
     */
    static NetFile read(Path file) {
        return new NetFile(NetFiles.load(file));
    }

    @Override
    public String format() {
        return "Deeplearning4j";
    }

    @Override
    public List<String> outputs() {
        return net.getConfiguration().getNetworkOutputs();
    }

    /** This model: a file of this format tells its outputs. */
    @Override
    public Model asking(List<String> outputs) {
        return this;
    }

    /** For other formats, the graph that is exported: there, more kinds of ops can be folded than layers of nets can. */
    @Override
    public Model folded(Format target) {
        return target == Format.NET ? this : exported();
    }

    private SameDiffFile exported() {
        try {
            SameDiff graph = SameDiffExporter.export(net);
            return new SameDiffFile(graph, outputs());
        } catch (NotExportableException e) {
            throw new UnsupportedOpsException(e.obstacles().stream()
                    .map(o -> new UnsupportedOp(o.type(), o.vertex(), o.reason()))
                    .toList());
        } catch (IllegalArgumentException e) {
            throw new UsageException("the net cannot be converted: " + e.getMessage(), e);
        }
    }

    @Override
    public Map<String, Shape> demandedInputs() {
        return InputSizes.of(net);
    }

    @Override
    public Optional<String> needs() {
        String own = Stream.of(net.getLayers())
                .map(Layer::conf)
                .map(conf -> conf.getLayer())
                .filter(RepBlock.class::isInstance)
                .map(layer -> layer.getClass().getSimpleName())
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(kind -> kind.getValue() + " x " + kind.getKey())
                .collect(Collectors.joining(", "));
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of("org.rep4j:dl4j-layers on the class path of whoever loads it, for " + own);
    }

    @Override
    public ConvGraph withActivations(ConvGraph lifted) {
        try {
            return exported().lift();
        } catch (UnsupportedOpsException | UsageException e) {
            return lifted; // outputs are compared as they are
        }
    }

    @Override
    public Set<Path> companions() {
        return Set.of();
    }

    @Override
    public ConvGraph lift() {
        return new ComputationGraphAdapter().lift(net).graph();
    }

    @Override
    public Map<String, Long> operators() {
        return lift().nodes().stream()
                .collect(Collectors.groupingBy(node -> node.info().op(), TreeMap::new, Collectors.counting()));
    }

    @Override
    public Deployed deploy(RepPass pass) {
        RepResult<ComputationGraph> result = pass.apply(net, new ComputationGraphAdapter());
        return new Deployed(new NetFile(result.graph()), result);
    }

    @Override
    public void save(Path target) {
        NetFiles.save(net, target);
    }

    @Override
    public ModelRunner open() {
        return NetRunner.of(net);
    }

    @Override
    public ModelRunner openWith(Collection<String> values, Path scratch) {
        List<String> all = new ArrayList<>(outputs());
        values.stream().filter(v -> !all.contains(v)).forEach(all::add);
        return NetRunner.of(net, all);
    }
}
