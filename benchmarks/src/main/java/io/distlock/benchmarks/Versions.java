package io.distlock.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Versions of what is measured, read from the names of the jars on the class path. */
final class Versions {

    private static final List<String> LIBRARIES = List.of(
            "lettuce-core",
            "jedis",
            "redisson",
            "spring-integration-redis",
            "shedlock-core",
            "lock4j-core",
            "distlock-autoconfigure");

    private Versions() {}

    static String text() {
        return LIBRARIES.stream()
                .flatMap(library -> jars().flatMap(jar -> match(library, jar)))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static Stream<String> match(String library, String jar) {
        Matcher name =
                Pattern.compile(Pattern.quote(library) + "-(\\d.*)\\.jar").matcher(jar);
        return name.matches() ? Stream.of(library + " " + name.group(1)) : Stream.empty();
    }

    /** Started with {@code java -jar} the class path is one jar, with the others in a directory beside it. */
    private static Stream<String> jars() {
        return Arrays.stream(System.getProperty("java.class.path").split(":"))
                .map(Path::of)
                .flatMap(entry -> {
                    String[] beside = entry.resolveSibling("lib").toFile().list();
                    Stream<String> own = Stream.of(entry.getFileName().toString());
                    return beside == null ? own : Stream.concat(own, Arrays.stream(beside));
                });
    }
}
