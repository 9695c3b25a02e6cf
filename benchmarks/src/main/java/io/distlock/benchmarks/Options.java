package io.distlock.benchmarks;

import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.benchmarks.subject.SubjectKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the command line says. */
record Options(
        List<String> workloads,
        List<SubjectKind> subjects,
        int rounds,
        Duration time,
        Duration warmUp,
        int leases,
        Duration hold,
        Optional<RedisAddress> redis,
        Optional<Path> out,
        List<String> jvmOptions,
        String line) {

    static final String USAGE = """
            --workloads W1,W3    W1 W2 W3 W4 W5 (= W5/1,W5/16,W5/256) W5/n W6 W7 growth limit idle; default W1,W3
            --subjects raw,...   default all: %s
            --rounds 5           every subject once a round, in turn
            --seconds 2          measured per turn
            --warm-up 5          seconds for each worker alone, twice that if it is slow, and for all of a subject together
            --leases 10000       held in W6
            --hold 30            seconds they are held
            --redis host:port    measure against this one instead of starting one
            --out directory      write results.md, results.csv and SVG plots there
            --jvm "..."          more options for the JVMs of the workers
            """.formatted(labels());

    static Options parse(String[] arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!USAGE.contains(arguments[i] + " ") || i + 1 == arguments.length) {
                throw new IllegalArgumentException("Cannot read '" + arguments[i] + "'");
            }
            given.put(arguments[i].substring(2), arguments[i + 1]);
        }
        return new Options(
                Workload.expand(list(given.getOrDefault("workloads", "W1,W3"))),
                list(given.getOrDefault("subjects", labels())).stream()
                        .map(SubjectKind::of)
                        .collect(Collectors.toList()),
                Integer.parseInt(given.getOrDefault("rounds", "5")),
                seconds(given.getOrDefault("seconds", "2")),
                seconds(given.getOrDefault("warm-up", "5")),
                Integer.parseInt(given.getOrDefault("leases", "10000")),
                seconds(given.getOrDefault("hold", "30")),
                Optional.ofNullable(given.get("redis")).map(RedisAddress::parse),
                Optional.ofNullable(given.get("out")).map(Path::of),
                given.containsKey("jvm") ? List.of(given.get("jvm").split(" ")) : List.of(),
                String.join(" ", arguments));
    }

    private static Duration seconds(String text) {
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).toList();
    }

    private static String labels() {
        return Arrays.stream(SubjectKind.values()).map(SubjectKind::label).collect(Collectors.joining(","));
    }
}
