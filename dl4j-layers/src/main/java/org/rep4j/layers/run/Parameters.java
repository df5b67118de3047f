package org.rep4j.layers.run;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The arrays of a layer: views of the vectors that Deeplearning4j updates. */
interface Parameters {
    /** A parameter, with this iteration's weight noise where it has some. */
    INDArray get(String name, boolean training);

    /** Where its gradient goes; a batch statistic's is what the updater subtracts from it. */
    INDArray gradient(String name);
}
