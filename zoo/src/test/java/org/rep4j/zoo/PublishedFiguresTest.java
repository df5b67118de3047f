package org.rep4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rep4j.layers.SqueezeExcitation;
import org.rep4j.layers.block.Parameter;
import org.rep4j.layers.block.Parameter.Role;

/** Nets have as many parameters, and need as many multiply-adds, as has been published. */
class PublishedFiguresTest {
    private static final double GIGA = 1e9;
    private static final double MEGA = 1e6;

    @ParameterizedTest
    @CsvSource({
        "A0,            9108968,   8309384,  23648,  1.361",
        "A1,           14092264,  12789864,  29824,  2.364",
        "A2,           28210600,  25499944,  42560,  5.117",
        "B0,           15817960,  14339048,  35200,  3.058",
        "B1,           57415016,  51829480,  68096, 11.815",
        "B1_G2,        45782376,  41360104,  68096,  8.810",
        "B1_G4,        39966056,  36125416,  68096,  7.307",
        "B2,           89022376,  80315112,  85056, 18.377",
        "B2_G2,        70846376,  63956712,  85056, 13.680",
        "B2_G4,        61758376,  55777512,  85056, 11.332",
        "B3,          123085288, 110960872,  99968, 26.209",
        "B3_G2,        96911848,  87404776,  99968, 19.446",
        "B3_G4,        83825128,  75626728,  99968, 16.064",
        "D2_SE,       133334836, 120387572, 134976, 32.827",
        "PLUS_L2_PSE, 146062864, 127151960, 137216, 32.827"
    })
    void repVgg(RepVgg.Variant variant, long train, long deploy, long statistics, double multiplyAdds) {
        assertFigures(
                RepVgg.builder().variant(variant).build(),
                train,
                deploy,
                statistics,
                multiplyAdds * GIGA,
                0.5e-3 * GIGA);
    }

    @ParameterizedTest
    @CsvSource({
        "S0,  5293272,  2078504,  88192,  275.1",
        "S1,  4825192,  4764840,  68352,  825.1",
        "S2,  7884648,  7808168,  87040, 1298.4",
        "S3, 10170600, 10078312, 104704, 1895.8",
        "S4, 14951248, 14838352, 127744, 2977.6"
    })
    void mobileOne(MobileOne.Variant variant, long train, long deploy, long statistics, double multiplyAdds) {
        assertFigures(
                MobileOne.builder().variant(variant).build(),
                train,
                deploy,
                statistics,
                multiplyAdds * MEGA,
                0.05 * MEGA);
    }

    /** @param digit half a unit of the last digit that has been published */
    private static void assertFigures(
            PublishedNet net, long train, long deploy, long statistics, double multiplyAdds, double digit) {
        NetCosts trained = net.costs(Form.TRAIN);
        assertThat(trained.parameters()).as("parameters, train form").isEqualTo(train);
        assertThat(trained.statistics()).as("statistics").isEqualTo(statistics);
        NetCosts deployed = net.costs(Form.DEPLOY);
        assertThat(deployed.parameters()).as("parameters, deploy form").isEqualTo(deploy);
        assertThat(deployed.statistics()).isZero();
        long excitation = excitation(net.conf(Form.DEPLOY));
        assertThat(deployed.multiplyAdds() - excitation - multiplyAdds)
                .as("multiply-adds but for squeeze and excitation, which the figures leave out")
                .isBetween(-digit, digit);
    }

    /** As many as its maps have weights. */
    private static long excitation(ComputationGraphConfiguration configuration) {
        return configuration.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
                .filter(SqueezeExcitation.class::isInstance)
                .flatMap(layer -> ((SqueezeExcitation) layer).blueprint().parameters().stream())
                .filter(parameter -> parameter.role() == Role.WEIGHT)
                .mapToLong(Parameter::length)
                .sum();
    }
}
