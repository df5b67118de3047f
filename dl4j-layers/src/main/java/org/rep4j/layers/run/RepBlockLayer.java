package org.rep4j.layers.run;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.Blueprint;
import org.rep4j.layers.block.Parameter.Role;

/** A block in a net: what all configurations in {@code org.rep4j.layers} become. */
public final class RepBlockLayer extends BaseLayer<RepBlock> implements Parameters {
    private LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();

    /** The last forward pass in training, until there is a way back or another pass. */
    private @Nullable BlockRun pass;

    /** As Deeplearning4j makes layers. */
    public RepBlockLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public Type type() {
        return Type.CONVOLUTIONAL;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public INDArray get(String name, boolean training) {
        RepBlock block = layerConf();
        boolean noisy = training
                && block.getWeightNoise() != null // asked first: a parameter's role is looked up in the blueprint
                && block.initializer().isWeightParam(block, name);
        return noisy ? getParamWithNoise(name, true, workspaces) : Objects.requireNonNull(params.get(name), name);
    }

    @Override
    public INDArray gradient(String name) {
        return Objects.requireNonNull(gradientViews.get(name), name);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        applyDropOutIfNecessary(training, workspaceMgr);
        workspaces = workspaceMgr;
        BlockRun run = training ? trainingPass() : run();
        INDArray result = run.forward(image(), training);
        return workspaceMgr.leverageTo(ArrayType.ACTIVATIONS, result);
    }

    private BlockRun run() {
        RepBlock block = layerConf();
        return new BlockRun(
                block.blueprint(), block.getCnn2dDataFormat(), block.getActivationFn(), this, new Kept(input));
    }

    private BlockRun trainingPass() {
        forgetPass();
        BlockRun run = run();
        pass = run;
        return run;
    }

    private void forgetPass() {
        if (pass != null) {
            pass.close();
            pass = null;
        }
    }

    /** Whether there are arrays of a forward pass in training. */
    boolean keepsPass() {
        return pass != null;
    }

    @Override
    public void clear() {
        super.clear();
        forgetPass();
    }

    private INDArray image() {
        RepBlock block = layerConf();
        boolean first = block.getCnn2dDataFormat() == CNN2DFormat.NCHW;
        if (input.rank() != 4 || input.size(first ? 1 : 3) != block.getNIn()) {
            throw new DL4JInvalidInputException(layerId() + " needs images of " + block.getNIn() + " channels, "
                    + block.getCnn2dDataFormat() + ", not an array of shape " + Arrays.toString(input.shape()));
        }
        INDArray image = input.castTo(dataType);
        boolean plain = image.ordering() == 'c' && !image.isView();
        return plain ? image : image.dup('c');
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        workspaces = workspaceMgr;
        INDArray ofInput = backward(epsilon.castTo(dataType));
        weightNoiseParams.clear();
        double divisor = conf.isMiniBatch() ? input.size(0) : 1;
        GradientLimit.of(layerConf(), divisor).apply(blueprint(), gradientViews);
        penalty().ifPresent(penalty -> penalty.addGradients(divisor));

        Gradient gradient = new DefaultGradient();
        gradientViews.forEach((name, view) -> gradient.setGradientFor(name, view, 'c'));
        return new Pair<>(
                gradient, backpropDropOutIfPresent(workspaceMgr.leverageTo(ArrayType.ACTIVATION_GRAD, ofInput)));
    }

    /** Runs forwards before if the last pass in training was of another input, or there was none. */
    private INDArray backward(INDArray gradient) {
        BlockRun run = pass;
        if (run == null || !run.isOf(input)) {
            run = trainingPass();
            run.forward(image(), true);
        }
        try {
            return run.backward(gradient);
        } finally {
            forgetPass();
        }
    }

    private Optional<PenaltyRun> penalty() {
        return Optional.ofNullable(blueprint().penalty()).map(penalty -> new PenaltyRun(penalty, this));
    }

    @Override
    public double calcRegularizationScore(boolean backpropParamsOnly) {
        return super.calcRegularizationScore(backpropParamsOnly)
                + penalty().map(PenaltyRun::score).orElse(0.0);
    }

    private Blueprint blueprint() {
        return layerConf().blueprint();
    }

    /** Without gradient normalization, which the layer does itself: Deeplearning4j would include the batch statistics. */
    @Override
    public TrainingConfig getConfig() {
        return new LimitlessConfig(layerConf());
    }

    @Override
    public boolean updaterDivideByMinibatch(String name) {
        return blueprint().parameters().stream()
                .filter(p -> p.name().equals(name))
                .noneMatch(p -> p.role() == Role.STATISTIC);
    }

    /** Row-major, as the parameters are stored. */
    @Override
    public void setParams(INDArray values) {
        if (values != paramsFlattened) {
            setParams(values, 'c');
        }
    }

    @Override
    public RepBlockLayer clone() {
        RepBlockLayer clone = new RepBlockLayer(conf.clone(), dataType);
        INDArray vector = paramsFlattened.dup();
        clone.setParamsViewArray(vector);
        clone.setParamTable(layerConf().initializer().init(clone.conf(), vector, false));
        return clone;
    }

    /** The parameters by name, views of one vector. */
    @Override
    public Map<String, INDArray> paramTable(boolean backpropOnly) {
        return params;
    }
}
