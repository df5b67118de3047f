package org.rep4j.convert.ops;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.convert.ImportedOp;
import org.rep4j.graph.Shape;

/** Formats of elements, and the axes that libnd4j loses of few of them. */
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

    /** A variable of so many axes with one more, of one element; of a matrix of one element expand_dims makes the same matrix. */
    static SDVariable expanded(SameDiff graph, SDVariable variable, int rank, int axis) {
        return rank == 2 ? graph.stack(axis, variable) : graph.expandDims(variable, axis);
    }

    /** The first inputs of an op that broadcasts them: vectors as rows, where libnd4j might meet a matrix of one element and forget an axis. */
    static SDVariable[] broadcasting(ImportedOp op, int count) {
        boolean single = IntStream.range(0, count).mapToObj(op::shape).anyMatch(Elements::mayBeSingle);
        SDVariable[] inputs = new SDVariable[count];
        for (int i = 0; i < count; i++) {
            boolean vector = op.shape(i).rank() == 1 && op.shape(i).dim(0) != 1;
            inputs[i] = single && vector ? Operand.of(op, i).expanded(0).variable() : op.in(i);
        }
        return inputs;
    }

    private static boolean mayBeSingle(Shape shape) {
        return shape.rank() == 2 && Math.abs(shape.dim(0)) == 1 && Math.abs(shape.dim(1)) == 1;
    }

    /** Whether ND4J would take it for nothing to do to reduce a matrix along an axis, and err. */
    static boolean isNothing(Shape shape, int axis) {
        return shape.rank() == 2 && (shape.dim(axis) == 1 || shape.dim(axis) < 0);
    }

    /** What is computed of a matrix as the only one of a stack, whose axes count one more. */
    static SDVariable stacked(SameDiff graph, SDVariable matrix, UnaryOperator<SDVariable> function) {
        return graph.squeeze(function.apply(graph.stack(0, matrix)), 0);
    }
}
