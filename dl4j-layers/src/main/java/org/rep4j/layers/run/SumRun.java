package org.rep4j.layers.run;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.Branch;

/** Runs branches side by side, and adds them up. */
final class SumRun implements StepRun {
    private final List<Branch> branches;
    private final List<BranchRun> runs;

    SumRun(List<Branch> branches, Layout layout, Parameters parameters) {
        this.branches = branches;
        this.runs = branches.stream()
                .map(branch -> new BranchRun(branch, layout, parameters))
                .toList();
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        INDArray result = runs.get(0).forward(x, training);
        for (int i = 1; i < runs.size(); i++) {
            if (result == x) { // the caller's
                result = x.dup('c');
            }
            INDArray other = runs.get(i).forward(x, training);
            result = branches.get(i).subtracted() ? result.subi(other) : result.addi(other);
        }
        return result;
    }

    @Override
    public INDArray backward(INDArray gradient) {
        INDArray result = runs.get(0).backward(gradient);
        for (int i = 1; i < runs.size(); i++) {
            if (result == gradient) {
                result = gradient.dup('c');
            }
            // a branch is linear in its gradient, and so are its parameters'
            boolean subtracted = branches.get(i).subtracted();
            result.addi(runs.get(i).backward(subtracted ? gradient.neg() : gradient));
        }
        return result;
    }
}
