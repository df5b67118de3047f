package org.rep4j.layers.deploy;

import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.samediff.OpNames;

/**
 * Where the ops of one vertex are written: values get the vertex's name in front of their own.
 *
 * @param graph which is written
 * @param type of the net's numbers
 * @param vertex its name
 * @param reserved the names of all vertices, which no other values get
 */
record ExportScope(SameDiff graph, DataType type, String vertex, Set<String> reserved) {
    /** Gives a value that an op has just made its name: the vertex's, and {@code what} it is. */
    SDVariable named(String what, SDVariable value) {
        String name = fresh(what);
        return value.rename(name);
    }

    private String fresh(String what) {
        String base = vertex + "/" + what;
        String name = OpNames.fresh(graph, base);
        for (int n = 1; reserved.contains(name); n++) {
            name = OpNames.fresh(graph, base + "_" + n);
        }
        return name;
    }

    /** Stores a copy of an array, row-major. */
    SDVariable constant(String what, INDArray array) {
        return graph.constant(fresh(what), array.dup('c'));
    }

    /** Stores one number per channel, whatever the array's axes. */
    SDVariable perChannel(String what, INDArray array) {
        return constant(what, array.reshape(array.length()));
    }

    /** Stores a number of the net's type. */
    SDVariable number(String what, double value) {
        return constant(what, Nd4j.scalar(type, value));
    }
}
