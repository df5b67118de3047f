package org.rep4j.cli.picture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rep4j.cli.picture.Diagram.Box;
import org.rep4j.cli.picture.Side.BoxView;

/** What the page's script knows of the boxes, as JSON. */
final class PageData {
    private final ObjectNode root = JsonNodeFactory.instance.objectNode();

    /**
     * Adds a graph.
     *
     * @param side as it is drawn
     * @param looks of the boxes of {@code diagram}
     * @param twins for each box the place of the same op in the other graph, −1 if it is not there
     * @param fates by name of the op
     */
    void add(Side side, Diagram diagram, List<Look> looks, List<Integer> twins, Map<String, Fate> fates) {
        ArrayNode boxes = root.putArray(side.id());
        for (int i = 0; i < looks.size(); i++) {
            Box box = diagram.boxes().get(i);
            BoxView view = side.boxes().get(i);
            ObjectNode entry = boxes.addObject();
            entry.put("name", Text.clean(box.name()));
            entry.put("title", box.label().title());
            entry.put("state", looks.get(i).state().name());
            entry.put("group", looks.get(i).group());
            entry.put("twin", twins.get(i));
            entry.putArray("at").add(view.x()).add(view.y()).add(view.width()).add(view.height());
            ObjectNode facts = entry.putObject("facts");
            box.facts().forEach((about, lines) -> putAll(facts.putArray(about), lines));
            if (box.kind() == Diagram.Kind.OP) {
                Optional.ofNullable(fates.get(box.name())).ifPresent(f -> add(f, entry));
            }
        }
    }

    private static void add(Fate fate, ObjectNode entry) {
        putAll(entry.putArray("rules"), fate.rules());
        put(entry, "why", fate.why());
        put(entry, "remedy", fate.remedy());
    }

    private static void putAll(ArrayNode array, List<String> texts) {
        texts.forEach(t -> array.add(Text.clean(t)));
    }

    private static void put(ObjectNode entry, String name, @Nullable String text) {
        if (text != null) {
            entry.put(name, Text.clean(text));
        }
    }

    /** The JSON, fit for a script element: nothing in it can end the element or begin a comment. */
    String json() {
        try {
            return new ObjectMapper()
                    .writeValueAsString(root)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
        }
    }
}
