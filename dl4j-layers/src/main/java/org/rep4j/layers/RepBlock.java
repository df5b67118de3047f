package org.rep4j.layers;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.commons.lang3.builder.EqualsBuilder;
import org.apache.commons.lang3.builder.HashCodeBuilder;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.KernelPenalty;
import org.rep4j.layers.block.Parameter;
import org.rep4j.layers.block.Parameter.Role;
import org.rep4j.layers.run.BlockParamInitializer;
import org.rep4j.layers.run.RepBlockLayer;

/**
 * A block that is a sum of linear branches, which a deployed net has as one convolution. It reads and makes images; the subclasses say
 * which branches it has.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.ANY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public abstract class RepBlock extends FeedForwardLayer {
    /** NCHW where neither the builder nor the input says otherwise. */
    protected CNN2DFormat cnn2dDataFormat = CNN2DFormat.NCHW;

    /** For Jackson. */
    protected RepBlock() {}

    /** Takes over what the builder holds; a subclass calls {@link #initializeConstraints} last. */
    protected RepBlock(Builder<?> builder) {
        super(builder);
        this.cnn2dDataFormat = builder.cnn2dDataFormat;
    }

    /**
     * What the block is made of. Before the number of inputs is known it is that of a block with as many as it has outputs.
     *
     * @throws DL4JInvalidConfigException if there is no such block
     */
    public abstract Blueprint blueprint();

    /**
     * Checks the parameters, when the block is built and again when the number of its inputs is known.
     *
     * @throws DL4JInvalidConfigException that tells the parameter, its value and what is allowed
     */
    protected abstract void validate();

    /** The number of input channels, or that of the output channels as long as it is not known. */
    protected final long inputs() {
        return nIn > 0 ? nIn : nOut;
    }

    /** Whether there are as many output channels as input channels, which need not be said then. */
    protected boolean keepsChannels() {
        return false;
    }

    /** What is wrong with a parameter, as an exception. */
    protected final DL4JInvalidConfigException invalid(String parameter, Object value, String allowed) {
        String name = layerName == null ? "" : " \"" + layerName + "\"";
        return new DL4JInvalidConfigException(
                getClass().getSimpleName() + name + ": " + parameter + " is " + value + ", but must be " + allowed);
    }

    /** Where images have their channels. */
    public CNN2DFormat getCnn2dDataFormat() {
        return cnn2dDataFormat;
    }

    /** Sets where images have their channels. */
    public void setCnn2dDataFormat(CNN2DFormat format) {
        this.cnn2dDataFormat = format;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        if (nIn <= 0) {
            throw invalid("nIn", nIn, "set, or known from the type of the net's input");
        }
        RepBlockLayer layer = new RepBlockLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        return layer;
    }

    /** Whatever comes out of a file is checked here, before its parameters are counted. */
    @Override
    public ParamInitializer initializer() {
        validate();
        return BlockParamInitializer.getInstance();
    }

    @Override
    public InputType getOutputType(int index, @Nullable InputType input) {
        InputTypeConvolutional image = image(input);
        try {
            long[] sizes = blueprint().outputSizes(image.getHeight(), image.getWidth());
            return InputType.convolutional(sizes[0], sizes[1], nOut, image.getFormat());
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(
                    getClass().getSimpleName() + " \"" + layerName + "\": " + e.getMessage(), e);
        }
    }

    private InputTypeConvolutional image(@Nullable InputType input) {
        if (input instanceof InputTypeConvolutional image) {
            return image;
        }
        throw new DL4JInvalidConfigException(
                getClass().getSimpleName() + " \"" + layerName + "\" needs images as its input, not " + input);
    }

    @Override
    public void setNIn(@Nullable InputType input, boolean override) {
        InputTypeConvolutional image = image(input);
        boolean isSaid = nOut > 0 && nOut != nIn; // not taken over from an earlier input
        if (nIn <= 0 || override) {
            nIn = image.getChannels();
        }
        if (keepsChannels()) {
            if (isSaid && nOut != nIn) {
                throw invalid("nOut", nOut, "nIn = " + nIn);
            }
            nOut = nIn;
        }
        cnn2dDataFormat = image.getFormat();
        validate();
    }

    @Override
    public @Nullable InputPreProcessor getPreProcessorForInputType(InputType input) {
        return InputTypeUtil.getPreProcessorForInputTypeCnnLayers(input, layerName);
    }

    private @Nullable Role role(String name) {
        return blueprint().parameters().stream()
                .filter(p -> p.name().equals(name))
                .map(Parameter::role)
                .findFirst()
                .orElse(null);
    }

    /** Batch normalizations and scales are not decayed, as in the papers; neither are running averages. */
    @Override
    public @Nullable List<Regularization> getRegularizationByParam(String name) {
        KernelPenalty penalty = blueprint().penalty();
        if (penalty != null && penalty.replaces(name)) {
            return null;
        }
        Role role = role(name);
        return role == Role.WEIGHT ? regularization : role == Role.BIAS ? regularizationBias : null;
    }

    /** Running averages come as they are to be subtracted. */
    @Override
    public IUpdater getUpdaterByParam(String name) {
        return role(name) == Role.STATISTIC ? new NoOp() : super.getUpdaterByParam(name);
    }

    @Override
    public boolean isPretrainParam(String name) {
        return false;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType input) {
        InputType output = getOutputType(-1, input);
        List<Parameter> parameters = blueprint().parameters();
        long size = parameters.stream().mapToLong(Parameter::length).sum();
        long updater = parameters.stream()
                .mapToLong(p -> getUpdaterByParam(p.name()).stateSize(p.length()))
                .sum();
        // of each branch what its last step makes, and as much again for what that is normalized from
        long branches = blueprint().branches().size() * output.arrayElementsPerExample();
        long training = 2 * branches + 2 * (input.arrayElementsPerExample() + output.arrayElementsPerExample());
        // until the way back: the images behind the first step of each branch, or that of its only step; and the sum,
        // before its activation
        long images = blueprint().branches().stream()
                .mapToLong(b -> Math.max(1, b.steps().size() - 1))
                .sum();
        long kept = (images + 1) * output.arrayElementsPerExample();
        return new LayerMemoryReport.Builder(layerName, getClass(), input, output)
                .standardMemory(size, updater)
                .workingMemory(0, branches, 0, training)
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.cacheModeMapFor(kept))
                .build();
    }

    @Override
    public RepBlock clone() {
        return (RepBlock) super.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return EqualsBuilder.reflectionEquals(this, other);
    }

    @Override
    public int hashCode() {
        return HashCodeBuilder.reflectionHashCode(this);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(nIn=" + nIn + ", nOut=" + nOut + ")";
    }

    /**
     * What all blocks can be told.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>> extends FeedForwardLayer.Builder<T> {
        /** Where images have their channels. */
        protected CNN2DFormat cnn2dDataFormat = CNN2DFormat.NCHW;

        /** The activation is ReLU, as in the papers, unless the builder says otherwise. */
        protected Builder() {
            setActivationFn(Activation.RELU.getActivationFunction());
        }

        /** This, as its own type. */
        @SuppressWarnings("unchecked")
        protected final T self() {
            return (T) this;
        }

        /** Where images have their channels; taken from the net's input type where that is set. */
        public T dataFormat(CNN2DFormat format) {
            this.cnn2dDataFormat = format;
            return self();
        }

        /** Two numbers of one or two: for height and width. */
        protected static int[] pair(String name, int least, int... numbers) {
            boolean fits = numbers.length == 1 || numbers.length == 2;
            if (!fits || Arrays.stream(numbers).anyMatch(n -> n < least)) {
                throw new DL4JInvalidConfigException(name + " is " + Arrays.toString(numbers)
                        + ", but must be one or two numbers of at least " + least);
            }
            return new int[] {numbers[0], numbers[numbers.length - 1]};
        }
    }
}
