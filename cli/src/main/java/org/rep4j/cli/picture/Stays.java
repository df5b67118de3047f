package org.rep4j.cli.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rep4j.cli.picture.Diagram.Box;

/** One op that stayed although it could have been expected to fold. */
record Stays(int index, String op, String why, String remedy) {

    /** All of them, in topological order. */
    static List<Stays> of(Diagram before, List<Look> looks, Map<String, Fate> fates) {
        List<Stays> all = new ArrayList<>();
        for (int i = 0; i < looks.size(); i++) {
            Box box = before.boxes().get(i);
            Fate fate = fates.get(box.name());
            if (looks.get(i).state() == Look.State.DECLINED && fate != null && fate.why() != null) {
                String remedy = fate.remedy() == null ? "" : fate.remedy();
                all.add(new Stays(i, Text.clean(box.name()), Text.clean(fate.why()), Text.clean(remedy)));
            }
        }
        return List.copyOf(all);
    }
}
