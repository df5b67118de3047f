package org.rep4j.layers.block;

/** Filters whose numbers are known beforehand. */
public enum Filter {
    /** The mean of a window, in which what pads the image counts. */
    AVERAGE {
        @Override
        double tap(int row, int column, long channel, long channels, int... kernel) {
            return 1.0 / kernel[0] / kernel[1];
        }
    },
    /**
     * A wave, another one for each channel: along the rows for the first half of the channels, along the columns for the others (OREPA, Hu et
     * al., 2022, section 3.2).
     */
    FREQUENCIES {
        @Override
        double tap(int row, int column, long channel, long channels, int... kernel) {
            boolean first = channel < channels / 2.0;
            double number = first ? channel + 1 : channel + 1 - channels / 2.0;
            return Math.cos(Math.PI * ((first ? row : column) + 0.5) * number / 3);
        }
    },
    /** Slopes from left to right (Sobel). */
    SOBEL_COLUMNS {
        @Override
        double tap(int row, int column, long channel, long channels, int... kernel) {
            return (1 - column) * (row == 1 ? 2 : 1);
        }
    },
    /** Slopes from top to bottom (Sobel). */
    SOBEL_ROWS {
        @Override
        double tap(int row, int column, long channel, long channels, int... kernel) {
            return (1 - row) * (column == 1 ? 2 : 1);
        }
    },
    /** What differs from the four neighbours. */
    LAPLACIAN {
        @Override
        double tap(int row, int column, long channel, long channels, int... kernel) {
            int distance = Math.abs(1 - row) + Math.abs(1 - column);
            return distance == 0 ? -4 : distance == 1 ? 1 : 0;
        }
    };

    /** One of the filter's numbers. */
    abstract double tap(int row, int column, long channel, long channels, int... kernel);
}
