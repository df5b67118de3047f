package org.rep4j.layers.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.rep4j.layers.RepBlock;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.TestNets;

/** Whatever happens between them, the way back belongs to the input that the layer has, and leaves nothing behind. */
class WayBackTest {
    private static final long[] IMAGE = {4, 7, 6};
    private static final LayerWorkspaceMgr NO_WORKSPACES = LayerWorkspaceMgr.noWorkspaces();

    private final INDArray images = TestNets.images(DataType.DOUBLE, CNN2DFormat.NCHW, 3, IMAGE);
    private final INDArray others = images.rsub(1);

    private static MultiLayerNetwork net(RepBlock block) {
        return TestNets.net(DataType.DOUBLE, CNN2DFormat.NCHW, IMAGE, block);
    }

    private static RepBlockLayer layer(MultiLayerNetwork net) {
        RepBlockLayer layer = (RepBlockLayer) net.getLayer(0);
        layer.setBackpropGradientsViewArray(
                Nd4j.create(layer.params().dataType(), layer.params().length()));
        return layer;
    }

    private static RepBlockLayer layer() {
        return layer(net(new RepVggBlock.Builder().nOut(4).build()));
    }

    private static INDArray forwards(RepBlockLayer layer, INDArray input) {
        layer.setInput(input, NO_WORKSPACES);
        return layer.activate(true, NO_WORKSPACES);
    }

    /** The gradients of all parameters, and of the input. */
    private static Pair<INDArray, INDArray> backwards(RepBlockLayer layer) {
        INDArray ofOutput =
                Nd4j.linspace(DataType.DOUBLE, -1, 0.01, 3 * 4 * 7 * 6).reshape(3, 4, 7, 6);
        Pair<Gradient, INDArray> result = layer.backpropGradient(ofOutput, NO_WORKSPACES);
        return new Pair<>(
                layer.getGradientsViewArray().dup(), result.getSecond().dup());
    }

    private static Pair<INDArray, INDArray> gradients(INDArray input) {
        RepBlockLayer layer = layer();
        forwards(layer, input);
        return backwards(layer);
    }

    @Test
    void noForwardPassInTraining() {
        RepBlockLayer layer = layer();
        layer.setInput(images, NO_WORKSPACES);
        layer.activate(false, NO_WORKSPACES);
        assertThat(layer.keepsPass()).isFalse();
        assertThat(backwards(layer)).isEqualTo(gradients(images)).isNotEqualTo(gradients(others));
    }

    @Test
    void forwardPassOfAnotherInput() {
        RepBlockLayer layer = layer();
        forwards(layer, others);
        layer.setInput(images, NO_WORKSPACES);
        assertThat(backwards(layer)).isEqualTo(gradients(images));
    }

    @Test
    void secondForwardPass() {
        RepBlockLayer layer = layer();
        forwards(layer, others);
        forwards(layer, images);
        assertThat(backwards(layer)).isEqualTo(gradients(images));
    }

    @Test
    void wayBackTwice() {
        RepBlockLayer layer = layer();
        forwards(layer, images);
        Pair<INDArray, INDArray> first = backwards(layer);
        assertThat(backwards(layer)).isEqualTo(first);
    }

    @Test
    void nothingIsLeft() {
        RepBlockLayer layer = layer();
        forwards(layer, images);
        assertThat(layer.keepsPass()).isTrue();
        backwards(layer);
        assertThat(layer.keepsPass()).isFalse();

        forwards(layer, images);
        layer.clear();
        assertThat(layer.keepsPass()).isFalse();
    }

    @Test
    void netsLeaveNothing() {
        MultiLayerNetwork net = net(new RepVggBlock.Builder().nOut(4).build());
        RepBlockLayer layer = (RepBlockLayer) net.getLayer(0);
        DataSet data = new DataSet(images, TestNets.labels(DataType.DOUBLE, 3));
        net.output(images, true);
        assertThat(layer.keepsPass()).isFalse();
        net.score(data, true);
        assertThat(layer.keepsPass()).isFalse();
        net.fit(data);
        assertThat(layer.keepsPass()).isFalse();
    }

    /** Within workspaces, where an array that should have been kept would have been overwritten. */
    @ParameterizedTest
    @MethodSource("org.rep4j.layers.TestBlocks#all")
    void workspacesChangeNothing(RepBlock.Builder<?> builder) {
        RepBlock block = builder.build();
        DataSet data = new DataSet(images, TestNets.labels(DataType.DOUBLE, 3));
        MultiLayerNetwork within = net(block);
        MultiLayerNetwork without = net(block);
        without.getLayerWiseConfigurations().setTrainingWorkspaceMode(WorkspaceMode.NONE);
        within.fit(data);
        without.fit(data);
        assertThat(within.gradient().gradient()).isEqualTo(without.gradient().gradient());
        assertThat(within.params()).isEqualTo(without.params());
    }
}
