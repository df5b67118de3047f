package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.rep4j.convert.ExportedOp;
import org.rep4j.convert.ImportedOp;
import org.rep4j.convert.NotConvertibleException;
import org.rep4j.convert.OpMapping;

/** Activations: functions of one element each, some with a slope or an axis. */
public final class ActivationOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.ofEntries(entry("Relu", ActivationOps::relu));
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(entry("relu", op -> plain(op, "Relu")), entry("identity", op -> plain(op, "Identity")));
    }

    private static List<SDVariable> relu(ImportedOp op) {
        return List.of(op.graph().nn().relu(op.in(0), 0));
    }

    private static void plain(ExportedOp op, String type) throws NotConvertibleException {
        op.node(type).reads(op.in(0)).writes(0);
    }
}
