package org.rep4j.cli.picture;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rep4j.cli.picture.Diagram.Box;
import org.rep4j.cli.picture.Diagram.Kind;

/**
 * How a box looks.
 *
 * @param state what it tells at a glance
 * @param group its number, {@link Groups#NONE} if it has none
 */
record Look(State state, int group) {

    /** What became of an op, or what it is. */
    enum State {
        /** An input or output of the net. */
        END,
        /** Of the train graph: another op does its work. */
        FOLDED,
        /** Of the train graph: it did nothing, and is gone. */
        DROPPED,
        /** Of the train graph: it stays, and there is a reason to tell. */
        DECLINED,
        /** Of the train graph: it stays, as anybody would expect. Of the deploy graph: it was there before. */
        KEPT,
        /** Of the deploy graph: it took others in. */
        MADE
    }

    /** The look of a box of the train graph, whose op had this fate. */
    static Look before(Box box, @Nullable Fate fate, Groups groups) {
        if (box.kind() != Kind.OP) {
            return new Look(State.END, Groups.NONE);
        }
        int group = groups.ofBefore(box.name());
        if (group != Groups.NONE) {
            return new Look(State.FOLDED, group);
        }
        if (fate == null) {
            return new Look(State.KEPT, group);
        }
        return new Look(fate.isDropped() ? State.DROPPED : fate.why() == null ? State.KEPT : State.DECLINED, group);
    }

    /** The look of a box of the deploy graph. */
    static Look after(Box box, Groups groups) {
        if (box.kind() != Kind.OP) {
            return new Look(State.END, Groups.NONE);
        }
        int group = groups.ofAfter(box.name());
        return new Look(group == Groups.NONE ? State.KEPT : State.MADE, group);
    }

    /** The style sheet's classes. */
    String style() {
        return ("is-" + state.name().toLowerCase(Locale.ROOT) + " " + Groups.colour(group)).strip();
    }

    /** The number of the group, empty if there is none. */
    String badge() {
        return group == Groups.NONE ? "" : Integer.toString(group);
    }
}
