package org.rep4j.convert;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/** How the ops of one family are written on the other side. Stateless. */
public interface OpMapping {
    /** What writes ops of ONNX's standard operator set as SameDiff ops, by type. */
    Map<String, Importer> importers();

    /** What writes SameDiff ops as ONNX ops, by the name that SameDiff has for them, see {@link ExportedOp#kind()}. */
    Map<String, Exporter> exporters();

    /** Writes an ONNX op as SameDiff ops. */
    @FunctionalInterface
    interface Importer {
        /**
         * Writes an op.
         *
         * @return what stands for its outputs, in their order; those at the end that are not {@linkplain ImportedOp#wants
         *     wanted} may be missing
         * @throws NotConvertibleException if SameDiff has no ops that do exactly the same
         * @throws org.rep4j.graph.InvalidGraphException if no runtime could run it
         */
        List<SDVariable> write(ImportedOp op) throws NotConvertibleException;
    }

    /** Writes a SameDiff op as ONNX ops. */
    @FunctionalInterface
    interface Exporter {
        /**
         * Writes an op and all of its outputs that are {@linkplain ExportedOp#wants wanted}.
         *
         * @throws NotConvertibleException if ONNX has no ops that do exactly the same
         */
        void write(ExportedOp op) throws NotConvertibleException;
    }
}
