package org.rep4j.layers.run;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.AveragePoolStep;
import org.rep4j.layers.block.BatchNormStep;
import org.rep4j.layers.block.Branch;
import org.rep4j.layers.block.ConvolutionStep;
import org.rep4j.layers.block.FilterStep;
import org.rep4j.layers.block.ScaleStep;
import org.rep4j.layers.block.ShiftStep;
import org.rep4j.layers.block.Step;
import org.rep4j.layers.block.SumStep;

/** Runs the steps of a branch one after another. */
final class BranchRun implements StepRun {
    private final List<StepRun> steps = new ArrayList<>();

    BranchRun(Branch branch, Layout layout, Parameters parameters, Kept kept) {
        branch.steps().forEach(step -> steps.add(run(step, layout, parameters, kept)));
    }

    private static StepRun run(Step step, Layout layout, Parameters parameters, Kept kept) {
        if (step instanceof ConvolutionStep convolution) {
            return new ConvolutionRun(convolution, layout, parameters, kept);
        }
        if (step instanceof BatchNormStep normalization) {
            return new BatchNormRun(normalization, layout, parameters, kept);
        }
        if (step instanceof AveragePoolStep pool) {
            return new AveragePoolRun(pool, layout);
        }
        if (step instanceof ScaleStep scale) {
            return new ScaleRun(scale, layout, parameters, kept);
        }
        if (step instanceof FilterStep filter) {
            return new FilterRun(filter, layout, kept);
        }
        if (step instanceof ShiftStep shift) {
            return new ShiftRun(shift, layout, parameters);
        }
        return new SumRun(((SumStep) step).branches(), layout, parameters, kept);
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        INDArray result = x;
        for (StepRun step : steps) {
            result = step.forward(result, training);
        }
        return result;
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray result = gradient;
        for (int i = steps.size() - 1; i >= 0; i--) {
            result = steps.get(i).backward(result);
        }
        return result;
    }
}
