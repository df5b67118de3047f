package org.rep4j.layers.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.block.Parameter;
import org.rep4j.layers.block.Parameter.Role;

/** Lays the parameters of a block out in one vector, in the order of its blueprint, row-major. */
public final class BlockParamInitializer implements ParamInitializer {
    private static final BlockParamInitializer INSTANCE = new BlockParamInitializer();

    private BlockParamInitializer() {}

    /** The only one. */
    public static BlockParamInitializer getInstance() {
        return INSTANCE;
    }

    private static List<Parameter> parameters(Layer layer) {
        return ((RepBlock) layer).blueprint().parameters();
    }

    private static List<String> names(Layer layer, Role role) {
        return parameters(layer).stream()
                .filter(p -> p.role() == role)
                .map(Parameter::name)
                .toList();
    }

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return parameters(layer).stream().mapToLong(Parameter::length).sum();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return parameters(layer).stream().map(Parameter::name).toList();
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return names(layer, Role.WEIGHT);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return names(layer, Role.BIAS);
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return weightKeys(layer).contains(key);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return biasKeys(layer).contains(key);
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray vector, boolean initializeParams) {
        RepBlock block = (RepBlock) conf.getLayer();
        Map<String, INDArray> views = views(parameters(block), vector);
        conf.setVariables(new ArrayList<>(views.keySet()));
        if (initializeParams) {
            for (Parameter parameter : parameters(block)) {
                initialize(block, parameter, Objects.requireNonNull(views.get(parameter.name())));
            }
        }
        return views;
    }

    private static void initialize(RepBlock block, Parameter parameter, INDArray view) {
        if (parameter.role() != Role.WEIGHT) {
            view.assign(parameter.initial());
            if (parameter.deviation() > 0) {
                view.addi(Nd4j.randn(view.dataType(), view.shape()).muli(parameter.deviation()));
            }
            return;
        }
        if (parameter.initial() != 0) {
            assignDiagonal(view, parameter.initial());
            return;
        }
        long[] dims = parameter.dims();
        long out = dims[dims.length - 1];
        double fanIn = (double) parameter.length() / out / (dims.length == 5 ? dims[0] : 1);
        double fanOut = fanIn / dims[dims.length - 2] * out;
        if (dims.length == 5) { // each group by itself
            for (int group = 0; group < dims[0]; group++) {
                draw(block, fanIn, fanOut, Groups.kernel(view, group));
            }
        } else {
            draw(block, fanIn, fanOut, view);
        }
    }

    /** A number where an input channel meets the output channel of its group that has its place. */
    private static void assignDiagonal(INDArray kernel, double number) {
        long in = kernel.size(-2);
        long out = kernel.size(-1);
        if (out == 1) { // depthwise: each channel has one, which is its own
            kernel.assign(number);
            return;
        }
        INDArray matrix = Nd4j.eye(in).castTo(kernel.dataType()).muli(number);
        for (long i = 0; i < kernel.length(); i += in * out) {
            kernel.reshape(kernel.length())
                    .get(NDArrayIndex.interval(i, i + in * out))
                    .assign(matrix.reshape(in * out));
        }
    }

    private static void draw(RepBlock block, double fanIn, double fanOut, INDArray view) {
        INDArray flat = view.reshape(view.length());
        block.getWeightInitFn().init(fanIn, fanOut, view.shape(), 'c', flat);
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration conf, INDArray gradients) {
        return views(parameters(conf.getLayer()), gradients);
    }

    private static Map<String, INDArray> views(List<Parameter> parameters, INDArray vector) {
        Map<String, INDArray> views = Collections.synchronizedMap(new LinkedHashMap<>());
        INDArray flat = vector.reshape(vector.length());
        long begin = 0;
        for (Parameter parameter : parameters) {
            long end = begin + parameter.length();
            views.put(
                    parameter.name(),
                    flat.get(NDArrayIndex.interval(begin, end)).reshape('c', parameter.dims()));
            begin = end;
        }
        return views;
    }
}
