package org.rep4j.samediff;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What does not depend on any input: constants, trainable variables, and what simple ops make of them (importers permute and
 * split weights at run time, hand-written BatchNorms compute γ/√(σ²+ε)). Nothing is evaluated before it is asked for.
 */
final class ConstantArrays {
    /** Constant expressions nested deeper than this count as computed, so that evaluation needs little stack. */
    private static final int DEEPEST = 64;

    private final SameDiffView view;
    private final Map<String, Integer> depths = new HashMap<>();
    private final Map<String, Boolean> trainable = new HashMap<>();
    private final Map<String, INDArray> evaluated = new HashMap<>();

    ConstantArrays(SameDiffView view) {
        this.view = view;
        for (NativeOp op : view.liveOps()) {
            if (!op.ordered() && ConstantOps.isKnown(op) && op.inputs().stream().allMatch(this::isConstant)) {
                int depth = 1 + op.inputs().stream().mapToInt(this::depth).max().orElse(0);
                boolean learns = op.inputs().stream().anyMatch(this::isTrainable);
                if (depth <= DEEPEST) {
                    op.outputs().forEach(o -> {
                        depths.put(o, depth);
                        trainable.put(o, learns);
                    });
                }
            }
        }
    }

    private int depth(String variable) {
        return depths.getOrDefault(variable, 0);
    }

    /** Whether the variable's content is known. */
    boolean isConstant(String variable) {
        return depths.containsKey(variable) || (view.producer(variable).isEmpty() && isStored(variable));
    }

    /** Whether the variable is stored in the graph as it is. */
    private boolean isStored(String variable) {
        VariableType type = view.variable(variable).getVariableType();
        return type == VariableType.CONSTANT || type == VariableType.VARIABLE;
    }

    /** Whether training would change the variable's content. */
    boolean isTrainable(String variable) {
        Boolean computed = trainable.get(variable);
        return computed == null ? view.variable(variable).getVariableType() == VariableType.VARIABLE : computed;
    }

    /** The content of a constant; empty if the graph has no array for it or its ops do not fit their arguments. */
    Optional<INDArray> array(String variable) {
        INDArray known = evaluated.get(variable);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<INDArray> array = compute(variable);
        array.ifPresent(a -> evaluated.put(variable, a));
        return array;
    }

    private Optional<INDArray> compute(String variable) {
        Optional<NativeOp> producer = view.producer(variable);
        if (producer.isEmpty()) {
            SDVariable stored = view.variable(variable);
            return Optional.ofNullable(view.graph().getArrForVarName(stored.name()));
        }
        NativeOp op = producer.get();
        INDArray[] inputs = new INDArray[op.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            Optional<INDArray> input = array(op.inputs().get(i));
            if (input.isEmpty()) {
                return Optional.empty();
            }
            inputs[i] = input.get();
        }
        return ConstantOps.evaluate(op, inputs, op.outputs().indexOf(variable));
    }
}
