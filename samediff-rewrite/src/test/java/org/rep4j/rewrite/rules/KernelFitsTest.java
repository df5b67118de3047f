package org.rep4j.rewrite.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rep4j.algebra.ChannelAffine;
import org.rep4j.algebra.KernelLayout;
import org.rep4j.algebra.KernelShape;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.FoldedKernel;
import org.rep4j.graph.KernelSource;
import org.rep4j.graph.Shape;
import org.rep4j.graph.StoredKernel;
import org.rep4j.testing.GraphFixtures;

class KernelFitsTest {
    private static KernelSource kernel(ElementType type, double... weights) {
        KernelShape shape = new KernelShape(weights.length, 1, 1, List.of(1));
        return new StoredKernel(
                shape, GraphFixtures.tensor(type, Shape.of(weights.length, 1, 1), weights), KernelLayout.OIK, null);
    }

    @Test
    void onlyWhatTheKernelHasCounts() {
        ChannelAffine shift = ChannelAffine.shifting(new double[] {60000, 60000});
        KernelSource folded = FoldedKernel.absorb(kernel(ElementType.FLOAT16, 60000, 1), shift);
        assertThat(folded.bounds()[0]).as("a bound of weight and bias together").isEqualTo(120000);
        assertThat(KernelFits.defect(folded)).isEmpty();
        assertThat(KernelFits.defect(FoldedKernel.add(List.of(folded, folded))))
                .contains("the folded weights of output channel 0 reach 1.20e+05, more than FLOAT16 holds");
    }

    @Test
    void opposedNumbersMayCancel() {
        KernelSource huge = kernel(ElementType.FLOAT16, 40000, 1);
        KernelSource opposed = kernel(ElementType.FLOAT16, -40000, 1);
        assertThat(KernelFits.defect(FoldedKernel.add(List.of(huge, opposed)))).isEmpty();
    }

    @Test
    void numbersThatAreNoneDoNotFit() {
        assertThat(KernelFits.defect(kernel(ElementType.FLOAT32, 1, Double.NaN)))
                .contains("the weights of output channel 1 are not finite");
        assertThat(KernelFits.defect(kernel(ElementType.FLOAT64, Double.NEGATIVE_INFINITY)))
                .contains("the weights of output channel 0 are not finite");
        assertThat(KernelFits.defect(kernel(ElementType.OTHER, 1)))
                .contains("the weights are not floating-point numbers");
    }
}
