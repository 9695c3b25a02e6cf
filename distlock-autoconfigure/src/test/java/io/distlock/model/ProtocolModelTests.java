package io.distlock.model;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import tlc2.TLC;

/**
 * Searches the model of the protocol for a state that breaks a promise: none where every rule is kept, and the very
 * promise that depends on it where one rule is broken. {@code docs/model.md} says what the model is and is not.
 */
class ProtocolModelTests {

    private static final Path MODEL = Path.of(System.getProperty("basedir", "."), "src", "test", "tla");

    /** Processor time of one search, several times what any takes: a model that has grown fails instead of going on for ever. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Processor time of all searches: on two processors that is two minutes. */
    private static final Duration LIMIT_OF_ALL = Duration.ofMinutes(4);

    /** By the clock, for a search that gets no processor. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Queue<Duration> SPENT = new ConcurrentLinkedQueue<>();

    static final List<String> SOUND = List.of(
            "questions",
            "three",
            "resent",
            "renewals",
            "places",
            "passes",
            "blocks",
            "restart",
            "orphans",
            "waiting",
            "turns");

    /** The name before the dash is that of the sound one, the value the property that falls. */
    static final Map<String, String> BROKEN = Map.ofEntries(
            Map.entry("questions-arrival", "Exclusion"),
            Map.entry("questions-last-question", "Exclusion"),
            Map.entry("questions-owner", "Exclusion"),
            Map.entry("questions-expiry", "Backed"),
            Map.entry("questions-stray", "NoGhost"),
            Map.entry("three-taken-back", "Exclusion"),
            Map.entry("resent-attempt", "Exclusion"),
            Map.entry("renewals-token-alone", "Exclusion"),
            Map.entry("renewals-any-owner", "Exclusion"),
            Map.entry("passes-twice", "GrantedOnce"),
            Map.entry("passes-base", "FencesRise"),
            Map.entry("blocks-handed-back", "FencesRise"),
            Map.entry("restart-time", "FencesRise"),
            Map.entry("waiting-not-asked", "Served"));

    private static final Pattern COUNTS =
            Pattern.compile("\\d+ states generated, (\\d+) distinct states found, (\\d+) states left on queue\\.");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @FieldSource("SOUND")
    void whereEveryRuleIsKeptNoPromiseIsBroken(String configuration) throws Exception {
        Search search = search(configuration);
        assertThat(search.output()).contains("Model checking completed. No error has been found.");
        assertThat(search.distinct()).isPositive();
        assertThat(search.left()).as("states not looked at").isZero();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whereOneRuleIsBrokenSoIsTheVeryPromise(String configuration, String property) throws Exception {
        boolean temporal = property.equals("Served");
        assertThat(lines(configuration)).contains((temporal ? "PROPERTY " : "INVARIANT ") + property);
        Search search = search(configuration);
        assertThat(search.output())
                .contains(temporal ? "Temporal properties were violated." : "Invariant " + property + " is violated.");
        assertThat(search.distinct()).isPositive();
    }

    static Stream<Object[]> broken() {
        return BROKEN.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(entry ->
                new Object[] {entry.getKey(), entry.getValue()});
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenOneDiffersFromItsSoundOneByTheFlawAlone(String configuration, String property) throws Exception {
        String sound = configuration.substring(0, configuration.indexOf('-'));
        assertThat(bounds(configuration)).isEqualTo(bounds(sound));
        assertThat(lines(sound)).contains("  Flaw = \"none\"");
        assertThat(lines(configuration)).doesNotContain("  Flaw = \"none\"");
        assertThat(lines(sound)).anySatisfy(line -> assertThat(line.split(" ")).contains(property));
    }

    @Test
    void everyConfigurationIsSearched() throws IOException {
        TreeSet<String> searched = new TreeSet<>(SOUND);
        searched.addAll(BROKEN.keySet());
        try (Stream<Path> files = Files.list(MODEL)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".cfg"))
                            .map(name -> name.substring(0, name.length() - 4)))
                    .containsExactlyInAnyOrderElementsOf(searched);
        }
    }

    private static List<String> lines(String configuration) throws IOException {
        return Files.readAllLines(MODEL.resolve(configuration + ".cfg"));
    }

    private static String bounds(String configuration) throws IOException {
        List<String> lines = lines(configuration);
        return lines.stream()
                .skip(lines.indexOf("CONSTANTS"))
                .filter(line -> !line.startsWith("  Flaw = "))
                .collect(joining("\n"));
    }

    @AfterAll
    static void theyTakeLessThanTwoMinutes() {
        Duration all = SPENT.stream().reduce(Duration.ZERO, Duration::plus);
        System.out.printf("MODEL: %d searches took %d s of processor time%n", SPENT.size(), all.toSeconds());
        assertThat(all).as("processor time of all searches").isLessThan(LIMIT_OF_ALL);
    }

    private record Search(String output, long distinct, long left) {}

    /** In a process of its own: TLC keeps its state in static fields, and ends what it runs in. */
    private Search search(String configuration) throws IOException, InterruptedException, URISyntaxException {
        for (String module : List.of("Store.tla", "Line.tla")) {
            Files.copy(MODEL.resolve(module), this.directory.resolve(module));
        }
        Files.copy(MODEL.resolve(configuration + ".cfg"), this.directory.resolve("Line.cfg"));
        Path log = this.directory.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        // searches this short never get back what a second compiler and collector threads cost
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + this.directory,
                        "-cp",
                        Path.of(TLC.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        TLC.class.getName(),
                        "-workers",
                        "2",
                        "-metadir",
                        this.directory.resolve("states").toString(),
                        "Line")
                .directory(this.directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Duration spent;
        try {
            spent = await(process, log);
        } finally {
            process.destroyForcibly().waitFor();
        }
        SPENT.add(spent);
        String output = Files.readString(log);
        MatchResult counts = COUNTS.matcher(output)
                .results()
                .reduce((earlier, last) -> last)
                .orElseThrow(() -> new AssertionError(output));
        long distinct = Long.parseLong(counts.group(1));
        System.out.printf(
                "MODEL: %-24s %,9d distinct states %6.1f s%n", configuration, distinct, spent.toMillis() / 1e3);
        return new Search(output, distinct, Long.parseLong(counts.group(2)));
    }

    /** @return the processor time that it took */
    private static Duration await(Process process, Path log) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Duration spent = Duration.ZERO;
        while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
            spent = process.info().totalCpuDuration().orElse(spent);
            if (spent.compareTo(LIMIT) > 0 || System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError(
                        "Not searched to the end, in " + spent + " of processor time: the model is larger"
                                + " than it was, or the machine does much else\n" + Files.readString(log));
            }
        }
        return spent;
    }
}
