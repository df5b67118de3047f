package org.rep4j.layers.run;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where images {@code [batch, channels, height, width]} or {@code [batch, height, width, channels]} have what. */
enum Layout {
    NCHW(1, 2),
    NHWC(3, 1);

    private final int channelAxis;
    private final int heightAxis;

    Layout(int channelAxis, int heightAxis) {
        this.channelAxis = channelAxis;
        this.heightAxis = heightAxis;
    }

    static Layout of(CNN2DFormat format) {
        return format == CNN2DFormat.NHWC ? NHWC : NCHW;
    }

    /** The number by which native operations call it. */
    int number() {
        return ordinal();
    }

    long channels(INDArray image) {
        return image.size(channelAxis);
    }

    /** Height and width. */
    long[] sizes(INDArray image) {
        return new long[] {image.size(heightAxis), image.size(heightAxis + 1)};
    }

    long[] shape(long batch, long channels, long... sizes) {
        return this == NCHW
                ? new long[] {batch, channels, sizes[0], sizes[1]}
                : new long[] {batch, sizes[0], sizes[1], channels};
    }

    /** The index of one element. */
    long[] place(long image, long channel, long row, long column) {
        return this == NCHW ? new long[] {image, channel, row, column} : new long[] {image, row, column, channel};
    }

    /** All channels of all images at one place, {@code [batch, channels]}, as a view. */
    INDArray element(INDArray images, long row, long column) {
        INDArrayIndex[] region = all();
        region[heightAxis] = NDArrayIndex.point(row);
        region[heightAxis + 1] = NDArrayIndex.point(column);
        return images.get(region);
    }

    /** How many numbers belong to one channel. */
    double count(INDArray image) {
        return (double) image.length() / channels(image);
    }

    /** The sum over all but the channels. */
    INDArray sum(INDArray image) {
        return mean(image).muli(count(image));
    }

    /** The mean over all but the channels. */
    INDArray mean(INDArray image) {
        return meanOfEach(image).mean(0);
    }

    /**
     * The mean of each channel of each image, {@code [batch, channels]}: by pooling, which rounds less than ND4J's sums, and which
     * oneDNN does in a fraction of their time.
     */
    INDArray meanOfEach(INDArray image) {
        int height = Math.toIntExact(image.size(heightAxis));
        int width = Math.toIntExact(image.size(heightAxis + 1));
        INDArray result = Nd4j.createUninitialized(image.dataType(), shape(image.size(0), channels(image), 1, 1));
        Nd4j.exec(DynamicCustomOp.builder("avgpool2d")
                .addInputs(image)
                .addIntegerArguments(height, width, 1, 1, 0, 0, 1, 1, 0, 1, number()) // as in AveragePoolRun
                .addOutputs(result)
                .build());
        return result.reshape('c', image.size(0), channels(image));
    }

    /** Each channel of each image times its own number, {@code [batch, channels]}, in {@code result}. */
    INDArray multiplyEach(INDArray image, INDArray factors, INDArray result) {
        return image.muli(ofEach(factors), result);
    }

    /** Adds to each channel of each image its own number, {@code [batch, channels]}, in place. */
    INDArray addEach(INDArray image, INDArray summands) {
        return image.addi(ofEach(summands));
    }

    /** Adds one number per channel, in place. */
    INDArray add(INDArray image, INDArray perChannel) {
        return image.addi(ofAll(perChannel));
    }

    /** {@code image − perChannel}, in {@code result}. */
    INDArray subtract(INDArray image, INDArray perChannel, INDArray result) {
        return image.subi(ofAll(perChannel), result);
    }

    /** {@code image · perChannel}, in {@code result}. */
    INDArray multiply(INDArray image, INDArray perChannel, INDArray result) {
        return image.muli(ofAll(perChannel), result);
    }

    /** As an image of one pixel, which arithmetic spreads out: ND4J's Broadcast operations take up to 35 times as long. */
    private INDArray ofAll(INDArray perChannel) {
        return perChannel.reshape('c', shape(1, perChannel.length(), 1, 1));
    }

    private INDArray ofEach(INDArray perImage) {
        return perImage.reshape('c', shape(perImage.size(0), perImage.size(1), 1, 1));
    }

    /** Some of the channels, as a view. */
    INDArray channels(INDArray image, long from, long to) {
        INDArrayIndex[] region = all();
        region[channelAxis] = NDArrayIndex.interval(from, to);
        return image.get(region);
    }

    /** A region of height and width, as a view. */
    INDArray region(INDArray image, long top, long bottom, long left, long right) {
        INDArrayIndex[] region = all();
        region[heightAxis] = NDArrayIndex.interval(top, bottom);
        region[heightAxis + 1] = NDArrayIndex.interval(left, right);
        return image.get(region);
    }

    /** Images of groups of channels, side by side. */
    INDArray joined(INDArray... parts) {
        return Nd4j.concat(channelAxis, parts);
    }

    private static INDArrayIndex[] all() {
        INDArrayIndex[] region = new INDArrayIndex[4];
        Arrays.fill(region, NDArrayIndex.all());
        return region;
    }
}
