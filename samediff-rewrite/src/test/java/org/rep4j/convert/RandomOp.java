package org.rep4j.convert;

import java.util.function.Consumer;
import org.rep4j.onnx.OnnxModel;

/**
 * How models of one op are made at random.
 *
 * @param type the op's
 * @param since the first operator set that has it, or has it in this form
 * @param until the last
 * @param generator adds its inputs and attributes
 */
record RandomOp(String type, int since, int until, Consumer<RandomOpModel> generator) {
    static RandomOp of(String type, int since, Consumer<RandomOpModel> generator) {
        return new RandomOp(type, since, OnnxModel.NEWEST_OPSET, generator);
    }
}
