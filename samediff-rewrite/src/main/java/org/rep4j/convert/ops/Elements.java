package org.rep4j.convert.ops;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Formats of elements. */
final class Elements {
    private Elements() {}

    /** A variable with elements of a format; itself if they have it. */
    static SDVariable as(SDVariable variable, DataType type) {
        return variable.dataType() == type ? variable : variable.castTo(type);
    }

    /** A variable without truth values, which the ops that move elements by index refuse: bytes in their place. */
    static SDVariable asNumbers(SDVariable variable) {
        return variable.dataType() == DataType.BOOL ? variable.castTo(DataType.BYTE) : variable;
    }
}
