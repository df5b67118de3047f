package org.rep4j.graph;

/**
 * A handle to a constant tensor where its graph stores it; nothing is copied before it is asked for.
 *
 * <p>Handles are compared by identity: two nodes that share a weight share its handle.
 */
public interface TensorData {
    /** The number format. */
    ElementType type();

    /** The sizes, all known. */
    Shape shape();

    /**
     * The elements in row-major order, widened to double.
     *
     * @throws InvalidGraphException if they cannot be read
     */
    double[] read();

    /**
     * The elements for reading one by one, from where they are stored if possible.
     *
     * @throws InvalidGraphException if they cannot be read
     */
    default Elements open() {
        double[] elements = read();
        return index -> elements[index];
    }
}
