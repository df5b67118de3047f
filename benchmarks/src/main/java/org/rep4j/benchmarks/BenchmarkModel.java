package org.rep4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The models that are measured, all in train form and of fixed seeds. */
public enum BenchmarkModel {
    /** 22 blocks of two or three branches, 9.1 M parameters. */
    REPVGG_A0("RepVGG-A0"),
    /** 28 blocks of two or three branches, 123 M parameters. */
    REPVGG_B3("RepVGG-B3"),
    /** 43 blocks of up to six branches, 5.3 M parameters. */
    MOBILEONE_S0("MobileOne-s0"),
    /** VGG-16 for images of 32×32, 13 blocks of three branches, 24.8 M parameters. */
    ACNET_VGG16("ACNet-VGG-16"),
    /** The plain ResNet-18, 11.7 M parameters. */
    RESNET18("ResNet-18"),
    /** ResNet-18 of 16 blocks of four branches, 26.3 M parameters. */
    DBB_RESNET18("DBB-ResNet-18"),
    /** YOLOv6-N for images of 320×320, 35 blocks of two or three branches, 4.7 M parameters. */
    REPCONV_YOLO("RepConv-YOLO"),
    /** Small convolutions and BatchNorms in a row, 200 ops. */
    CHAIN_200("chain of 200"),
    /** The same, 2,000 ops. */
    CHAIN_2000("chain of 2,000"),
    /** The same, 20,000 ops. */
    CHAIN_20000("chain of 20,000");

    private final String title;

    BenchmarkModel(String title) {
        this.title = title;
    }

    /** What tables call it. */
    public String title() {
        return title;
    }

    /**
     * Writes the model.
     *
     * @throws UncheckedIOException if that fails
     */
    public void write(Path file) {
        net().save(file);
    }

    private NetBuilder net() {
        return switch (this) {
            case REPVGG_A0 -> ModelFactory.repVggA0();
            case REPVGG_B3 -> ModelFactory.repVggB3();
            case MOBILEONE_S0 -> ModelFactory.mobileOneS0();
            case ACNET_VGG16 -> AsymmetricVgg.net();
            case RESNET18 -> ResNet18.plain();
            case DBB_RESNET18 -> ResNet18.diverse(224);
            case REPCONV_YOLO -> RepConvYolo.net(320);
            case CHAIN_200 -> ModelFactory.chain(200);
            case CHAIN_2000 -> ModelFactory.chain(2000);
            case CHAIN_20000 -> ModelFactory.chain(20_000);
        };
    }

    /** Writes the model into a temporary file, which is the caller's to delete. */
    Path writeTemporary() {
        try {
            Path file = Files.createTempFile("rep4j-benchmark", ".onnx");
            write(file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
