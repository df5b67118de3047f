package org.rep4j.zoo.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rep4j.graph.UnreadableModelException;

/**
 * Reads the part of Python's pickle format (protocols 2 to 4) that PyTorch writes state dicts in: plain data and tensors. Whatever else a pickle
 * asks for is refused by name; nothing is ever called or instantiated.
 *
 * <p>Values are {@code String}, {@code Long} or {@code BigInteger}, {@code Double}, {@code Boolean}, {@link None}, {@code List}, {@code Map}, {@link Global} and what
 * {@link Torch} makes of its globals.
 */
final class Pickle {
    /** The first byte of a pickle. */
    static final int PROTO = 0x80;

    /** In bytes. Pickles of state dicts are far shorter, and each byte may become an object. */
    static final int LONGEST = 1 << 24;

    private static final int NEWEST_PROTOCOL = 4;

    private final ByteBuffer bytes;
    private final Torch torch;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    /** @param bytes from the first byte of the pickle on; its position is behind the pickle afterwards */
    Pickle(ByteBuffer bytes, Torch torch) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.torch = torch;
    }

    /** Python's None. */
    enum None {
        NONE
    }

    /** Where a list of operands begins. */
    private enum Mark {
        MARK
    }

    /** The name of a class or function. */
    record Global(String module, String name) {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /**
     * The value of the pickle.
     *
     * @throws UnreadableModelException if it is damaged, or asks for more than data and tensors
     */
    Object read() {
        try {
            while (true) {
                int op = bytes.get() & 0xff;
                if (op == '.') {
                    return pop();
                }
                execute(op);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new UnreadableModelException("its pickle is cut off or damaged", e);
        }
    }

    private void execute(int op) {
        switch (op) {
            case PROTO -> require(next() <= NEWEST_PROTOCOL, "its pickle has a protocol newer than " + NEWEST_PROTOCOL);
            case 0x95 -> skipFrame();
            case 'N' -> push(None.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) bytes.getInt());
            case 'K' -> push((long) next());
            case 'M' -> push((long) (bytes.getShort() & 0xffff));
            case 0x8a -> push(integer(next()));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(bytes.getLong())));
            case 'X' -> push(text(bytes.getInt()));
            case 0x8c, 'U' -> push(text(next()));
            case '(' -> push(Mark.MARK);
            case ')' -> push(List.of());
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 't' -> push(untilMark());
            case ']' -> push(new ArrayList<>());
            case 'a' -> append(List.of(pop()));
            case 'e' -> append(untilMark());
            case '}' -> push(new LinkedHashMap<>());
            case 's' -> {
                Object value = pop();
                put(List.of(pop(), value));
            }
            case 'u' -> put(untilMark());
            case 'q' -> memo.put(next(), top());
            case 'r' -> memo.put(bytes.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(remembered(next()));
            case 'j' -> push(remembered(bytes.getInt()));
            case 'c' -> push(new Global(line(), line()));
            case 0x93 -> {
                Object name = pop();
                push(new Global(string(pop()), string(name)));
            }
            case 'Q' -> push(torch.storage(list(pop())));
            case 'R' -> {
                List<?> arguments = list(pop());
                push(torch.call(global(pop()), arguments));
            }
            case 0x81 -> {
                pop();
                throw new UnreadableModelException("its pickle makes " + global(pop()) + ", and only tensors are read");
            }
            case 'b' -> pop(); // what an object is to be told besides: a dictionary's metadata
            case '0' -> pop();
            default ->
                throw new UnreadableModelException(
                        "its pickle wants more than data and tensors (opcode 0x" + Integer.toHexString(op) + ")");
        }
    }

    private int next() {
        return bytes.get() & 0xff;
    }

    private void skipFrame() {
        long length = bytes.getLong();
        require(length >= 0 && length <= bytes.remaining(), "its pickle is cut off or damaged");
    }

    private Number integer(int length) {
        byte[] digits = new byte[Math.max(1, length)];
        for (int i = 0; i < length; i++) {
            digits[length - 1 - i] = bytes.get();
        }
        BigInteger value = new BigInteger(digits);
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }

    private String text(int length) {
        require(length >= 0 && length <= bytes.remaining(), "its pickle is cut off or damaged");
        ByteBuffer part = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return decoded(part);
    }

    private String line() {
        int begin = bytes.position();
        int end = begin;
        while (bytes.get(end) != '\n') {
            end++;
        }
        bytes.position(end + 1);
        return decoded(bytes.slice(begin, end - begin));
    }

    private static String decoded(ByteBuffer part) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(part)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableModelException("its pickle has a text that is none", e);
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private Object top() {
        return stack.get(stack.size() - 1);
    }

    private Object remembered(int key) {
        Object value = memo.get(key);
        require(value != null, "its pickle is cut off or damaged");
        return Objects.requireNonNull(value);
    }

    private void tuple(int size) {
        List<Object> last = stack.subList(stack.size() - size, stack.size());
        List<Object> items = List.copyOf(last);
        last.clear();
        push(items);
    }

    private List<Object> untilMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        List<Object> last = stack.subList(mark + 1, stack.size());
        List<Object> items = List.copyOf(last);
        stack.subList(mark, stack.size()).clear();
        return items;
    }

    @SuppressWarnings("unchecked") // lists that can be added to are this class's own
    private void append(List<Object> items) {
        require(top() instanceof ArrayList, "its pickle is cut off or damaged");
        ((ArrayList<Object>) top()).addAll(items);
    }

    /** Keys that could hold the dictionary itself are refused: they have no hash code. */
    @SuppressWarnings("unchecked") // dictionaries are this class's own
    private void put(List<Object> items) {
        require(top() instanceof LinkedHashMap && items.size() % 2 == 0, "its pickle is cut off or damaged");
        LinkedHashMap<Object, Object> map = (LinkedHashMap<Object, Object>) top();
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            boolean plain = !(key instanceof List || key instanceof Map);
            require(plain, "its pickle has a dictionary whose keys are no names or numbers");
            map.put(key, items.get(i + 1));
        }
    }

    private static List<?> list(Object value) {
        require(value instanceof List, "its pickle is cut off or damaged");
        return (List<?>) value;
    }

    private static String string(Object value) {
        require(value instanceof String, "its pickle is cut off or damaged");
        return (String) value;
    }

    private static Global global(Object value) {
        require(value instanceof Global, "its pickle calls something that has no name");
        return (Global) value;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UnreadableModelException(otherwise);
        }
    }
}
