package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Map;
import org.rep4j.convert.OpMapping;

/** Transposed convolutions. */
public final class TransposedConvolutionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("ConvTranspose", TransposedConvolutionWriter::write);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("deconv2d", op -> new TransposedConvolutionExport(op, 2).write()),
                entry("deconv3d", op -> new TransposedConvolutionExport(op, 3).write()));
    }
}
