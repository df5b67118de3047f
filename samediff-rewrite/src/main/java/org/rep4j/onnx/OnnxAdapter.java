package org.rep4j.onnx;

import org.rep4j.graph.*;

public final class OnnxAdapter implements GraphAdapter<OnnxModel> {
    public LiftedGraph<OnnxModel> lift(OnnxModel g) {
        throw new InvalidGraphException("stub");
    }
}
