package org.rep4j.zoo;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.rep4j.layers.deploy.ComputationGraphAdapter;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.RepResult;

/**
 * A published net, which Deeplearning4j's users build as they build those of its own zoo:
 *
 * <pre>{@code
 * ComputationGraph net = RepVgg.builder().variant(RepVgg.Variant.A0).numClasses(10).build().init();
 * }</pre>
 *
 * <p>It reads images [batch, channels, height, width], as its authors normalize them, and puts out the probabilities of the classes.
 */
public abstract class PublishedNet extends ZooModel<ComputationGraph> {
    private final int numClasses;
    private final long seed;
    private final IUpdater updater;
    private final double l2;
    private final DataType dataType;
    private int[] inputShape;

    /** Takes over what the builder holds. */
    protected PublishedNet(Builder<?> builder) {
        this.numClasses = builder.numClasses;
        this.seed = builder.seed;
        this.updater = builder.updater;
        this.l2 = builder.l2;
        this.dataType = builder.dataType;
        this.inputShape = builder.inputShape.clone();
    }

    /** Writes the net, from {@link NetPlan#input} to its outputs. */
    abstract void write(NetPlan plan);

    /** The configuration of the train form. */
    public ComputationGraphConfiguration conf() {
        return conf(Form.TRAIN);
    }

    /** The configuration of one of the forms. In deploy form each block is a plain convolution, and heads that only training needs are missing. */
    public ComputationGraphConfiguration conf(Form form) {
        return plan(form).configuration();
    }

    final NetPlan plan(Form form) {
        NeuralNetConfiguration.Builder settings = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(dataType)
                .weightInit(WeightInit.RELU)
                .updater(updater);
        if (l2 > 0) {
            settings.l2(l2);
        }
        InputType images = InputType.convolutional(inputShape[1], inputShape[2], inputShape[0]);
        NetPlan plan = new NetPlan(settings.graphBuilder(), form, images);
        write(plan);
        return plan;
    }

    /** The train form with new parameters. */
    @Override
    @SuppressWarnings("unchecked") // Deeplearning4j's method has a type of its own choice
    public ComputationGraph init() {
        return init(Form.TRAIN);
    }

    /** One of the forms with new parameters. */
    public ComputationGraph init(Form form) {
        ComputationGraph net = new ComputationGraph(conf(form));
        net.init();
        return net;
    }

    /**
     * The net with the weights of a file, by the names that its authors gave them: of safetensors, or of PyTorch; of the train form, or of the deploy
     * form, in which the net is then.
     *
     * @throws org.rep4j.graph.UnreadableModelException if the file cannot be read
     * @throws WeightsMismatchException if it does not hold exactly the net's weights; it lists all that is missing, unexpected or misshapen
     */
    public ComputationGraph load(Path checkpoint) {
        return WeightFiles.load(this, checkpoint);
    }

    /**
     * Writes the weights of a net that this one has built, by the authors' names, as safetensors of float32.
     *
     * @param net made by init or load, or one of the same layers; what {@link #deploy} returns often has others
     * @param file replaced when the new one is complete
     * @throws IllegalArgumentException if the net has other layers than this plan
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void save(ComputationGraph net, Path file) {
        WeightFiles.save(this, net, file);
    }

    /**
     * In which form a net is that init or load has made.
     *
     * @throws IllegalArgumentException if the net has other layers than this plan
     */
    public Form formOf(ComputationGraph net) {
        return WeightFiles.formOf(this, net);
    }

    /** The deploy form of a trained net: without heads that only training needs. */
    public RepResult<ComputationGraph> deploy(ComputationGraph net) {
        String[] outputs = conf(Form.DEPLOY).getNetworkOutputs().toArray(String[]::new);
        return RepPass.standard().apply(net, new ComputationGraphAdapter().withOutputs(outputs));
    }

    /** What a form costs for one image. */
    public NetCosts costs(Form form) {
        return NetCosts.of(conf(form), InputType.convolutional(inputShape[1], inputShape[2], inputShape[0]));
    }

    /** Number of channels of the images. */
    protected final int channels() {
        return inputShape[0];
    }

    /** The usual end of a classifier: the mean of each channel, a linear map, softmax. */
    final void classify(NetPlan plan, String images, long width, String module) {
        String pooled = plan.plain("gap", new GlobalPoolingLayer(PoolingType.AVG), images);
        plan.output(classifier(plan, module, module, pooled, width));
    }

    /** A linear map and softmax. */
    final String classifier(NetPlan plan, String vertex, String module, String input, long width) {
        OutputLayer layer = new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(width)
                .nOut(numClasses)
                .activation(Activation.SOFTMAX)
                .weightInit(WeightInit.XAVIER)
                .build();
        return plan.layer(vertex, layer, module, input);
    }

    @Override
    public void setInputShape(int[][] shapes) {
        if (shapes.length != 1) {
            throw new DL4JInvalidConfigException(modelName() + " has one input, not " + shapes.length);
        }
        this.inputShape = checked(shapes[0]);
    }

    private static int[] checked(int... shape) {
        if (shape.length != 3 || Arrays.stream(shape).anyMatch(n -> n < 1)) {
            throw new DL4JInvalidConfigException("inputShape is " + Arrays.toString(shape)
                    + ", but must be three positive numbers: channels, height, width");
        }
        return shape.clone();
    }

    @Override
    @Deprecated
    public ModelMetaData metaData() {
        return new ModelMetaData(new int[][] {inputShape.clone()}, 1, ZooType.CNN);
    }

    @Override
    public Class<? extends Model> modelType() {
        return ComputationGraph.class;
    }

    /** None: the authors' files are loaded from where the user has them. */
    @Override
    public @Nullable String pretrainedUrl(PretrainedType type) {
        return null;
    }

    @Override
    public long pretrainedChecksum(PretrainedType type) {
        return 0;
    }

    @Override
    public String modelName() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** The tensors of a form, by the authors' names. */
    final List<Binding> bindings(Form form) {
        NetPlan plan = plan(form);
        return plan.bindings(plan.configuration());
    }

    /**
     * What nets can be told.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>> {
        private int numClasses = 1000;
        private int[] inputShape = {3, 224, 224};
        private long seed = 1234;
        private IUpdater updater = new Nesterovs(0.1, 0.9);
        private double l2;
        private DataType dataType = DataType.FLOAT;

        /** Starts with ImageNet's 1000 classes and 3×224×224 images. */
        protected Builder() {}

        /** This, as its own type. */
        @SuppressWarnings("unchecked")
        protected final T self() {
            return (T) this;
        }

        /** The net. */
        public abstract PublishedNet build();

        /** How many classes there are; 1000 if nothing is said. */
        public T numClasses(int count) {
            if (count < 1) {
                throw new DL4JInvalidConfigException("numClasses is " + count + ", but must be at least 1");
            }
            this.numClasses = count;
            return self();
        }

        /** Channels, height and width of the images; 3, 224, 224 if nothing is said. */
        public T inputShape(int... shape) {
            this.inputShape = checked(shape);
            return self();
        }

        /** Of the random numbers that parameters start with. */
        public T seed(long number) {
            this.seed = number;
            return self();
        }

        /** How parameters are trained; SGD with Nesterov's momentum if nothing is said. */
        public T updater(IUpdater how) {
            this.updater = how;
            return self();
        }

        /** Weight decay of kernels; none if nothing is said. */
        public T l2(double coefficient) {
            this.l2 = coefficient;
            return self();
        }

        /** The type of the net's numbers; float if nothing is said. */
        public T dataType(DataType type) {
            this.dataType = type;
            return self();
        }
    }
}
