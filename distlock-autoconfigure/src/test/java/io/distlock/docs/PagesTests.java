package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What all pages have to keep: their snippets are code of ours, and their links lead somewhere. */
class PagesTests {

    private static final String COMPILED = Page.dense(List.of(
                    "sample-app/src",
                    "benchmarks/src/test",
                    "distlock-autoconfigure/src/test/java/com/example",
                    "distlock-autoconfigure/src/test/java/io/distlock/docs")
            .stream()
            .map(folder -> Page.sources(folder, ".java"))
            .collect(Collectors.joining("\n")));

    private static final String CLASSES = Stream.of(
                    "sample-app/src/test", "benchmarks/src/test", "distlock-autoconfigure/src/test")
            .map(folder -> Page.sources(folder, ".java"))
            .collect(Collectors.joining("\n"));

    private static final String SQL = Page.dense(Page.sources("distlock-autoconfigure/src/main/resources", ".sql"));

    private static final Page POM = Page.of("pom.xml");

    private static final String PROFILES =
            POM.text() + Page.of("benchmarks/pom.xml").text();

    static List<Page> pages() {
        return Page.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsJavaIsCompiled(Page page) {
        assertThat(page.blocks("java"))
                .as("%s: each Java snippet stands word for word in an *Example.java beside this test", page)
                .allMatch(block -> COMPILED.contains(Page.dense(block)));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsSqlIsInTheJar(Page page) {
        assertThat(page.blocks("sql")).allSatisfy(block -> assertThat(SQL).contains(Page.dense(block)));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsXmlIsWellFormed(Page page) {
        assertThat(page.blocks("xml"))
                .allSatisfy(block -> assertThatCode(() -> DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(new ByteArrayInputStream(
                                        ("<snippet>" + block + "</snippet>").getBytes(StandardCharsets.UTF_8))))
                        .doesNotThrowAnyException());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsCodeSaysWhichLanguageItIsIn(Page page) {
        assertThat(page.languages())
                .as(page.toString())
                .isSubsetOf("java", "yaml", "xml", "sql", "sh", "text", "mermaid", "groovy", "json", "promql");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsLinksLeadSomewhere(Page page) {
        assertThat(links(page)).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty()
                    ? page.file()
                    : page.file().resolveSibling(parts[0]).normalize();
            assertThat(target).as("%s links to %s", page, link).exists();
            if (parts.length == 2) {
                assertThat(anchors(Files.readString(target)))
                        .as("%s links to %s", page, link)
                        .contains(parts[1]);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theTestsThatItNamesExist(Page page) {
        assertThat(page.found("`(\\w+(?:Tests|Contract|IT))[`#]"))
                .as(page.toString())
                .allMatch(name -> CLASSES.contains("class " + name + " "));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsVersionsAreThoseOfTheBuild(Page page) {
        assertThat(versions(page, "distlock[\\w-]*")).as(page.toString()).isSubsetOf(versions(POM, "distlock"));
        assertThat(versions(page, "spring-boot-starter-parent"))
                .as(page.toString())
                .isSubsetOf(POM.found("<spring-boot.version>(.+?)<"));
    }

    private static List<String> versions(Page page, String artifact) {
        return page.found("<artifactId>" + artifact + "</artifactId>\\s*<version>(.+?)</version>");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void whatItTellsToTypeIsThere(Page page) {
        assertThat(page.found("(?<![\\w./])((?:\\.ci|benchmarks)/[a-z-]+)(?![\\w./-])"))
                .as("%s: scripts", page)
                .allMatch(script -> Files.isExecutable(Page.path(script)));
        assertThat(page.found("mvn [^\n`]*-P([a-z]+)"))
                .as("%s: profiles", page)
                .allMatch(profile -> PROFILES.contains("<id>" + profile + "</id>"));
        assertThat(page.found("mvn [^\n`]*-pl ([\\w,-]+)"))
                .as("%s: modules", page)
                .allSatisfy(modules -> assertThat(modules.split(",")).allMatch(this::isModule));
        assertThat(page.found("-Dtest='?(\\w+\\*?\\w+)"))
                .as("%s: tests", page)
                .allMatch(test -> Pattern.compile("class " + test.replace("*", "\\w*") + " ")
                        .matcher(CLASSES)
                        .find());
    }

    private boolean isModule(String name) {
        return Files.exists(Page.path(name).resolve("pom.xml"));
    }

    @Test
    void everyPageIsReachedFromTheReadme() {
        Deque<Page> open = new ArrayDeque<>(List.of(Page.of("README.md")));
        Set<Path> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Page page = open.pop();
            if (seen.add(page.file().normalize())) {
                links(page).stream()
                        .map(link -> link.split("#", 2)[0])
                        .filter(link -> link.endsWith(".md"))
                        .forEach(link -> open.add(page.at(link)));
            }
        }
        assertThat(Page.all())
                .allSatisfy(page -> assertThat(seen).contains(page.file().normalize()));
    }

    @Test
    void theReadmeIsShort() {
        assertThat(Page.of("README.md").text().lines()).hasSizeLessThanOrEqualTo(250);
    }

    private static List<String> links(Page page) {
        return page.found("\\]\\((?!https?:)([^)\\s]+)\\)");
    }

    /** As the places that show Markdown make them from headings. */
    private static Set<String> anchors(String text) {
        return text.lines()
                .filter(line -> line.matches("#{1,6} .*"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
