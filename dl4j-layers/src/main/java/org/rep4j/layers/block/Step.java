package org.rep4j.layers.block;

import java.util.List;

/** A linear map of images: what branches are chains of. Linear as it is deployed, with the running averages of batch normalizations. */
public sealed interface Step
        permits ConvolutionStep, BatchNormStep, AveragePoolStep, FilterStep, ScaleStep, ShiftStep, SumStep {
    /** What it learns and keeps, in the order in which that is stored. */
    List<Parameter> parameters();

    /**
     * Height and width of what comes out.
     *
     * @param sizes height and width of what goes in
     */
    long[] outputSizes(long... sizes);
}
