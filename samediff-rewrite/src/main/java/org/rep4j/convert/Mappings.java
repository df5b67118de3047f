package org.rep4j.convert;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.rep4j.convert.ops.ActivationOps;
import org.rep4j.convert.ops.ArithmeticOps;
import org.rep4j.convert.ops.AxisOps;
import org.rep4j.convert.ops.ConvolutionOps;
import org.rep4j.convert.ops.EinsumOps;
import org.rep4j.convert.ops.ExpansionOps;
import org.rep4j.convert.ops.FormulaOps;
import org.rep4j.convert.ops.FunctionOps;
import org.rep4j.convert.ops.GatherOps;
import org.rep4j.convert.ops.ImageOps;
import org.rep4j.convert.ops.JoiningOps;
import org.rep4j.convert.ops.LinearOps;
import org.rep4j.convert.ops.LogicOps;
import org.rep4j.convert.ops.NormalizationOps;
import org.rep4j.convert.ops.PaddingOps;
import org.rep4j.convert.ops.PoolingOps;
import org.rep4j.convert.ops.PositionOps;
import org.rep4j.convert.ops.QuantizationOps;
import org.rep4j.convert.ops.RectifierOps;
import org.rep4j.convert.ops.RecurrentOps;
import org.rep4j.convert.ops.ReductionOps;
import org.rep4j.convert.ops.ResizeOps;
import org.rep4j.convert.ops.ScatterOps;
import org.rep4j.convert.ops.SelectionOps;
import org.rep4j.convert.ops.ShapeOps;
import org.rep4j.convert.ops.SliceOps;
import org.rep4j.convert.ops.SourceOps;
import org.rep4j.convert.ops.SuppressionOps;
import org.rep4j.convert.ops.TransposedConvolutionOps;

/** The catalogue of the ops that can be converted. */
public final class Mappings {
    /** All families. */
    private static final List<OpMapping> ALL = List.of(
            new ActivationOps(),
            new ArithmeticOps(),
            new AxisOps(),
            new ConvolutionOps(),
            new EinsumOps(),
            new ExpansionOps(),
            new FormulaOps(),
            new FunctionOps(),
            new GatherOps(),
            new ImageOps(),
            new JoiningOps(),
            new LinearOps(),
            new LogicOps(),
            new NormalizationOps(),
            new PaddingOps(),
            new PoolingOps(),
            new PositionOps(),
            new QuantizationOps(),
            new RectifierOps(),
            new RecurrentOps(),
            new ReductionOps(),
            new ResizeOps(),
            new ScatterOps(),
            new SelectionOps(),
            new ShapeOps(),
            new SliceOps(),
            new SourceOps(),
            new SuppressionOps(),
            new TransposedConvolutionOps());

    /** What writes ONNX ops, by type. */
    static final Map<String, OpMapping.Importer> IMPORTERS = merged(OpMapping::importers);

    /** What writes SameDiff ops, by SameDiff's name. */
    static final Map<String, OpMapping.Exporter> EXPORTERS = merged(OpMapping::exporters);

    private Mappings() {}

    /** Types of the ONNX ops that can be written as SameDiff ops; not each use of each of them. */
    public static Set<String> onnxOps() {
        return IMPORTERS.keySet();
    }

    /** Names of the SameDiff ops that can be written as ONNX ops; not each use of each of them. */
    public static Set<String> sameDiffOps() {
        return EXPORTERS.keySet();
    }

    private static <T> Map<String, T> merged(Function<OpMapping, Map<String, T>> part) {
        Map<String, T> all = new HashMap<>();
        for (OpMapping mapping : ALL) {
            part.apply(mapping).forEach((op, writer) -> {
                if (all.put(op, writer) != null) {
                    throw new IllegalStateException("two mappings for " + op);
                }
            });
        }
        return Map.copyOf(all);
    }
}
