package io.distlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** {@code docs/cases.md} tells the truth. */
class CasesTests {

    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]{2}-A?\\d+) \\| (.+) \\| (.+) \\|");

    private static final Pattern NAMED = Pattern.compile("`(\\w+#\\w+)`");

    private static final Pattern REASON = Pattern.compile("later|cannot apply|the compiler says so");

    /** What the last column says, by case. */
    private static final Map<String, String> ROWS = new LinkedHashMap<>();

    /** The cases that tests say they port, by {@code Class#method}. */
    private static final Map<String, List<String>> TESTS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String line : Files.readAllLines(document())) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(ROWS.put(row.group(1), row.group(3)))
                        .as(row.group(1))
                        .isNull();
            }
        }
        testClasses().forEach(CasesTests::readTests);
    }

    @Test
    void everyCaseIsThere() {
        List<String> cases = Stream.of(
                        ids("FX-", 13),
                        ids("RN-", 11),
                        ids("RN-A", 9),
                        ids("BS-", 45),
                        ids("BS-A", 5),
                        ids("RS-", 16),
                        ids("RS-A", 8),
                        ids("GC-", 20),
                        ids("RP-", 18),
                        ids("RP-A", 5))
                .flatMap(ids -> ids)
                .toList();
        assertThat(ROWS.keySet()).containsExactlyElementsOf(cases);
    }

    @Test
    void everyCaseHasATestOrAReason() {
        assertThat(ROWS)
                .allSatisfy((id, text) -> assertThat(
                                named(text).isEmpty() && !REASON.matcher(text).find())
                        .as("%s: %s", id, text)
                        .isFalse());
    }

    @Test
    void everyTestThatIsNamedExists() {
        assertThat(TESTS).hasSizeGreaterThan(200);
        assertThat(ROWS)
                .allSatisfy((id, text) -> assertThat(TESTS.keySet()).as(id).containsAll(named(text)));
    }

    @Test
    void whatATestSaysThatItPortsIsWhatItIsNamedFor() {
        assertThat(TESTS.values().stream().flatMap(List::stream)).hasSizeGreaterThan(90);
        assertThat(TESTS)
                .allSatisfy((test, cases) -> assertThat(cases)
                        .allSatisfy(id -> assertThat(named(ROWS.getOrDefault(id, "")))
                                .as(id)
                                .contains(test)));
    }

    private static Stream<String> ids(String start, int last) {
        return IntStream.rangeClosed(1, last).mapToObj(number -> start + number);
    }

    private static List<String> named(String text) {
        List<String> named = new ArrayList<>();
        Matcher name = NAMED.matcher(text);
        while (name.find()) {
            named.add(name.group(1));
        }
        return named;
    }

    private static Path document() {
        Path below = Path.of("docs", "cases.md");
        return Files.exists(below) ? below : Path.of("..").resolve(below);
    }

    private static Stream<Class<?>> testClasses() throws IOException {
        try {
            Path root = Path.of(CasesTests.class.getResource("/").toURI());
            List<Path> files;
            try (Stream<Path> all = Files.walk(root)) {
                files = all.filter(file -> file.toString().matches(".*(Tests|Contract)\\.class"))
                        .toList();
            }
            return files.stream().map(file -> load(root.relativize(file)));
        } catch (URISyntaxException ex) {
            throw new IOException(ex);
        }
    }

    private static Class<?> load(Path file) {
        String name = file.toString().replace(file.getFileSystem().getSeparator(), ".");
        try {
            return Class.forName(
                    name.substring(0, name.length() - ".class".length()), false, CasesTests.class.getClassLoader());
        } catch (ClassNotFoundException ex) {
            throw new UncheckedIOException(new IOException(ex));
        }
    }

    private static void readTests(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            if (isAnnotated(method, Test.class) || isAnnotated(method, ParameterizedTest.class)) {
                Cases cases = method.getAnnotation(Cases.class);
                TESTS.put(
                        type.getSimpleName() + "#" + method.getName(),
                        cases == null ? List.of() : Arrays.asList(cases.value()));
            }
        }
    }
}
