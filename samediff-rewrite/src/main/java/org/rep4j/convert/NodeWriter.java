package org.rep4j.convert;

import java.util.List;
import org.rep4j.onnx.OnnxNode;

/** Writes one ONNX node: {@code op.node("Relu").reads(op.in(0)).writes(0)}. */
public final class NodeWriter {
    private final OnnxNode.Builder node;
    private final String type;
    private final ExportedOp op;
    private final GraphExport target;

    NodeWriter(String type, ExportedOp op, GraphExport target) {
        this.type = type;
        this.node = OnnxNode.of(type);
        this.op = op;
        this.target = target;
    }

    /** Adds values that it reads; empty names are left out. */
    public NodeWriter reads(String... values) {
        node.reads(values);
        return this;
    }

    /** Adds an attribute that is an integer. */
    public NodeWriter integer(String name, long value) {
        node.integer(name, value);
        return this;
    }

    /** Adds an attribute that is a number. */
    public NodeWriter number(String name, double value) {
        node.number(name, value);
        return this;
    }

    /** Adds an attribute that is a text. */
    public NodeWriter text(String name, String value) {
        node.text(name, value);
        return this;
    }

    /** Adds an attribute that is a list of integers. */
    public NodeWriter integers(String name, long... values) {
        node.integers(name, values);
        return this;
    }

    /** Adds an attribute that is a list of numbers. */
    public NodeWriter numbers(String name, double... values) {
        node.numbers(name, values);
        return this;
    }

    /** Adds an attribute that is a list of texts. */
    public NodeWriter texts(String name, List<String> values) {
        node.texts(name, values);
        return this;
    }

    /** Writes the node; it makes these outputs of the op. */
    public void writes(int... outputs) {
        String[] values = new String[outputs.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = op.out(outputs[i]);
        }
        write(values);
    }

    /** Writes the node; returns the name of the value that it makes. */
    public String value() {
        return values(1)[0];
    }

    /** Writes the node; returns the names of the {@code count} values that it makes. */
    public String[] values(int count) {
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            values[i] = target.fresh(op.base() + "/" + type);
        }
        write(values);
        return values;
    }

    /** Writes the node; it makes values of these names, empty ones not. */
    public void write(String... values) {
        target.add(node.writes(values), values[0].isEmpty() ? op.base() : values[0]);
    }
}
