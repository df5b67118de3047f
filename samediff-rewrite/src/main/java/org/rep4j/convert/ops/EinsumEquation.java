package org.rep4j.convert.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;

/**
 * What an Einsum says: an axis is a letter. The axes of an ellipsis are digits, counted from the last one, so that those which
 * broadcast against each other have the same.
 *
 * @param operands axes of each input
 * @param result axes of what is written
 */
record EinsumEquation(List<String> operands, String result) {
    private static final String ELLIPSIS = "...";
    private static final String FIRST_DIGITS = "9876543210";

    /** The equation of an op. */
    static EinsumEquation of(ImportedOp op) throws NotConvertibleException {
        String text = op.node().text("equation", "").replace(" ", "");
        String[] sides = text.split("->", -1);
        String[] terms = sides[0].split(",", -1);
        if (sides.length > 2 || terms.length != op.count()) {
            throw op.invalid("has " + op.count() + " inputs for the equation " + text);
        }
        int broadcast = 0;
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            int extra = op.rank(i) - terms[i].replace(ELLIPSIS, "").length();
            if (extra < 0 || extra > 0 && !terms[i].contains(ELLIPSIS) || extra > FIRST_DIGITS.length()) {
                throw op.invalid("names the axes " + terms[i] + " of an input of " + op.rank(i) + " axes");
            }
            operands.add(requireLetters(op, terms[i].replace(ELLIPSIS, digits(extra)), text));
            broadcast = Math.max(broadcast, terms[i].contains(ELLIPSIS) ? extra : 0);
        }
        String result = sides.length == 2
                ? sides[1].replace(ELLIPSIS, digits(broadcast))
                : digits(broadcast) + single(operands);
        requireLetters(op, result, text);
        for (int i = 0; i < result.length(); i++) {
            String axis = result.substring(i, i + 1);
            if (result.lastIndexOf(axis) != i || operands.stream().noneMatch(o -> o.contains(axis))) {
                throw op.invalid("has an equation whose result does not name axes of its inputs once: " + text);
            }
        }
        return new EinsumEquation(operands, result);
    }

    private static String digits(int count) {
        return FIRST_DIGITS.substring(FIRST_DIGITS.length() - count);
    }

    private static String requireLetters(ImportedOp op, String term, String equation) {
        if (!term.chars().allMatch(Character::isLetterOrDigit)) {
            throw op.invalid("has the equation " + equation + ", which is none");
        }
        return term;
    }

    /** What is written where nothing is said: letters that occur once, in alphabetical order. */
    private static String single(List<String> operands) {
        Map<Character, Integer> uses = new TreeMap<>();
        operands.forEach(
                o -> o.chars().filter(Character::isLetter).forEach(c -> uses.merge((char) c, 1, Integer::sum)));
        StringBuilder letters = new StringBuilder();
        uses.forEach((letter, count) -> letters.append(count == 1 ? letter.toString() : ""));
        return letters.toString();
    }

    /** The axes of an input. */
    String operand(int input) {
        return operands.get(input);
    }

    /** All axes that are needed behind an input: those of later ones and of the result. */
    String later(int input) {
        return String.join("", operands.subList(input + 1, operands.size())) + result;
    }
}
