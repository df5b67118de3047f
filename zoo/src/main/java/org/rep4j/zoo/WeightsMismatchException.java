package org.rep4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The weights of a file are not those of a net; nothing was loaded. */
public final class WeightsMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int FEW = 3;

    private final transient List<String> mismatches;

    /**
     * All that is wrong.
     *
     * @param source the file
     * @param missing what the net has and the file has not
     * @param unexpected what the file has and the net has not
     * @param misshapen what has other sizes, with both of them
     */
    WeightsMismatchException(String source, List<String> missing, List<String> unexpected, List<String> misshapen) {
        super(source + " holds other weights: " + summary(missing, unexpected, misshapen));
        List<String> all = new ArrayList<>();
        missing.forEach(name -> all.add("missing: " + name));
        unexpected.forEach(name -> all.add("unexpected: " + name));
        misshapen.forEach(name -> all.add("misshapen: " + name));
        this.mismatches = List.copyOf(all);
    }

    private static String summary(List<String> missing, List<String> unexpected, List<String> misshapen) {
        return Stream.of(few("missing", missing), few("unexpected", unexpected), few("misshapen", misshapen))
                .filter(part -> !part.isEmpty())
                .reduce((a, b) -> a + "; " + b)
                .orElse("");
    }

    private static String few(String what, List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String shown = String.join(", ", names.subList(0, Math.min(FEW, names.size())));
        return names.size() + " " + what + " (" + shown + (names.size() > FEW ? ", …)" : ")");
    }

    /** Every tensor that is missing, unexpected or misshapen, a line each. */
    public List<String> mismatches() {
        return mismatches;
    }
}
