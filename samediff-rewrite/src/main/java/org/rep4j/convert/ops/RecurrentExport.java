package org.rep4j.convert.ops;

import java.util.Map;
import org.rep4j.convert.OpMapping.Exporter;

/** Recurrent layers of SameDiff as ONNX ops. */
final class RecurrentExport {
    static final Map<String, Exporter> EXPORTERS = Map.of();

    private RecurrentExport() {}
}
