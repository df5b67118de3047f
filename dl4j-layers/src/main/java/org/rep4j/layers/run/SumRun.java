package org.rep4j.layers.run;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rep4j.layers.block.Branch;

/** Runs branches side by side, and adds them up. */
final class SumRun implements StepRun {
    private final List<Branch> branches;
    private final List<BranchRun> runs;
    private final Kept kept;

    SumRun(List<Branch> branches, Layout layout, Parameters parameters, Kept kept) {
        this.branches = branches;
        this.kept = kept;
        this.runs = branches.stream()
                .map(branch -> new BranchRun(branch, layout, parameters, kept))
                .toList();
    }

    @Override
    public INDArray forward(INDArray x, boolean training) {
        INDArray input = training ? kept.hold(x) : x; // once for all branches
        INDArray result = runs.get(0).forward(input, training);
        for (int i = 1; i < runs.size(); i++) {
            if (result == input) { // the caller's, or kept
                result = input.dup('c');
            }
            INDArray other = runs.get(i).forward(input, training);
            result = branches.get(i).subtracted() ? result.subi(other) : result.addi(other);
        }
        return result == input ? x : result;
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
