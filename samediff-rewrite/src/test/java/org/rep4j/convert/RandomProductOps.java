package org.rep4j.convert;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.rep4j.onnx.OnnxType;

/** The ops that multiply matrices or change the format of elements. */
final class RandomProductOps {
    private RandomProductOps() {}

    static List<RandomOp> all() {
        return List.of(
                RandomOp.of("Gemm", 7, RandomProductOps::gemm),
                RandomOp.of("Gemm", 7, RandomProductOps::gemm),
                RandomOp.of("MatMul", 7, RandomProductOps::product),
                RandomOp.of("MatMul", 7, RandomProductOps::product),
                RandomOp.of("Einsum", 12, RandomProductOps::einsum),
                RandomOp.of("Cast", 9, RandomProductOps::cast),
                RandomOp.of("CastLike", 15, m -> {
                    OnnxType to = m.one(OnnxType.INT32, OnnxType.FLOAT, OnnxType.DOUBLE, OnnxType.INT64);
                    m.numbers().data(m.dims(0, 4)).makes(to).type(to).data(1);
                }),
                RandomOp.of("QuantizeLinear", 10, m -> quantization(m, OnnxType.FLOAT)),
                RandomOp.of("DequantizeLinear", 10, m -> quantization(m, m.one(OnnxType.UINT8, OnnxType.INT8))),
                RandomOp.of(
                        "DynamicQuantizeLinear",
                        11,
                        m -> m.data(m.dims(1, 4)).makes(OnnxType.UINT8, OnnxType.FLOAT, OnnxType.UINT8)),
                RandomOp.of("MatMulInteger", 10, m -> {
                    int inner = m.any(1, 4);
                    m.type(OnnxType.UINT8)
                            .data(m.any(1, 4), inner)
                            .data(inner, m.any(1, 4))
                            .makes(OnnxType.INT32);
                    if (m.chance(2)) {
                        m.given(new long[0], m.any(0, 5));
                        if (m.chance(2)) {
                            m.given(new long[0], m.any(0, 5));
                        }
                    }
                }));
    }

    private static void gemm(RandomOpModel m) {
        long rows = m.chance(12) ? 0 : m.any(1, 5);
        long columns = m.any(1, 5);
        long inner = m.any(1, 5);
        boolean firstTurned = m.chance(2);
        boolean secondTurned = m.chance(2);
        m.reals();
        if (firstTurned) {
            m.data(inner, rows);
        } else {
            m.data(rows, inner);
        }
        if (secondTurned) {
            m.data(columns, inner);
        } else {
            m.data(inner, columns);
        }
        if (m.opset() < 11 || !m.chance(4)) {
            m.data(m.broadcast(rows, columns));
        }
        if (firstTurned || m.chance(2)) {
            m.set("transA", firstTurned ? 1 : 0);
        }
        if (secondTurned || m.chance(2)) {
            m.set("transB", secondTurned ? 1 : 0);
        }
        m.parameter("alpha").parameter("beta");
    }

    private static void product(RandomOpModel m) {
        long inner = m.any(1, 4);
        long[] batch = m.dimsOrNone(0, 3);
        long[] first = joined(m.broadcast(batch), m.any(1, 4), inner);
        long[] second = joined(m.broadcast(batch), inner, m.any(1, 4));
        m.reals().data(m.chance(8) ? new long[] {inner} : first).data(m.chance(8) ? new long[] {inner} : second);
    }

    private static long[] joined(long[] batch, long a, long b) {
        return LongStream.concat(LongStream.of(batch), LongStream.of(a, b)).toArray();
    }

    private static void einsum(RandomOpModel m) {
        String equation = m.one(
                "ij,jk->ik",
                "bij,bjk->bik",
                "bhid,bhjd->bhij",
                "i,j->ij",
                "ij->ji",
                "ij,ij->ij",
                "bij,kj->bik",
                "ijk->ik",
                "ij,kj",
                "i,i->",
                "abc,cd->adb",
                "ij,j->i",
                "bchw,bkc->bkhw",
                "...ij,...jk->...ik");
        long[] sizes = m.sizes(26, 1, 4);
        String inputs = equation.split("->", 2)[0].replace("...", "xy");
        m.reals();
        for (String term : inputs.split(",", -1)) {
            m.data(term.chars().mapToLong(letter -> sizes[letter - 'a']).toArray());
        }
        m.set("equation", equation);
    }

    private static void cast(RandomOpModel m) {
        OnnxType to =
                m.one(OnnxType.FLOAT, OnnxType.DOUBLE, OnnxType.INT32, OnnxType.INT64, OnnxType.BOOL, OnnxType.INT8);
        m.type(m.one(OnnxType.FLOAT, OnnxType.DOUBLE, OnnxType.INT32, OnnxType.INT64, OnnxType.BOOL, OnnxType.UINT8))
                .data(m.dims(0, 4))
                .makes(to)
                .set("to", to.number());
    }

    private static void quantization(RandomOpModel m, OnnxType from) {
        long[] dims = m.dims(1, 4);
        int axis = m.axis(dims.length);
        boolean perAxis = m.opset() >= 13 && m.chance(2);
        long[] scales = perAxis ? new long[] {dims[Math.floorMod(axis, dims.length)]} : new long[0];
        OnnxType quantized = from == OnnxType.FLOAT ? m.one(OnnxType.UINT8, OnnxType.INT8) : from;
        m.type(from).data(dims).type(OnnxType.FLOAT);
        double[] values = m.random(scales);
        Arrays.setAll(values, i -> 0.0625 + Math.abs(values[i]));
        m.given(scales, values).type(quantized);
        if (from != OnnxType.FLOAT || quantized != OnnxType.UINT8 || m.chance(2)) {
            m.data(scales);
        }
        m.makes(from == OnnxType.FLOAT ? quantized : OnnxType.FLOAT);
        if (perAxis) {
            m.set("axis", axis);
        }
    }
}
