package io.distlock.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A page that users read: README.md, CONTRIBUTING.md and their like, and everything in docs, measured results too. */
public record Page(Path file, String text) {

    private static final Path ROOT = Files.exists(Path.of("docs")) ? Path.of(".") : Path.of("..");

    public static List<Page> all() {
        return Stream.of(
                        files(ROOT, 1),
                        files(ROOT.resolve("docs"), Integer.MAX_VALUE),
                        files(ROOT.resolve("benchmarks"), 1))
                .flatMap(List::stream)
                .filter(file -> file.toString().endsWith(".md"))
                .sorted()
                .map(file -> new Page(file, read(file)))
                .toList();
    }

    public static Page of(String file) {
        return new Page(path(file), read(path(file)));
    }

    /** Where a file of the repository is. */
    public static Path path(String file) {
        return ROOT.resolve(file);
    }

    /** The page that a link of this one names. */
    Page at(String link) {
        Path target = this.file.resolveSibling(link).normalize();
        return new Page(target, read(target));
    }

    /** What is fenced as this language. */
    public List<String> blocks(String language) {
        return found("(?s)```" + language + "\n(.*?)```");
    }

    /** The languages of all fenced code, in order; empty where none is named. */
    List<String> languages() {
        List<String> fences = found("(?m)^ *```(.*)$");
        return IntStream.range(0, fences.size())
                .filter(i -> i % 2 == 0)
                .mapToObj(fences::get)
                .toList();
    }

    /** What is to be written into files, by their names: each is fenced below a line that has its name and a colon. */
    Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        Pattern.compile("(?s)\n`([^`\n]+)`:\n\n```\\w+\n(.*?)```")
                .matcher(this.text)
                .results()
                .forEach(file -> files.put(file.group(1), file.group(2)));
        return files;
    }

    /** The first group of every match. */
    List<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(this.text)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /** All that is compiled or packed below a folder of the repository, in one text. */
    static String sources(String folder, String ending) {
        return sources(folder, file -> file.toString().endsWith(ending));
    }

    static String sources(String folder, Predicate<Path> wanted) {
        return files(ROOT.resolve(folder), Integer.MAX_VALUE).stream()
                .filter(wanted)
                .map(Page::read)
                .collect(Collectors.joining("\n"));
    }

    /** The same code, wherever it stands and however it is broken into lines. */
    static String dense(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Override
    public String toString() {
        return ROOT.relativize(this.file).toString();
    }

    private static List<Path> files(Path folder, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
