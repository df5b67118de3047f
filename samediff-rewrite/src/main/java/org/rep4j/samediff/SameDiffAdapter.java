package org.rep4j.samediff;

import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.rep4j.graph.*;

public final class SameDiffAdapter implements GraphAdapter<SameDiff> {
    public SameDiffAdapter(List<String> outputs) {}

    public LiftedGraph<SameDiff> lift(SameDiff g) {
        throw new InvalidGraphException("stub");
    }
}
