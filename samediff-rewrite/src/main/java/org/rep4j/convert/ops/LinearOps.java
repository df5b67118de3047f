package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Products of matrices. */
public final class LinearOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("Gemm", LinearOps::gemm, "MatMul", MatrixProduct::write);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("matmul", LinearExport::matmul),
                entry("xw_plus_b", LinearExport::layer),
                entry("linear_layer", LinearExport::layer),
                entry("relu_layer", LinearExport::reluLayer));
    }

    private static List<SDVariable> gemm(ImportedOp op) throws NotConvertibleException {
        boolean turnsLeft = op.node().integer("transA", 0) != 0;
        boolean turnsRight = op.node().integer("transB", 0) != 0;
        // matrices of weights are stored in the order that needs no transposition
        SDVariable left = turnsLeft ? op.permuted(0, 1, 0) : op.in(0);
        SDVariable right = turnsRight ? op.permuted(1, 1, 0) : op.in(1);
        SDVariable product = scaled(op, MatrixProduct.of(op.graph(), left, right), "alpha");
        return ImportedOp.result(op.has(2) ? product.add(scaled(op, op.in(2), "beta")) : product);
    }

    private static SDVariable scaled(ImportedOp op, SDVariable x, String attribute) {
        double factor = op.node().number(attribute, 1);
        return factor == 1 ? x : x.mul(op.scalar(factor, x.dataType()));
    }
}
