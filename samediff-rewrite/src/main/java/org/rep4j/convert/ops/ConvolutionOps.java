package org.rep4j.convert.ops;

import static java.util.Map.entry;

import java.util.Map;
import org.rep4j.convert.OpMapping;

/** Convolutions. */
public final class ConvolutionOps implements OpMapping {
    @Override
    public Map<String, Importer> importers() {
        return Map.of("Conv", ConvolutionWriter::write);
    }

    @Override
    public Map<String, Exporter> exporters() {
        return Map.ofEntries(
                entry("conv1d", op -> new ConvolutionExport(op, 1).write()),
                entry("conv2d", op -> new ConvolutionExport(op, 2).write()),
                entry("conv3dnew", op -> new ConvolutionExport(op, 3).write()),
                entry("depthwise_conv2d", op -> new ConvolutionExport(op, 2).writeDepthwise()),
                entry("sconv2d", op -> new ConvolutionExport(op, 2).writeSeparable()));
    }
}
