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
