package org.rep4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import onnx.Onnx.TensorProto;
import org.jspecify.annotations.Nullable;
import org.rep4j.graph.ElementBytes;
import org.rep4j.graph.ElementType;
import org.rep4j.graph.Elements;
import org.rep4j.graph.InvalidGraphException;
import org.rep4j.graph.Shape;

/** A tensor of an ONNX model, inline or external, perhaps under another shape (a Reshape of a constant). */
final class StoredTensor implements ConstantTensor {
    private final TensorProto proto;
    private final ExternalFiles files;
    private final @Nullable NewTensor pending;
    private final Shape shape;

    StoredTensor(TensorProto proto, ExternalFiles files) {
        this(proto, files, null, new Shape(proto.getDimsList()));
    }

    /** The tensor that will be stored when the model is saved, with its numbers rounded as they will be. */
    StoredTensor(NewTensor pending, ExternalFiles files) {
        this(pending.header().build(), files, pending, new Shape(pending.dims()));
    }

    private StoredTensor(TensorProto proto, ExternalFiles files, @Nullable NewTensor pending, Shape shape) {
        this.proto = proto;
        this.files = files;
        this.pending = pending;
        this.shape = shape;
    }

    @Override
    public StoredTensor reshaped(List<Long> dims) {
        return new StoredTensor(proto, files, pending, new Shape(dims));
    }

    /**
     * Checks that the tensor has as many bytes as its shape asks for, before anybody allocates by that shape.
     *
     * @throws InvalidGraphException if not
     */
    static void check(TensorProto tensor, ExternalFiles files) {
        long elements = 1;
        for (long dim : tensor.getDimsList()) {
            if (dim < 0) {
                throw new InvalidGraphException("tensor '" + tensor.getName() + "' has the dimension " + dim);
            }
            try {
                elements = Math.multiplyExact(elements, dim);
            } catch (ArithmeticException e) {
                throw new InvalidGraphException(
                        "tensor '" + tensor.getName() + "' declares a size beyond all bounds: " + tensor.getDimsList());
            }
        }
        int size = TensorCodec.elementSize(tensor.getDataType());
        if (size < 0) {
            return; // strings, and types newer than this code: never read
        }
        boolean external = ExternalFiles.isExternal(tensor);
        boolean typed = !external && tensor.getRawData().isEmpty();
        if (typed && elements != 0 && TensorCodec.typedElements(tensor) != elements) {
            throw new InvalidGraphException("tensor '" + tensor.getName() + "' of shape " + tensor.getDimsList()
                    + " needs " + elements + " elements but stores " + TensorCodec.typedElements(tensor));
        }
        long stored = external
                ? files.locate(tensor).length()
                : typed ? elements * size : tensor.getRawData().size();
        if (elements > Long.MAX_VALUE / size || stored != elements * size) {
            throw new InvalidGraphException("tensor '" + tensor.getName() + "' of shape " + tensor.getDimsList()
                    + " needs " + elements + " elements of " + size + " bytes but stores " + stored + " bytes");
        }
    }

    @Override
    public int dataType() {
        return proto.getDataType();
    }

    @Override
    public ElementType type() {
        return TensorCodec.elementType(proto.getDataType());
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public double[] read() {
        int elements = elements();
        if (isTyped()) {
            return TensorCodec.decodeTyped(proto, elements);
        }
        double[] values = new double[elements];
        open().addTo(0, elements, 1, values, 0, 1);
        return values;
    }

    @Override
    public Elements open() {
        return isTyped()
                ? ConstantTensor.super.open()
                : new ElementBytes(bytes().order(ByteOrder.LITTLE_ENDIAN), type());
    }

    @Override
    public long[] readIntegers() {
        try {
            return TensorCodec.decodeIntegers(proto, isTyped() ? ByteBuffer.allocate(0) : bytes(), elements());
        } catch (IllegalArgumentException e) {
            throw new InvalidGraphException("tensor '" + proto.getName() + "' should hold integers", e);
        }
    }

    @Override
    public ByteBuffer encode(OnnxType format) {
        if (!isTyped()) {
            return bytes();
        }
        return TensorCodec.encode(
                proto.getDataType(),
                elements(),
                i -> TensorCodec.typedNumber(proto, i),
                i -> TensorCodec.typedInteger(proto, i));
    }

    private int elements() {
        long elements = shape.elements();
        if (elements > Integer.MAX_VALUE) {
            throw new InvalidGraphException("tensor '" + proto.getName() + "' has " + elements + " elements, too many");
        }
        return (int) elements;
    }

    private boolean isTyped() {
        return pending == null
                && !ExternalFiles.isExternal(proto)
                && proto.getRawData().isEmpty();
    }

    private ByteBuffer bytes() {
        if (pending != null) {
            return pending.encode();
        }
        return ExternalFiles.isExternal(proto)
                ? files.locate(proto).read()
                : proto.getRawData().asReadOnlyByteBuffer();
    }
}
