package org.rep4j.layers.run;

import java.util.List;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What Deeplearning4j's updater reads of a configuration, but without gradient normalization.
 *
 * @param config all else
 */
record LimitlessConfig(TrainingConfig config) implements TrainingConfig {
    @Override
    public String getLayerName() {
        return config.getLayerName();
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
        return config.getRegularizationByParam(name);
    }

    @Override
    public boolean isPretrainParam(String name) {
        return config.isPretrainParam(name);
    }

    @Override
    public IUpdater getUpdaterByParam(String name) {
        return config.getUpdaterByParam(name);
    }

    @Override
    public GradientNormalization getGradientNormalization() {
        return GradientNormalization.None;
    }

    @Override
    public double getGradientNormalizationThreshold() {
        return config.getGradientNormalizationThreshold();
    }

    @Override
    public void setDataType(DataType dataType) {
        config.setDataType(dataType);
    }
}
