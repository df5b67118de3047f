package org.rep4j.cli.picture;

import java.util.List;
import java.util.Map;
import org.rep4j.graph.ConvGraph;
import org.rep4j.graph.Shape;
import org.rep4j.profile.Profile;

/**
 * All that the picture of a deployment shows.
 *
 * @param title what the model is called, its file name for example
 * @param before the train graph
 * @param after the deploy graph
 * @param fates what became of the ops of the train graph; an op that is missing was kept
 * @param shapes of values by name, as one run showed them; values that are missing have the shape that their graph states
 * @param profileBefore costs of {@code before}
 * @param profileAfter costs of {@code after}
 * @param costsFor one line that tells for which inputs the costs hold, or why some are unknown
 * @param verification one line that tells what the verification found
 */
public record PictureInput(
        String title,
        ConvGraph before,
        ConvGraph after,
        List<Fate> fates,
        Map<String, Shape> shapes,
        Profile profileBefore,
        Profile profileAfter,
        String costsFor,
        String verification) {

    /** Copies the collections. */
    public PictureInput {
        fates = List.copyOf(fates);
        shapes = Map.copyOf(shapes);
    }
}
