package org.rep4j.graph;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a graph knows about one value: who writes it and who reads it. One small object, since most values have one reader. */
final class ValueSite {
    /** As the value was first spoken of. */
    final Value value;

    /** As it was spoken of otherwise, if it was. */
    @Nullable
    Value contradiction;

    @Nullable
    Node producer;

    int producerSerial;
    boolean isOutput;

    /** How often the value is among the inputs of the graph. */
    int timesFed;

    /** How often the value is read; a node that reads it twice counts twice. */
    int uses;

    private @Nullable Node onlyReader;
    private int onlySerial;
    /** All readers by serial number, where there are several. */
    private @Nullable Map<Integer, Node> manyReaders;

    ValueSite(Value value) {
        this.value = value;
    }

    /** Notes whether {@code other}, of the same name, differs in shape or type. */
    void compare(Value other) {
        if (!value.shape().equals(other.shape()) || value.type() != other.type()) {
            contradiction = other;
        }
    }

    /** The nodes that read the value, each once, in the order in which they came. */
    Collection<Node> readers() {
        if (manyReaders != null) {
            return Collections.unmodifiableCollection(manyReaders.values());
        }
        return onlyReader == null ? List.of() : List.of(onlyReader);
    }

    void addReader(int serial, Node node) {
        uses++;
        if (manyReaders != null) {
            manyReaders.put(serial, node);
        } else if (onlyReader == null) {
            onlyReader = node;
            onlySerial = serial;
        } else if (onlySerial != serial) {
            manyReaders = new LinkedHashMap<>();
            manyReaders.put(onlySerial, onlyReader);
            manyReaders.put(serial, node);
            onlyReader = null;
        }
    }

    /** Takes back one {@link #addReader}. */
    void removeReader(int serial) {
        uses--;
        if (manyReaders != null) {
            manyReaders.remove(serial);
            if (manyReaders.size() == 1) {
                Map.Entry<Integer, Node> last =
                        manyReaders.entrySet().iterator().next();
                onlySerial = last.getKey();
                onlyReader = last.getValue();
                manyReaders = null;
            }
        } else if (onlyReader != null && onlySerial == serial) {
            onlyReader = null;
        }
    }
}
