package org.rep4j.samediff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.rep4j.graph.UnreadableModelException;

/**
 * Reads damaged copies of a SameDiff file, in a virtual machine of its own since it is one that may crash. Each is either read or
 * refused; anything else ends the process with a stack trace.
 */
final class DamagedFiles {
    /** Sizes, counts and offsets that somebody might believe. */
    private static final long[] STRANGE = {-1, 0, 1, 33, 255, 1 << 20, 1 << 28, Integer.MAX_VALUE, Integer.MIN_VALUE};

    private DamagedFiles() {}

    /** @param arguments the file, a folder for copies, and how many of them */
    public static void main(String[] arguments) throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(arguments[0]));
        Path copy = Path.of(arguments[1]).resolve("damaged.fb");
        int refused = 0;
        int copies = Integer.parseInt(arguments[2]);
        for (int seed = 0; seed < copies; seed++) {
            Files.write(copy, damaged(whole, new Random(seed)));
            try {
                SameDiffFiles.load(copy);
            } catch (UnreadableModelException e) {
                refused++;
            }
        }
        System.out.println("refused " + refused + " of " + copies);
        Runtime.getRuntime().halt(0);
    }

    private static byte[] damaged(byte[] whole, Random random) {
        ByteBuffer copy = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int position = random.nextInt(whole.length - Long.BYTES);
            int aligned = position - position % Integer.BYTES;
            long strange = STRANGE[random.nextInt(STRANGE.length)];
            switch (random.nextInt(3)) {
                case 0 -> copy.put(position, (byte) random.nextInt());
                case 1 -> copy.putInt(aligned, (int) strange);
                default -> copy.putLong(aligned, strange);
            }
        }
        return copy.array();
    }
}
