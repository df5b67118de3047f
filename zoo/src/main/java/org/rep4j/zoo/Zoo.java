package org.rep4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** The catalogue of published nets. */
public final class Zoo {
    private static final String REPVGG = "Ding et al., 2021, arXiv:2101.03697 and the authors' repository";
    private static final String MOBILEONE = "Vasu et al., 2023, arXiv:2206.04040, table 9";
    private static final double UNPUBLISHED = Double.NaN;
    private static final List<Entry> ENTRIES = List.copyOf(entries());

    private Zoo() {}

    /**
     * A published net.
     *
     * @param name by which it is asked for
     * @param size height and width of the images for which {@code accuracy} was published
     * @param accuracy top-1 on ImageNet in percent, as published; NaN if it was not
     * @param source of the figures
     * @param builder starts the net for ImageNet
     */
    public record Entry(
            String name, int size, double accuracy, String source, Supplier<PublishedNet.Builder<?>> builder) {
        /** Top-1 on ImageNet in percent, if it was published. */
        public OptionalDouble top1() {
            return Double.isNaN(accuracy) ? OptionalDouble.empty() : OptionalDouble.of(accuracy);
        }

        /** The net for ImageNet, and images of the published size. */
        public PublishedNet net() {
            return builder.get().inputShape(3, size, size).build();
        }
    }

    /** All nets, family by family, the smallest of each first. */
    public static List<Entry> all() {
        return ENTRIES;
    }

    /** The net of a name. */
    public static Optional<Entry> find(String name) {
        return ENTRIES.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (RepVgg.Variant variant : RepVgg.Variant.values()) {
            int size = variant == RepVgg.Variant.D2_SE || variant == RepVgg.Variant.PLUS_L2_PSE ? 320 : 224;
            entries.add(new Entry(
                    variant.published(),
                    size,
                    accuracy(variant),
                    REPVGG,
                    () -> RepVgg.builder().variant(variant)));
        }
        for (MobileOne.Variant variant : MobileOne.Variant.values()) {
            entries.add(new Entry(
                    variant.published(),
                    224,
                    accuracy(variant),
                    MOBILEONE,
                    () -> MobileOne.builder().variant(variant)));
        }
        return entries;
    }

    private static double accuracy(RepVgg.Variant variant) {
        return switch (variant) {
            case A0 -> 72.41;
            case A1 -> 74.46;
            case A2 -> 76.48;
            case B0 -> 75.14;
            case B1 -> 78.37;
            case B1_G2 -> 77.78;
            case B1_G4 -> 77.58;
            case B2 -> 78.78;
            case B2_G4 -> 79.38;
            case B3 -> 80.52;
            case B3_G4 -> 80.21;
            case D2_SE -> 83.55;
            case PLUS_L2_PSE -> 84.06;
            case B2_G2, B3_G2 -> UNPUBLISHED;
        };
    }

    private static double accuracy(MobileOne.Variant variant) {
        return switch (variant) {
            case S0 -> 71.4;
            case S1 -> 75.9;
            case S2 -> 77.4;
            case S3 -> 78.1;
            case S4 -> 79.4;
        };
    }
}
