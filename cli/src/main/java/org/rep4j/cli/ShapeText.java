package org.rep4j.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.rep4j.graph.Shape;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Shapes as the command line writes them: {@code 1x3x224x224}, with {@code ?} for sizes that are free. */
final class ShapeText implements ITypeConverter<Shape> {
    private static final String FREE = "?";

    static String format(Shape shape) {
        if (shape.rank() < 0) {
            return "...";
        }
        return shape.rank() == 0
                ? "scalar"
                : IntStream.range(0, shape.rank())
                        .mapToObj(axis -> shape.dim(axis) < 0 ? FREE : Long.toString(shape.dim(axis)))
                        .collect(Collectors.joining("x"));
    }

    @Override
    public Shape convert(String text) {
        try {
            return Shape.of(Arrays.stream(text.split("x", -1))
                    .mapToLong(ShapeText::size)
                    .toArray());
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a shape such as 1x3x224x224 or ?x3x224x224");
        }
    }

    private static long size(String text) {
        if (text.equals(FREE)) {
            return Shape.UNKNOWN_DIM;
        }
        long size = Long.parseLong(text);
        if (size < 1) {
            throw new NumberFormatException(text);
        }
        return size;
    }
}
