package org.rep4j.profile;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.rep4j.graph.BatchNormalization;
import org.rep4j.graph.ChannelConstant;
import org.rep4j.graph.ChannelScale;
import org.rep4j.graph.ChannelShift;
import org.rep4j.graph.KernelNode;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Node;
import org.rep4j.graph.StoredKernel;
import org.rep4j.graph.TensorData;

/** Counts the learned numbers of nodes, those that share a tensor once. */
final class ParameterCount {
    private final Set<TensorData> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The parameters of {@code node} that no node before it had. */
    long add(Node node) {
        if (node instanceof KernelNode op) {
            return kernel(op.kernel());
        }
        if (node instanceof BatchNormalization norm) {
            return 2L * norm.channels();
        }
        if (node instanceof ChannelScale scale) {
            return constant(scale.constant());
        }
        if (node instanceof ChannelShift shift) {
            return constant(shift.constant());
        }
        return node.inputs().stream()
                .flatMap(v -> v.constant().stream())
                .mapToLong(this::tensor)
                .sum();
    }

    private long kernel(KernelSource kernel) {
        if (kernel instanceof StoredKernel stored) {
            return tensor(stored.weights()) + stored.bias().map(this::tensor).orElse(0L);
        }
        return kernel.parameters();
    }

    private static long constant(ChannelConstant constant) {
        return constant.rank() == 0 ? 0 : constant.values().length;
    }

    private long tensor(TensorData data) {
        boolean learned = data.type().isFloatingPoint() && data.shape().rank() > 0;
        return learned && seen.add(data) ? data.shape().elements() : 0;
    }
}
