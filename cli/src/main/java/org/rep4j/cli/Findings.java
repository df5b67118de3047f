package org.rep4j.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rep4j.profile.Profile;
import org.rep4j.rewrite.OpFate;
import org.rep4j.rewrite.RewriteReport;

/**
 * What is told about a model and its deploy form.
 *
 * @param before figures of the train form
 * @param after figures of the deploy form
 * @param report what was folded
 * @param fates what became of each op of the train form
 * @param leftovers those of the fates whose reason a reader of a summary wants to hear
 * @param observation the run that showed the shapes
 */
record Findings(
        Figures before,
        Figures after,
        RewriteReport report,
        List<OpFate> fates,
        List<OpFate> leftovers,
        Observation observation) {

    /**
     * A model in numbers.
     *
     * @param operators number of ops by type
     * @param parameters learned numbers
     * @param multiplyAdds for the inputs of the observation, null if unknown
     * @param fileSize in bytes, null if there is no file
     */
    record Figures(
            Map<String, Long> operators,
            long parameters,
            @Nullable Long multiplyAdds,
            @Nullable Long fileSize) {

        private static Figures of(Model model, Profile profile, @Nullable Long fileSize) {
            return new Figures(
                    model.operators(),
                    profile.total().parameters(),
                    profile.total().multiplyAdds(),
                    fileSize);
        }

        /** The figures of the same model in another format, which has other ops for the same work. */
        private Figures convertedTo(Model made) {
            long learned = Profile.of(made.lift(), Map.of()).total().parameters();
            return new Figures(made.operators(), learned, multiplyAdds, fileSize);
        }
    }

    /**
     * The findings about a model.
     *
     * @param model the train form
     * @param deployed what the pass made of it
     * @param made the deploy form, or what the conversion made of it
     * @param observation of the train form
     * @param sizeBefore of the train form's files
     * @param sizeAfter of the deploy form's files, null if it was not written
     */
    static Findings of(
            Model model,
            Model.Deployed deployed,
            Model made,
            Observation observation,
            long sizeBefore,
            @Nullable Long sizeAfter) {
        List<OpFate> fates = deployed.fates();
        Figures after = Figures.of(deployed.model(), Profile.of(deployed.after(), observation.values()), sizeAfter);
        return new Findings(
                Figures.of(model, Profile.of(deployed.before(), observation.values()), sizeBefore),
                made == deployed.model() ? after : after.convertedTo(made),
                deployed.report(),
                fates,
                Leftovers.of(deployed, fates),
                observation);
    }
}
