package org.rep4j.samediff;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.graph.FlatGraph;
import org.nd4j.graph.FlatNode;
import org.nd4j.graph.FlatProperties;
import org.nd4j.graph.FlatVariable;
import org.nd4j.graph.UpdaterState;
import org.rep4j.graph.InvalidGraphException;

/**
 * Compares the sizes that a SameDiff file declares with the bytes that are there, before ND4J sees it. ND4J trusts them: it
 * allocates what it is told to, and its native code reads wherever strides lead.
 */
final class FlatGraphCheck {
    private final FlatGraph graph;
    private final FlatSizes sizes;

    private FlatGraphCheck(ByteBuffer file) {
        this.graph = FlatGraph.getRootAsFlatGraph(file);
        this.sizes = new FlatSizes(file.capacity());
    }

    /**
     * Checks a file.
     *
     * @param file all of it; read from its start
     * @throws InvalidGraphException if it declares more than it holds
     * @throws RuntimeException of many kinds, as FlatBuffers' accessors throw them, if the bytes are no such file
     */
    static void check(ByteBuffer file) {
        new FlatGraphCheck(file).run();
    }

    private void run() {
        sizes.add(graph.placeholdersLength(), Integer.BYTES);
        sizes.add(graph.lossVariablesLength(), Integer.BYTES);
        indices(graph.variablesLength()).forEach(i -> check(graph.variables(i)));
        indices(graph.nodesLength()).forEach(i -> check(graph.nodes(i)));
        indices(graph.updaterStateLength()).forEach(i -> check(graph.updaterState(i)));
    }

    /** Of the elements of a vector of references. */
    private IntStream indices(int length) {
        sizes.add(length, Integer.BYTES);
        return IntStream.range(0, length);
    }

    private void check(FlatVariable variable) {
        sizes.add(variable.shapeLength(), Long.BYTES);
        sizes.add(variable.controlDepsLength(), Integer.BYTES);
        sizes.add(variable.controlDepForOpLength(), Integer.BYTES);
        sizes.add(variable.controlDepsForVarLength(), Integer.BYTES);
        sizes.addArray(variable.name(), variable.ndarray());
    }

    private void check(FlatNode node) {
        for (int length : new int[] {
            node.inputLength(),
            node.inputPairedLength(),
            node.outputLength(),
            node.dimensionsLength(),
            node.outputNamesLength(),
            node.extraStringsLength(),
            node.controlDepsLength(),
            node.varControlDepsLength(),
            node.controlDepForLength()
        }) {
            sizes.add(length, Integer.BYTES);
        }
        sizes.add(node.extraParamsLength(), Double.BYTES);
        sizes.add(node.extraIntegerLength(), Long.BYTES);
        sizes.add(node.extraBoolsLength(), 1);
        sizes.add(node.extraTypesLength(), 1);
        sizes.addArray(node.name(), node.scalar());
        indices(node.propertiesLength()).forEach(i -> check(node.name(), node.properties(i)));
    }

    private void check(@Nullable String node, FlatProperties property) {
        sizes.add(property.iLength(), Integer.BYTES);
        sizes.add(property.lLength(), Long.BYTES);
        sizes.add(property.dLength(), Double.BYTES);
        sizes.add(property.bLength(), 1);
        sizes.add(property.sLength(), Integer.BYTES);
        sizes.add(property.shapeLength(), Integer.BYTES);
        indices(property.aLength()).forEach(i -> sizes.addArray(node, property.a(i)));
    }

    private void check(UpdaterState state) {
        sizes.add(state.updaterStateKeysLength(), Integer.BYTES);
        indices(state.updaterStateValuesLength())
                .forEach(i -> sizes.addArray(state.paramName(), state.updaterStateValues(i)));
    }
}
