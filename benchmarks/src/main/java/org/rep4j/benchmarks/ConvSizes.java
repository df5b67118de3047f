package org.rep4j.benchmarks;

/**
 * A convolution's sizes. The stride is the same on both axes.
 *
 * @param padded whether a padding of half the kernel on each side keeps the image's size; otherwise there is none
 */
record ConvSizes(int in, int out, int height, int width, int stride, int groups, boolean padded) {
    /** A square kernel whose padding keeps the image's size. */
    ConvSizes(int in, int out, int kernel, int stride, int groups) {
        this(in, out, kernel, kernel, stride, groups, true);
    }

    ConvSizes withKernel(int newHeight, int newWidth) {
        return new ConvSizes(in, out, newHeight, newWidth, stride, groups, padded);
    }

    ConvSizes unpadded() {
        return new ConvSizes(in, out, height, width, stride, groups, false);
    }

    /** How many products an element of its output sums up. */
    int inputsOfEachOutput() {
        return in / groups * height * width;
    }
}
