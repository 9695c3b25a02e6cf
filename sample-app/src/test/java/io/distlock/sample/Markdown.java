package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A text of the project that must stay true. */
record Markdown(String text) {

    static final Path ROOT = Path.of("..");

    private static final Path TESTS = Path.of("sample-app/src/test/java/io/distlock/sample");

    static Markdown of(String file) {
        return new Markdown(read(Path.of(file)));
    }

    /** What it shows of Java stands in one of these tests, word for word. */
    void assertItsJavaIsIn(String... tests) {
        List<String> compiled = Stream.of(tests)
                .map(test -> unindented(read(TESTS.resolve(test + ".java"))))
                .toList();
        assertThat(blocks("java"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(compiled).anyMatch(code -> code.contains(unindented(block))));
    }

    List<String> blocks(String language) {
        return found("(?s)```" + language + "\n(.*?)```");
    }

    List<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(this.text)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
