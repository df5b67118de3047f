package org.rep4j.layers.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.rep4j.graph.UnreadableModelException;
import org.rep4j.layers.DilatedReparamBlock;
import org.rep4j.layers.DiverseBranchBlock;
import org.rep4j.layers.MobileOneBlock;
import org.rep4j.layers.RepVggBlock;
import org.rep4j.layers.TestNets;

/** Whatever is done to a file, it is a net or refused in one line, soon and with little memory. */
class NetFilesFuzzTest {
    private static final int MUTATIONS = 1000;
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final long MOST_BYTES = 64L << 20;

    private static final Pattern VALUE = Pattern.compile("(?<= : |\\[ |, )(\"[^\"]*\"|-?[0-9.Ee+-]+|true|false|null)");

    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "1",
            "3",
            "65536",
            "2147483647",
            "-2147483648",
            "4294967297",
            "9223372036854775807",
            "1e308",
            "1e999999999",
            "0.5",
            "1" + "0".repeat(5000),
            "null",
            "true",
            "\"\"",
            "\"3\"",
            "\"NaN\"",
            "[ ]",
            "{ }",
            "[ 1, 2, 3 ]",
            "[ 2147483647, 2147483647 ]",
            "\"org.rep4j.layers.SqueezeExcitation\"",
            "\"org.deeplearning4j.nn.conf.layers.LSTM\"",
            "\"org.deeplearning4j.nn.conf.layers.ConvolutionLayer\"",
            "\"org.deeplearning4j.nn.conf.graph.MergeVertex\"",
            "\"org.nd4j.linalg.activations.impl.ActivationReLU\"",
            "\"java.lang.Thread\"");

    @TempDir
    private static Path folder = Path.of("");

    private static NetZip original = new NetZip();

    @BeforeAll
    static void writeANet() throws IOException {
        DepthwiseConvolution2D.Builder depthwise = new DepthwiseConvolution2D.Builder();
        Path file = folder.resolve("original.zip");
        NetFiles.save(
                TestNets.net(
                                DataType.FLOAT,
                                CNN2DFormat.NCHW,
                                new long[] {3, 9, 8},
                                new RepVggBlock.Builder()
                                        .nOut(4)
                                        .squeezeExcitation(2)
                                        .build(),
                                new MobileOneBlock.Builder().nOut(4).branches(2).build(),
                                new DilatedReparamBlock.Builder()
                                        .nOut(4)
                                        .kernelSize(5)
                                        .build(),
                                new DiverseBranchBlock.Builder().nOut(4).build(),
                                new ConvolutionLayer.Builder(3, 3)
                                        .nOut(4)
                                        .dropOut(0.5)
                                        .build(),
                                new BatchNormalization.Builder().build(),
                                depthwise.kernelSize(3, 3).build(),
                                new SeparableConvolution2D.Builder(1, 1).nOut(3).build(),
                                new SubsamplingLayer.Builder().build())
                        .toComputationGraph(),
                file);
        original = NetZip.read(file);
    }

    private enum Mutation {
        BYTES {
            @Override
            byte[] apply(Random random) throws IOException {
                return damaged(original.bytes(), random);
            }
        },
        PARAMETERS {
            @Override
            byte[] apply(Random random) throws IOException {
                byte[] parameters = parameters().clone();
                int headers = 120;
                for (int i = random.nextInt(4); i >= 0; i--) {
                    parameters[random.nextInt(headers)] = (byte) random.nextInt(256);
                }
                return original.with(
                                NetArchive.PARAMETERS,
                                random.nextInt(4) == 0 ? damaged(parameters, random) : parameters)
                        .bytes();
            }
        },
        TEXT {
            @Override
            byte[] apply(Random random) throws IOException {
                byte[] text = original.configuration().getBytes(StandardCharsets.UTF_8);
                text[random.nextInt(text.length)] = (byte) (' ' + random.nextInt(95));
                return original.with(NetArchive.CONFIGURATION, random.nextInt(4) == 0 ? damaged(text, random) : text)
                        .bytes();
            }
        },
        VALUES {
            @Override
            byte[] apply(Random random) throws IOException {
                String text = original.configuration();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    text = withAnotherValue(text, random);
                }
                return original.withConfiguration(text).bytes();
            }
        };

        abstract byte[] apply(Random random) throws IOException;
    }

    private static byte[] parameters() {
        return original.entries.getOrDefault(NetArchive.PARAMETERS, new byte[0]);
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 100)) : bytes;
    }

    private static String withAnotherValue(String json, Random random) {
        List<MatchResult> values = new ArrayList<>(VALUE.matcher(json).results().toList());
        MatchResult value = values.get(random.nextInt(values.size()));
        String other = random.nextInt(4) > 0
                ? VALUES.get(random.nextInt(VALUES.size()))
                : values.get(random.nextInt(values.size())).group();
        return json.substring(0, value.start()) + other + json.substring(value.end());
    }

    @ParameterizedTest
    @EnumSource
    void isReadOrRefused(Mutation mutation) throws IOException {
        Path file = folder.resolve(mutation + ".zip");
        int nets = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            Files.write(file, mutation.apply(new Random(seed)));
            nets += assertTimeoutPreemptively(LONGEST, () -> isRead(file), "seed " + seed) ? 1 : 0;
        }
        assertThat(nets).as("files that are still nets").isBetween(1, MUTATIONS - 100);
    }

    /** Sizes of all kinds are huge, one after the other. */
    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "-1", "4294967297", "9223372036854775807", "null"})
    void eachValueIsAnother(String other) throws IOException {
        Path file = folder.resolve("values.zip");
        String json = original.configuration();
        for (MatchResult value : VALUE.matcher(json).results().toList()) {
            String changed = json.substring(0, value.start()) + other + json.substring(value.end());
            Files.write(file, original.withConfiguration(changed).bytes());
            String place = json.substring(Math.max(0, value.start() - 40), value.end());
            assertTimeoutPreemptively(LONGEST, () -> isRead(file), place);
        }
    }

    private static boolean isRead(Path file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long heap = threads.getCurrentThreadAllocatedBytes();
        long outside = Pointer.totalBytes();
        boolean isNet = true;
        try {
            NetFiles.load(file);
        } catch (UnreadableModelException e) {
            isNet = false;
            assertThat(e).hasMessageStartingWith(file.toString());
            assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - heap).isLessThan(MOST_BYTES);
        assertThat(Pointer.totalBytes() - outside).isLessThan(MOST_BYTES);
        return isNet;
    }
}
