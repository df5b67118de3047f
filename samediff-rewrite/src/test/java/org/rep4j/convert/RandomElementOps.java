package org.rep4j.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.rep4j.onnx.OnnxType;

/** The ops that work element by element. */
final class RandomElementOps {
    private RandomElementOps() {}

    static List<RandomOp> all() {
        List<RandomOp> ops = new ArrayList<>();
        for (String op : List.of("Sigmoid", "Softplus", "Tanh", "Sqrt", "Exp", "Log", "Floor", "Ceil")) {
            ops.add(RandomOp.of(op, 7, RandomElementOps::real));
        }
        for (String op : List.of("Reciprocal", "Sin", "Cos")) {
            ops.add(RandomOp.of(op, 7, RandomElementOps::real));
        }
        for (String op : List.of("Tan", "Asin", "Acos", "Atan")) {
            ops.add(RandomOp.of(op, 7, m -> m.data(m.dimsOrNone(0, 5))));
        }
        for (String op : List.of("Erf", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh")) {
            ops.add(RandomOp.of(op, 9, m -> m.data(m.dimsOrNone(0, 5))));
        }
        for (String op : List.of("Neg", "Abs", "Identity")) {
            ops.add(RandomOp.of(op, 7, m -> m.numbers().data(m.dimsOrNone(0, 5))));
        }
        ops.add(RandomOp.of("Relu", 14, m -> m.numbers().data(m.dimsOrNone(0, 5))));
        ops.add(RandomOp.of("Sign", 9, m -> m.numbers().data(m.dimsOrNone(0, 5))));
        ops.add(RandomOp.of("Softsign", 7, m -> m.data(m.dimsOrNone(0, 5))));
        ops.add(RandomOp.of("Round", 11, RandomElementOps::real));
        ops.add(RandomOp.of("HardSwish", 14, m -> m.data(m.dimsOrNone(0, 5))));
        ops.add(RandomOp.of("Mish", 18, m -> m.data(m.dimsOrNone(0, 5))));
        ops.add(RandomOp.of("Selu", 7, with("alpha", "gamma")));
        ops.add(RandomOp.of("LeakyRelu", 7, with("alpha")));
        ops.add(RandomOp.of("Elu", 7, with("alpha")));
        ops.add(RandomOp.of("Celu", 12, m -> with("alpha").accept(m.type(OnnxType.FLOAT))));
        ops.add(RandomOp.of("HardSigmoid", 7, with("alpha", "beta")));
        ops.add(RandomOp.of("ThresholdedRelu", 10, with("alpha")));
        ops.add(RandomOp.of("Shrink", 9, with("lambd", "bias")));
        ops.add(RandomOp.of("Gelu", 20, m -> {
            m.data(m.dimsOrNone(0, 5));
            if (m.chance(2)) {
                m.set("approximate", m.one("none", "tanh"));
            }
        }));
        ops.add(RandomOp.of("PRelu", 9, m -> {
            long[] dims = m.dimsOrNone(1, 5);
            m.reals().data(dims).data(m.broadcast(dims));
        }));
        ops.add(RandomOp.of("Clip", 7, RandomElementOps::clip));
        ops.add(RandomOp.of("Dropout", 7, m -> m.reals().data(m.dimsOrNone(1, 4))));
        ops.add(RandomOp.of("IsNaN", 9, m -> m.reals().data(m.dimsOrNone(0, 4)).makes(OnnxType.BOOL)));
        ops.add(RandomOp.of(
                "IsInf",
                10,
                m -> m.reals().data(m.dimsOrNone(0, 4)).flag("detect_negative").makes(OnnxType.BOOL)));
        ops.add(RandomOp.of(
                "Not", 7, m -> m.type(OnnxType.BOOL).data(m.dimsOrNone(0, 4)).makes(OnnxType.BOOL)));
        binary(ops);
        return ops;
    }

    private static void binary(List<RandomOp> ops) {
        for (String op : List.of("Add", "Sub", "Mul")) {
            ops.add(RandomOp.of(op, 7, m -> pair(m.numbers())));
        }
        for (String op : List.of("Min", "Max")) {
            ops.add(RandomOp.of(op, 8, m -> several(m.reals())));
            ops.add(RandomOp.of(op, 12, m -> several(m.numbers())));
        }
        for (String op : List.of("Sum", "Mean")) {
            ops.add(RandomOp.of(op, 8, m -> several(m.type(OnnxType.FLOAT))));
        }
        for (String op : List.of("And", "Or", "Xor")) {
            ops.add(RandomOp.of(op, 7, m -> pair(m.type(OnnxType.BOOL))));
        }
        for (String op : List.of("Greater", "Less", "Equal")) {
            ops.add(RandomOp.of(op, 11, m -> pair(m.numbers()).makes(OnnxType.BOOL)));
        }
        for (String op : List.of("GreaterOrEqual", "LessOrEqual")) {
            ops.add(RandomOp.of(op, 12, m -> pair(m.numbers()).makes(OnnxType.BOOL)));
        }
        ops.add(RandomOp.of("Div", 7, m -> divided(m.numbers())));
        ops.add(RandomOp.of("Mod", 10, m -> {
            divided(m.numbers());
            if (m.type() == OnnxType.FLOAT || m.type() == OnnxType.DOUBLE) {
                m.set("fmod", 1);
            } else {
                m.flag("fmod");
            }
        }));
        ops.add(RandomOp.of("Pow", 7, m -> {
            long[] dims = m.dimsOrNone(0, 4);
            m.reals().data(dims);
            long[] powers = m.broadcast(dims);
            double[] values = m.random(powers);
            Arrays.setAll(values, i -> Math.round(values[i]));
            m.given(powers, values);
        }));
        ops.add(RandomOp.of("Where", 9, m -> {
            long[] dims = m.dimsOrNone(0, 4);
            m.type(OnnxType.BOOL).data(m.broadcast(dims));
            m.numbers().data(m.broadcast(dims)).data(m.broadcast(dims));
        }));
        ops.add(RandomOp.of(
                "BitShift", 11, m -> pair(m.type(OnnxType.UINT8)).set("direction", m.one("LEFT", "RIGHT"))));
    }

    private static void real(RandomOpModel m) {
        m.reals().data(m.dimsOrNone(0, 5));
    }

    private static Consumer<RandomOpModel> with(String... parameters) {
        return m -> {
            m.data(m.dimsOrNone(0, 5));
            for (String parameter : parameters) {
                if (m.chance(2)) {
                    m.set(parameter, 0.25 + Math.abs(m.real()));
                }
            }
        };
    }

    private static void clip(RandomOpModel m) {
        m.reals();
        double low = m.real();
        double high = low + Math.abs(m.real());
        if (m.opset() < 11) {
            m.type(OnnxType.FLOAT).data(m.dimsOrNone(0, 4));
            if (m.chance(2)) {
                m.set("min", low);
            }
            if (m.chance(2)) {
                m.set("max", high);
            }
            return;
        }
        m.data(m.dimsOrNone(0, 4));
        if (m.chance(3)) {
            m.without();
        } else {
            m.given(new long[0], low);
        }
        if (!m.chance(3)) {
            m.given(new long[0], high);
        }
    }

    private static RandomOpModel pair(RandomOpModel m) {
        long[] dims = m.dimsOrNone(0, 5);
        return m.data(m.broadcast(dims)).data(m.broadcast(dims));
    }

    private static void several(RandomOpModel m) {
        long[] dims = m.dimsOrNone(0, 4);
        int count = m.any(1, 4);
        for (int i = 0; i < count; i++) {
            m.data(m.broadcast(dims));
        }
    }

    private static void divided(RandomOpModel m) {
        long[] dims = m.dimsOrNone(0, 5);
        m.data(m.broadcast(dims));
        long[] divisor = m.broadcast(dims);
        double[] values = m.random(divisor);
        Arrays.setAll(values, i -> values[i] == 0 ? 3 : values[i]);
        m.given(divisor, values);
    }
}
