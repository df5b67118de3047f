package org.rep4j.convert.ops;

import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * How the elements of a resized axis follow from those before. Coordinates are computed in single precision: that decides which
 * element is nearest where two are as near.
 *
 * @param mode nearest, linear or cubic
 * @param coordinates how places afterwards are places before
 * @param rounding which element is nearest
 * @param cubicCoefficient of the cubic function
 * @param excludesOutside whether elements beyond the border weigh nothing, instead of being those at the border
 * @param extrapolation what stands for places beyond the border, where the coordinates are those of a region
 */
record ResizeMethod(
        String mode,
        String coordinates,
        String rounding,
        double cubicCoefficient,
        boolean excludesOutside,
        double extrapolation) {
    /** Operator set since which a Resize says how it treats coordinates. */
    private static final int COORDINATES = 11;

    /** The coordinates of a region. */
    static final String REGION = "tf_crop_and_resize";

    /** How operator sets before {@value #COORDINATES} round: down, or up if the axis shrinks. */
    private static final String SIMPLE = "simple";

    static ResizeMethod of(ImportedOp op) throws NotConvertibleException {
        if (op.node().integer("antialias", 0) != 0) {
            throw op.unsupported("it smooths what it makes smaller (antialias)");
        }
        boolean old = op.opset() < COORDINATES;
        String mode = op.node().text("mode", "nearest");
        return new ResizeMethod(
                mode.equals("bilinear") || mode.equals("trilinear") ? "linear" : mode,
                old ? "asymmetric" : op.node().text("coordinate_transformation_mode", "half_pixel"),
                old ? SIMPLE : op.node().text("nearest_mode", "round_prefer_floor"),
                op.node().number("cubic_coeff_a", -0.75),
                op.node().integer("exclude_outside", 0) != 0,
                op.node().number("extrapolation_value", 0));
    }

    /** The place before that place {@code x} of a resized axis stands for. */
    float source(ImportedOp op, ResizedAxis axis, long x) throws NotConvertibleException {
        float scale = axis.scale();
        float from = axis.from().known();
        float to = axis.to().known();
        return switch (coordinates) {
            case "half_pixel" -> (x + 0.5f) / scale - 0.5f;
            case "half_pixel_symmetric" -> {
                float offset = from / 2 * (1 - to / (scale * from));
                yield offset + (x + 0.5f) / scale - 0.5f;
            }
            case "pytorch_half_pixel" -> to > 1 ? (x + 0.5f) / scale - 0.5f : 0;
            case "align_corners" -> to == 1 ? 0 : x * (from - 1) / (to - 1);
            case "asymmetric" -> x / scale;
            case "tf_half_pixel_for_nn" -> (x + 0.5f) / scale;
            case REGION ->
                to > 1
                        ? axis.start() * (from - 1) + x * (axis.end() - axis.start()) * (from - 1) / (to - 1)
                        : 0.5f * (axis.start() + axis.end()) * (from - 1);
            default -> throw op.unsupported("its coordinates are " + coordinates);
        };
    }

    /** Which element is nearest to a place. */
    double nearest(ImportedOp op, ResizedAxis axis, float place) throws NotConvertibleException {
        return switch (rounding) {
            case "floor" -> Math.floor(place);
            case "ceil" -> Math.ceil(place);
            case "round_prefer_floor" -> Math.ceil(place - 0.5f);
            case "round_prefer_ceil" -> Math.floor(place + 0.5f);
            case SIMPLE -> axis.scale() < 1 ? Math.ceil(place) : Math.floor(place);
            default -> throw op.unsupported("it rounds with " + rounding);
        };
    }

    /** Whether places beyond the border hold a number of their own. */
    boolean extrapolates() {
        return coordinates.equals(REGION);
    }

    /** Whether the axis is resized by repeating each element, whatever its size. */
    boolean repeats(ResizedAxis axis) {
        int factor = Math.round(axis.scale());
        if (!mode.equals("nearest") || factor < 1 || factor != axis.scale()) {
            return false;
        }
        return switch (coordinates) {
            case "asymmetric" ->
                rounding.equals("floor")
                        || rounding.equals(SIMPLE)
                        || (factor == 2 && rounding.equals("round_prefer_floor"));
            case "half_pixel", "half_pixel_symmetric" -> rounding.startsWith("round_prefer");
            case "tf_half_pixel_for_nn" -> rounding.equals("floor");
            default -> false;
        };
    }
}
