package io.distlock.sample;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What README.md tells to type in a terminal, and which answers it promises. */
final class Typed {

    private static final Markdown README = Markdown.of("README.md");

    private Typed() {}

    /**
     * A request as {@code curl} sends it.
     *
     * @param body empty = a GET
     */
    record Curl(String path, Optional<String> body) {}

    static List<Curl> requests() {
        return lines("curl (?:-i )?localhost:8080(/\\S+)(?: -H 'Content-Type: application/json' -d '(.+)')?").stream()
                .map(line -> new Curl(line.group(1), Optional.ofNullable(line.group(2))))
                .toList();
    }

    /** The words of what is asked of Redis, by hand. */
    static String[] redis() {
        String port = Markdown.of("sample-app/src/main/resources/application.yml")
                .found("redis-port: (\\d+)")
                .get(0);
        return lines("redis-cli -p " + port + " (.+)").get(0).group(1).split(" ");
    }

    private static List<MatchResult> lines(String pattern) {
        return README.blocks("sh").stream()
                .flatMap(String::lines)
                .map(Pattern.compile(pattern)::matcher)
                .filter(Matcher::matches)
                .map(Matcher::toMatchResult)
                .toList();
    }

    static Set<Integer> statuses() {
        Set<Integer> statuses = new TreeSet<>();
        README.found("(?m)^\\| (\\d{3}(?:, \\d{3})*) \\|").forEach(cell -> {
            for (String status : cell.split(", ")) {
                statuses.add(Integer.valueOf(status));
            }
        });
        return statuses;
    }
}
