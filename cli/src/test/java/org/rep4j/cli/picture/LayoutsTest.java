package org.rep4j.cli.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rep4j.cli.picture.Drawing.Point;
import org.rep4j.cli.picture.Drawing.Strand;
import org.rep4j.graph.ConvGraph;

class LayoutsTest {

    private static Diagram diagram(ConvGraph graph) {
        return Diagram.of(graph, new OpFacts(Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "repvgg_a0", "googlenet", "shufflenet_v2", "densenet121"})
    void boxesDoNotOverlapAndNoWireRunsBehindOne(String net) {
        Diagram diagram = diagram(TrainedNets.fixture(net).before());

        Drawing drawing = Layouts.of(diagram);

        assertThat(drawing.caveat()).isEmpty();
        for (int i = 0; i < diagram.boxes().size(); i++) {
            Area box = area(diagram, drawing, i);
            assertThat(new Area(0, 0, drawing.width(), drawing.height()).contains(box))
                    .isTrue();
            for (int j = 0; j < i; j++) {
                assertThat(box.overlaps(area(diagram, drawing, j)))
                        .as("%s and %s", i, j)
                        .isFalse();
            }
            for (Strand strand : drawing.strands()) {
                for (int k = 1; k < strand.points().size(); k++) {
                    Area segment = Area.between(
                            strand.points().get(k - 1), strand.points().get(k));
                    assertThat(box.overlaps(segment))
                            .as("box %s and the wire %s", diagram.boxes().get(i).name(), strand)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void wiresJoinTheirBoxesFromAboveToBelow() {
        Diagram diagram = diagram(TrainedNets.fixture("densenet121").before());

        Drawing drawing = Layouts.of(diagram);

        List<Strand> wires =
                drawing.strands().stream().filter(s -> s.to() != Strand.TRUNK).toList();
        assertThat(wires)
                .extracting(s -> List.of(s.from(), s.to()))
                .containsExactlyElementsOf(diagram.wires().stream()
                        .map(w -> List.of(w.from(), w.to()))
                        .toList());
        List<Integer> trunks = drawing.strands().stream()
                .filter(s -> s.to() == Strand.TRUNK)
                .map(Strand::from)
                .toList();
        assertThat(trunks).isNotEmpty().doesNotHaveDuplicates();
        for (Strand strand : drawing.strands()) {
            Point first = strand.points().get(0);
            Point last = strand.points().get(strand.points().size() - 1);
            if (!trunks.contains(strand.from())) {
                assertThat(first.y())
                        .isEqualTo(area(diagram, drawing, strand.from()).bottom());
            }
            if (strand.to() != Strand.TRUNK) {
                assertThat(last.y())
                        .isEqualTo(area(diagram, drawing, strand.to()).top());
            }
            assertThat(last.y()).isGreaterThan(first.y());
        }
    }

    @Test
    @Timeout(120)
    void aDeepNetOverflowsNoStack() {
        Diagram diagram = diagram(GeneratedNets.chain(5_001));

        Drawing drawing = Layouts.of(diagram);

        assertThat(drawing.caveat()).isEmpty();
        assertThat(drawing.corners()).hasSize(5_003);
        assertThat(drawing.width()).isLessThan(300);
    }

    @Test
    @Timeout(120)
    void aValueThatIsReadAllAlongTheNetHasOneTrunk() {
        Drawing drawing = Layouts.of(diagram(GeneratedNets.skips(1_000)));

        assertThat(drawing.caveat()).isEmpty();
        assertThat(drawing.width()).isLessThan(400);
    }

    @Test
    @Timeout(120)
    void whatIsTooLargeIsLaidOutPlainlyAndThePageSaysSo() {
        Diagram chain = diagram(GeneratedNets.chain(20_001));
        Diagram fan = diagram(GeneratedNets.fan(20_000));

        assertThat(Layouts.of(chain).caveat()).get().asString().contains("too large");
        Drawing drawing = Layouts.of(fan);
        assertThat(drawing.caveat()).get().asString().contains("too large");
        assertThat(drawing.corners()).hasSize(20_004).doesNotHaveDuplicates();
        assertThat(drawing.strands()).hasSize(40_002);
    }

    @Test
    void aFailureOfTheLayoutIsNoFailureOfThePage() {
        Diagram diagram = diagram(GeneratedNets.branches(2, 3));

        Drawing drawing = Layouts.of(diagram, (d, l) -> {
            throw new ExecutionException(new StackOverflowError());
        });

        assertThat(drawing.caveat()).get().asString().contains("failed").contains("StackOverflowError");
        assertThat(drawing.corners()).hasSameSizeAs(diagram.boxes()).doesNotHaveDuplicates();
        for (int i = 0; i < diagram.boxes().size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(area(diagram, drawing, i).overlaps(area(diagram, drawing, j)))
                        .isFalse();
            }
        }
    }

    private static Area area(Diagram diagram, Drawing drawing, int box) {
        Point corner = drawing.corners().get(box);
        return new Area(
                corner.x(),
                corner.y(),
                corner.x() + diagram.boxes().get(box).label().width(),
                corner.y() + Label.HEIGHT);
    }

    /** A part of the drawing, its border not included. */
    private record Area(double left, double top, double right, double bottom) {
        static Area between(Point a, Point b) {
            return new Area(
                    Math.min(a.x(), b.x()), Math.min(a.y(), b.y()), Math.max(a.x(), b.x()), Math.max(a.y(), b.y()));
        }

        boolean overlaps(Area other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        boolean contains(Area other) {
            return left <= other.left && top <= other.top && right >= other.right && bottom >= other.bottom;
        }
    }
}
