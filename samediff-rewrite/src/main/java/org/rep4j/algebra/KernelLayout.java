package org.rep4j.algebra;

/**
 * The orders in which graphs store kernels. O and I count output and input channels, g groups, k spatial taps.
 *
 * <p>A linear layer is a kernel without taps: {@link #OIK} is {@code [out, in]}, {@link #KIO} is {@code [in, out]}.
 */
public enum KernelLayout {
    /** {@code [O, I/g, k…]}: canonical; ONNX Conv, SameDiff's OIYX. */
    OIK,
    /** {@code [I, O/g, k…]}: ONNX ConvTranspose. */
    IOK,
    /** {@code [k…, I, O]}: SameDiff's YXIO; {@code [k…, C, multiplier]} of depthwise_conv2d, which is the same order. */
    KIO,
    /** {@code [k…, O, I]}: SameDiff's deconv2d. */
    KOI,
    /** {@code [O, k…, I]}: SameDiff's OYXI. */
    OKI;

    /**
     * Where a stored tensor has the weights of one output channel: that of input channel i of its group on tap t is at
     * {@code start + i · inStride + t · tapStride}.
     *
     * @param start position of the first one
     * @param inStride distance between input channels
     * @param tapStride distance between taps
     */
    public record Row(int start, int inStride, int tapStride) {}

    /** Where the weights of output channel {@code out} are. */
    public Row row(KernelShape shape, int out) {
        int outs = shape.outChannels();
        int ins = shape.inChannelsPerGroup();
        int taps = shape.taps();
        return switch (this) {
            case OIK -> new Row(out * ins * taps, taps, 1);
            case IOK -> {
                int outsPerGroup = outs / shape.groups();
                int firstPlane = shape.groupOf(out) * ins * outsPerGroup + out % outsPerGroup;
                yield new Row(firstPlane * taps, outsPerGroup * taps, 1);
            }
            case KIO -> new Row(out, outs, ins * outs);
            case KOI -> new Row(out * ins, 1, outs * ins);
            case OKI -> new Row(out * taps * ins, 1, ins);
        };
    }
}
