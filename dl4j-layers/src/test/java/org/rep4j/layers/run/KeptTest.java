package org.rep4j.layers.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What is kept outlives workspaces, and nothing longer than it is needed. */
class KeptTest {
    private final INDArray input = Nd4j.rand(DataType.DOUBLE, 2, 3);
    private final Kept kept = new Kept(input);

    @Test
    void holdsTheInputItself() {
        assertThat(kept.hold(input)).isSameAs(input);
        kept.close();
        assertThat(input.wasClosed()).isFalse();
    }

    @Test
    void copiesOnce() {
        INDArray other = input.dup(); // equal, but of a life of its own
        INDArray held = kept.hold(other);
        assertThat(held).isNotSameAs(other).isEqualTo(other);
        assertThat(kept.hold(held)).isSameAs(held);
        assertThat(kept.copy(held)).isNotSameAs(held);
    }

    @Test
    void outlivesWorkspaces() {
        INDArray held;
        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace(KeptTest.class.getName())) {
            held = kept.hold(input.add(1));
            assertThat(held.isAttached()).isFalse();
        }
        assertThat(held).isEqualTo(input.add(1));
    }

    @Test
    void freesAll() {
        INDArray copy = kept.copy(input);
        INDArray like = kept.like(input);
        kept.close();
        assertThat(copy.wasClosed()).isTrue();
        assertThat(like.wasClosed()).isTrue();
    }

    @Test
    void knowsItsInput() {
        assertThat(kept.isOf(input)).isTrue();
        assertThat(kept.isOf(input.dup())).isFalse();
    }
}
