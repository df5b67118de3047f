package org.rep4j.zoo;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The weights of a file are not those of a net; nothing was loaded. */
public final class WeightsMismatchException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int FEW = 3;

    private final transient List<String> mismatches;

    /**
     * All that is wrong.
     *
     * @param source the file
     * @param mismatches the tensors by what is wrong with them: missing, unexpected, …
     */
    WeightsMismatchException(String source, Map<String, List<String>> mismatches) {
        super(source + " holds other weights: " + printable(summary(mismatches)));
        this.mismatches = mismatches.entrySet().stream()
                .flatMap(kind -> kind.getValue().stream().map(tensor -> kind.getKey() + ": " + printable(tensor)))
                .toList();
    }

    private static String summary(Map<String, List<String>> mismatches) {
        return mismatches.entrySet().stream()
                .map(kind -> few(kind.getKey(), kind.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String few(String what, List<String> names) {
        String shown = String.join(", ", names.subList(0, Math.min(FEW, names.size())));
        return names.size() + " " + what + " (" + shown + (names.size() > FEW ? ", …)" : ")");
    }

    /** Strangers' names may be anything; a message is one line. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
    }

    /** Every tensor that is missing, unexpected, misshapen or of whole numbers, a line each. */
    public List<String> mismatches() {
        return mismatches;
    }
}
