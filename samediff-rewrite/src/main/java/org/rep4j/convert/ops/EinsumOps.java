package org.rep4j.convert.ops;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Sums of products over named axes, as permutations, reshapes and matrix products. */
public final class EinsumOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("Einsum", EinsumOps::einsum);
    }

    /** None: the ops that are written belong to other families. */
    @Override
    public Map<String, Exporter> exporters() {
        return Map.of();
    }

    private static List<SDVariable> einsum(ImportedOp op) throws NotConvertibleException {
        EinsumEquation equation = EinsumEquation.of(op);
        EinsumTerm product = null;
        for (int i = 0; i < op.count(); i++) {
            EinsumTerm term = EinsumTerm.of(op, i, equation.operand(i)).diagonal();
            String later = equation.later(i);
            term = term.summedUnless(later + (product == null ? "" : product.axes()));
            product = product == null ? term : product.times(term, later);
        }
        if (product == null) {
            throw op.invalid("has no inputs");
        }
        return ImportedOp.result(product.as(equation.result()));
    }
}
