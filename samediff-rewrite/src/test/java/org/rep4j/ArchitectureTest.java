package org.rep4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.rep4j.rewrite.RepPass;
import org.rep4j.rewrite.Rule;
import org.rep4j.rewrite.Rules;

/** Keeps the arrows of the design: dependencies point downwards only, and each rule has its test and its page. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.rep4j");
    private static final Path RULE_PAGES = Path.of("..", "docs", "rules");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.rep4j.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void theAlgebraDependsOnNothing() {
        classes()
                .that()
                .resideInAPackage("org.rep4j.algebra..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.rep4j.algebra..", "java..", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void theGraphDependsOnTheAlgebraOnly() {
        classes()
                .that()
                .resideInAPackage("org.rep4j.graph..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.rep4j.graph..", "org.rep4j.algebra..", "java..", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void rulesSeeNoAdapter() {
        classes()
                .that()
                .resideInAPackage("org.rep4j.rewrite.rules..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.rep4j.rewrite..", "org.rep4j.graph..", "org.rep4j.algebra..", "java..", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void onlyRepPassSeesAdapters() {
        noClasses()
                .that()
                .resideInAPackage("org.rep4j.rewrite..")
                .and()
                .doNotHaveFullyQualifiedName(RepPass.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.rep4j.samediff..", "org.rep4j.onnx..", "org.nd4j..")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("org.rep4j.rewrite.rules..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(RepPass.class)
                .check(MAIN);
    }

    @Test
    void onlyOnnxSeesProtobuf() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.rep4j.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("onnx..", "org.nd4j.shade.protobuf..", "com.google.protobuf..")
                .check(MAIN);
    }

    @Test
    void eachRuleIsInTheCatalogueAndHasATestAndAPage() throws Exception {
        Set<String> rules = MAIN.stream()
                .filter(c -> c.isAssignableTo(Rule.class) && !c.isInterface())
                .filter(c -> !c.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getFullName)
                .collect(Collectors.toSet());
        assertThat(Rules.ALL).extracting(r -> r.getClass().getName()).containsExactlyInAnyOrderElementsOf(rules);

        String catalogue = Files.readString(RULE_PAGES.resolve("README.md"));
        for (Rule rule : Rules.ALL) {
            Class<?> test = Class.forName(rule.getClass().getName() + "Test");
            assertThat(test.getDeclaredMethods())
                    .as("test methods of %s", test)
                    .anyMatch(m -> m.isAnnotationPresent(Test.class));
            assertThat(RULE_PAGES.resolve(rule.name() + ".md")).content().startsWith("# " + rule.name() + "\n");
            assertThat(catalogue).contains("[" + rule.name() + "](" + rule.name() + ".md)");
            assertThat(rule.description()).as(rule.name()).isNotBlank().doesNotEndWith(".");
        }
        try (var pages = Files.list(RULE_PAGES)) {
            assertThat(pages.map(p -> p.getFileName().toString().replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(names(List.of("README")));
        }
    }

    private static Set<String> names(List<String> others) {
        Set<String> names = Rules.ALL.stream().map(Rule::name).collect(Collectors.toSet());
        names.addAll(others);
        return names;
    }
}
