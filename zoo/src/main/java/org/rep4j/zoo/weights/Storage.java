package org.rep4j.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Numbers of one type in a row, somewhere in a file; tensors are views of them. */
interface Storage {
    /** What is stored. */
    NumberType type();

    /** How many numbers there are, all of which are in the file. */
    long count();

    /**
     * Some of them, in the file's order of bytes.
     *
     * @param first number
     * @param count at most as many as there are from there on
     */
    ByteBuffer read(long first, int count) throws IOException;
}
