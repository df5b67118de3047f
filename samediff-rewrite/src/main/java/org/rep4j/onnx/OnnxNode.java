package org.rep4j.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;

/** One op of an ONNX model. Immutable. */
public final class OnnxNode {
    private final NodeProto proto;
    private final Attributes attributes;

    OnnxNode(NodeProto proto) {
        this.proto = proto;
        this.attributes = new Attributes(proto, GraphIndex.describe(proto));
    }

    /** Starts a node of the standard operator set. */
    public static Builder of(String type) {
        return new Builder(type);
    }

    /** The op's type, with its domain in front if that is not the standard's. */
    public String type() {
        return OnnxReader.isDefaultDomain(proto.getDomain())
                ? proto.getOpType()
                : proto.getDomain() + "." + proto.getOpType();
    }

    /** The node's own name, or else that of its first output. */
    public String name() {
        return proto.getName().isEmpty() && proto.getOutputCount() > 0 ? proto.getOutput(0) : proto.getName();
    }

    /** The node as messages name it. */
    public String label() {
        return GraphIndex.describe(proto);
    }

    /** The names that it reads; optional ones that are left out are empty. */
    public List<String> inputs() {
        return proto.getInputList();
    }

    /** The names that it writes; optional ones that are left out are empty. */
    public List<String> outputs() {
        return proto.getOutputList();
    }

    /** Whether it has an input at this position. */
    public boolean has(int input) {
        return LiftContext.has(proto, input);
    }

    /** Whether it runs a graph of its own. */
    public boolean hasSubgraphs() {
        return proto.getAttributeList().stream().anyMatch(a -> a.hasG() || a.getGraphsCount() > 0);
    }

    /** Whether it has this attribute. */
    public boolean hasAttribute(String name) {
        return attributes.has(name);
    }

    /** An attribute that is an integer. */
    public long integer(String name, long otherwise) {
        return attributes.integer(name, otherwise);
    }

    /** An attribute that is a number. */
    public double number(String name, double otherwise) {
        return attributes.number(name, otherwise);
    }

    /** An attribute that is a text. */
    public String text(String name, String otherwise) {
        return attributes.text(name, otherwise);
    }

    /** An attribute that is a list of integers. */
    public Optional<long[]> integers(String name) {
        return attributes
                .integers(name)
                .map(list -> list.stream().mapToLong(v -> v).toArray());
    }

    /**
     * An attribute that is a list of integers, one for each axis or two.
     *
     * @throws org.rep4j.graph.InvalidGraphException if the list is of another length, or a number does not fit an int
     */
    public int[] integers(String name, int count, int otherwise) {
        return attributes.integers(name, count, otherwise);
    }

    /** An attribute that is a list of numbers. */
    public Optional<double[]> numbers(String name) {
        return attributes.numbers(name);
    }

    /** An attribute that is a list of texts. */
    public Optional<List<String>> texts(String name) {
        return attributes.texts(name);
    }

    /** An attribute that is a tensor, unless its elements are strings or the like. */
    public Optional<OnnxTensor> tensor(String name) {
        return attributes
                .tensor(name)
                .flatMap(tensor -> new StoredTensor(tensor, new ExternalFiles(null, "an attribute")).content());
    }

    /** The same op between other values. */
    public OnnxNode between(List<String> inputs, List<String> outputs) {
        return new OnnxNode(proto.toBuilder()
                .clearInput()
                .addAllInput(inputs)
                .clearOutput()
                .addAllOutput(outputs)
                .build());
    }

    NodeProto proto() {
        return proto;
    }

    /** The node, as its label. */
    @Override
    public String toString() {
        return label();
    }

    /** Collects what a node consists of. */
    public static final class Builder {
        private final NodeProto.Builder proto = NodeProto.newBuilder();

        private Builder(String type) {
            proto.setOpType(type);
        }

        /** Names the node. */
        public Builder name(String name) {
            proto.setName(name);
            return this;
        }

        /** Adds names that it reads; empty ones are left out. */
        public Builder reads(String... names) {
            proto.addAllInput(Arrays.asList(names));
            return this;
        }

        /** Adds names that it writes; empty ones are not wanted. */
        public Builder writes(String... names) {
            proto.addAllOutput(Arrays.asList(names));
            return this;
        }

        /** Adds an attribute that is an integer. */
        public Builder integer(String name, long value) {
            proto.addAttribute(NodeProtos.integer(name, value));
            return this;
        }

        /** Adds an attribute that is a number; it is rounded to single precision. */
        public Builder number(String name, double value) {
            proto.addAttribute(NodeProtos.number(name, value));
            return this;
        }

        /** Adds an attribute that is a text. */
        public Builder text(String name, String value) {
            proto.addAttribute(NodeProtos.text(name, value));
            return this;
        }

        /** Adds an attribute that is a list of integers. */
        public Builder integers(String name, long... values) {
            proto.addAttribute(
                    NodeProtos.integers(name, LongStream.of(values).boxed().toList()));
            return this;
        }

        /** Adds an attribute that is a list of numbers; they are rounded to single precision. */
        public Builder numbers(String name, double... values) {
            AttributeProto.Builder attribute =
                    AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS);
            for (double value : values) {
                attribute.addFloats((float) value);
            }
            proto.addAttribute(attribute);
            return this;
        }

        /** Adds an attribute that is a list of texts. */
        public Builder texts(String name, List<String> values) {
            proto.addAttribute(NodeProtos.texts(name, values));
            return this;
        }

        /** The node. */
        public OnnxNode build() {
            return new OnnxNode(proto.build());
        }
    }
}
