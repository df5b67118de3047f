package org.rep4j.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Node;
import org.rep4j.graph.Opaque;
import org.rep4j.rewrite.RepPass;

/** What a pass must not do: change what the graph computes, lose what others need, crash on nonsense. */
class FunctionKeptTest {

    @Test
    void namesWhatExistsIfAnOutputDoesNot() {
        Net net = new Net(1);
        net.convBn("y", net.input("x", 2, 3, 5, 5), 3, 4, 3, 1);

        assertThatThrownBy(() -> RepPass.standard().apply(net.sd, "logits"))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessage("there is no variable named logits; the graph ends in y");
        assertThatThrownBy(() -> RepPass.standard().apply(net.sd))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessage("no output is asked for; the graph ends in y");
        assertThatThrownBy(() -> RepPass.standard().apply(SameDiff.create(), "y"))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("the graph ends in no variable that an op writes");
    }

    @Test
    void keepsAnOutputInTheMiddle() {
        Net net = new Net(2);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        net.convBn("y", x, 3, 4, 3, 1);

        assertThat(net.deploy("y", "y_conv").ops()).containsExactly("conv2d", "batchnorm");
        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void keepsWhatAnotherOpReads() {
        Net net = new Net(3);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable bn = net.convBn("bn", x, 3, 4, 3, 1);
        net.sd.math.mul("y", bn, net.sd.getVariable("bn_conv"));

        assertThat(net.deploy("y").ops()).containsExactly("conv2d", "batchnorm", "multiply");
    }

    @Test
    void removesWhatNobodyAskedForButKeepsPlaceholders() {
        Net net = new Net(4);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable y = net.convBn("y", x, 3, 4, 3, 1);
        net.sd.math.mul("unused", net.sd.getVariable("y_conv"), net.input("labels", 2, 4, 5, 5));
        net.sd.constant("spare", Nd4j.createFromArray(1.0));

        SameDiff deployed = net.deploy(y.name()).graph();

        assertThat(deployed.getOps()).hasSize(1);
        assertThat(deployed.inputs()).containsExactlyInAnyOrder("x", "labels");
        assertThat(deployed.getVariables()).doesNotContainKeys("unused", "spare", "y_conv");
        assertThat(deployed.getVariablesArrays().arrayNames()).containsExactlyInAnyOrder("y_weights", "y_bias");
    }

    @Test
    void copiesWhatNoRuleTouches() {
        Net net = new Net(5);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        net.sd.nn.relu("y", x, 0);
        net.sd.math.abs("unused", x);
        net.sd.setOutputs("y");

        assertThat(Deployment.describe(net.deploy("y").graph())).isEqualTo(Deployment.describe(net.sd));
    }

    @Test
    void outputsMayBeInputsAndConstants() {
        Net net = new Net(6);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        net.convBn("y", x, 3, 4, 3, 1);
        net.sd.constant("c", Nd4j.createFromArray(1.0, 2.0));
        net.sd.getVariable("c").add("d", net.sd.getVariable("c"));

        assertThat(net.deploy("y", "x", "c", "d").ops()).containsExactlyInAnyOrder("conv2d", "add");
    }

    @Test
    void leavesComputedWeights() {
        Net net = new Net(7);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable weights = net.input("w", 3, 3, 3, 4);
        net.batchNorm("y", net.sd.cnn.conv2d("conv", x, weights, Net.conv(3, 3).build()), 4, 1);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).containsExactly("conv2d", "batchnorm");
        assertThat(reason(deployed.result().before(), "conv"))
                .isEqualTo("its weights w are computed while the graph runs");
    }

    @Test
    void readsWeightsThatSimpleOpsPrepare() {
        Net net = new Net(8);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable stored = net.parameter(4, 27);
        SDVariable weights =
                net.sd.permute(net.sd.reshape(stored, 4, 3, 3, 3), 2, 3, 1, 0).mul(0.5);
        net.batchNorm("y", net.sd.cnn.conv2d(x, weights, Net.conv(3, 3).build()), 4, 1);

        assertThat(net.deploy("y").ops()).containsExactly("conv2d");
    }

    @Test
    void leavesOpsWhoseParametersDoNotFit() {
        Net net = new Net(9);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable wrongTaps = net.sd.cnn.conv2d(
                "wrong_taps", x, net.parameter(2, 2, 3, 4), Net.conv(3, 3).build());
        SDVariable wrongRank = net.sd.cnn.conv2d(
                "wrong_rank", wrongTaps, net.parameter(3, 3, 4), Net.conv(3, 3).build());
        SDVariable wrongBias = net.sd.cnn.conv2d(
                "wrong_bias",
                wrongRank,
                net.parameter(1, 1, 4, 4),
                net.parameter(3),
                Net.conv(1, 1).build());
        SDVariable wrongVector =
                net.sd.nn.batchNorm("wrong_vector", wrongBias, net.parameter(4), net.parameter(3), null, null, 1e-5, 1);
        net.sd.nn.pad("y", wrongVector, net.sd.constant(Nd4j.createFromArray(1, 2, 3)), 0);

        ConvGraph lifted = new SameDiffAdapter(List.of("y")).lift(net.sd).graph();

        assertThat(reason(lifted, "wrong_taps")).contains("declares 3 taps").contains("weights have 2");
        assertThat(reason(lifted, "wrong_rank")).contains("rank 3");
        assertThat(reason(lifted, "wrong_bias")).contains("does not fit 4 output channels");
        assertThat(reason(lifted, "wrong_vector")).contains("have 3 elements, not 4");
        assertThat(reason(lifted, "y")).contains("amounts are not pairs");
    }

    @Test
    void refusesWeightsForOtherChannels() {
        Net net = new Net(10);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        net.sd.cnn.conv2d("y", x, net.parameter(3, 3, 5, 4), Net.conv(3, 3).build());

        assertThatThrownBy(() -> RepPass.standard().apply(net.sd, "y"))
                .isInstanceOf(InvalidGraphException.class)
                .hasMessageContaining("4x5x3x3 but reads 3 channels");
    }

    @Test
    void leavesOpsOfControlDependencies() {
        Net net = new Net(11);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable first = net.convBn("first", x, 3, 4, 3, 1);
        SDVariable second = net.sd.nn.relu("y", net.convBn("second", x, 3, 4, 3, 1), 0);
        second.addControlDependency(net.sd.getVariable("first_conv"));
        second.addControlDependency(net.sd.constant("ready", Nd4j.createFromArray(1.0)));
        net.sd.math.abs("z", first);

        Deployment deployed = net.deploy("y", "z");

        assertThat(deployed.ops()).containsExactlyInAnyOrder("conv2d", "batchnorm", "abs", "conv2d", "relu");
        assertThat(deployed.graph().hasVariable("ready")).isTrue();
        assertThat(net.deploy("y").ops()).containsExactlyInAnyOrder("conv2d", "conv2d", "relu");
    }

    @Test
    void keepsLossAndTrainsOn() {
        Net net = new Net(12, DataType.FLOAT);
        SDVariable x = net.input("x", 4, 3, 5, 5);
        SDVariable labels = net.input("labels", 4, 4, 5, 5);
        // M2.1 cannot differentiate batchnorm
        SDVariable large = net.sd.cnn.conv2d(
                x, net.parameter(3, 3, 3, 4), Net.conv(3, 3).pH(1).pW(1).build());
        SDVariable small =
                net.sd.cnn.conv2d(x, net.parameter(1, 1, 3, 4), Net.conv(1, 1).build());
        SDVariable y = net.sd.nn.tanh("y", large.mul(net.parameter(4, 1, 1)).add(small));
        net.sd.loss.meanSquaredError("loss", labels, y, null).markAsLoss();
        net.sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(1e-2))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("labels")
                .build());
        DataSet batch = new DataSet(
                Objects.requireNonNull(net.inputs().get("x")),
                Objects.requireNonNull(net.inputs().get("labels")));
        net.sd.fit(batch);

        SameDiff deployed = RepPass.standard().apply(net.sd, "y").graph();

        assertThat(Deployment.kinds(deployed)).hasSize(3).startsWith("conv2d", "tanh");
        double before = deployed.outputSingle(net.inputs(), "loss").getDouble(0);
        assertThat(before).isCloseTo(net.sd.outputSingle(net.inputs(), "loss").getDouble(0), within(1e-5));
        for (int i = 0; i < 20; i++) {
            deployed.fit(batch);
        }
        assertThat(deployed.outputSingle(net.inputs(), "loss").getDouble(0)).isLessThan(before);
    }

    @Test
    void keepsLoops() {
        Net net = new Net(13);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable counter = net.sd.constant("counter", 0.0);
        SDVariable[] results = net.sd.whileLoop(
                new SDVariable[] {counter, net.convBn("outside", x, 3, 3, 3, 1)},
                (graph, variables) -> variables[0].lt(2),
                (graph, variables) -> new SDVariable[] {variables[0].add(1.0), graph.math.tanh(variables[1])});
        net.sd.math.mul("y", results[1], 2.0);

        Deployment deployed = net.deploy("y");

        assertThat(deployed.ops()).contains("conv2d", "next_iteration", "tanh").doesNotContain("batchnorm");
    }

    @Test
    void keepsBranches() {
        Net net = new Net(18);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable bn = net.convBn("bn", x, 3, 3, 3, 1);
        SDVariable result =
                net.sd.ifCond(graph -> bn.sum().gt(1e9), graph -> graph.math.square(bn), graph -> graph.math.tanh(bn));
        net.sd.math.mul("y", result, 2.0);

        assertThat(net.deploy("y").ops()).contains("conv2d", "switch", "merge").doesNotContain("batchnorm");
    }

    @Test
    void copiesFunctions() {
        Net net = new Net(19);
        net.convBn("y", net.input("x", 2, 3, 5, 5), 3, 3, 3, 1);
        SameDiff function = SameDiff.create();
        function.math.abs("f", function.placeHolder("g", DataType.DOUBLE, 1));
        net.sd.putSubFunction("function", function);

        SameDiff deployed = net.deploy("y").graph();

        assertThat(deployed.definedFunctionNames()).containsExactly("function");
        assertThat(deployed.getFunction("function")).isNotSameAs(function).isEqualTo(function);
    }

    @Test
    void rewiresReadersOfWhatWentAway() {
        Net net = new Net(14);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        SDVariable same = net.sd.identity("same", x);
        net.sd.math.mul("y", net.sd.nn.relu(same, 0), net.sd.math.abs(same));

        SameDiff deployed = net.deploy("y").graph();

        assertThat(Deployment.kinds(deployed)).doesNotContain("identity").hasSize(3);
        assertThat(deployed.hasVariable("same")).isFalse();
    }

    /** Names of ops and variables that collide with those that lowering would choose. */
    @Test
    void findsFreeNames() {
        Net net = new Net(15);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        net.sd.constant("conv2d", Nd4j.createFromArray(1.0));
        SDVariable a = net.convBn("y", x, 3, 4, 3, 1);
        SDVariable taken = net.input("y_weights", 2, 4, 5, 5);
        net.sd.math.mul("z", net.sd.math.add("batchnorm", a, taken), net.sd.getVariable("conv2d"));

        Deployment deployed = net.deploy("y", "z");

        assertThat(deployed.ops()).containsExactly("conv2d", "add", "multiply");
        assertThat(deployed.graph().getVariables()).containsKeys("y_weights_1", "y_bias");
    }

    /** SameDiff takes the variable for the op's output when it loads such a graph. */
    @Test
    void survivesVariablesThatAreCalledLikeOtherOps() {
        Net net = new Net(17);
        SDVariable x = net.input("x", 2, 3);
        SDVariable sum = x.add("sum", net.input("other", 2, 3)); // by the op "add"
        SDVariable product = net.sd.math.mul("add", sum, x);
        net.sd.math.tanh("y", product.add("second", sum));

        SameDiff copy = net.deploy("y").graph();

        assertThat(copy.getOps()).containsKey("add_op").doesNotContainKey("add");
    }

    @Test
    void keepsTheListOfOutputs() {
        Net net = new Net(16);
        SDVariable x = net.input("x", 2, 3, 5, 5);
        net.sd.setOutputs("x");
        net.sd.nn.relu("y", net.convBn("bn", x, 3, 4, 3, 1), 0);
        net.sd.setOutputs("y", "bn");

        SameDiff deployed = RepPass.standard().apply(net.sd, "y").graph();

        assertThat(deployed.outputs()).containsExactly("y", "bn");
        assertThat(Map.<String, INDArray>copyOf(deployed.output(net.inputs(), "y", "bn")))
                .hasSize(2);
    }

    private static String reason(ConvGraph graph, String output) {
        Node node = graph.nodes().stream()
                .filter(n -> n.outputs().get(0).name().equals(output))
                .findFirst()
                .orElseThrow();
        assertThat(node).isInstanceOf(Opaque.class);
        return ((Opaque) node).explanation().orElseThrow();
    }
}
