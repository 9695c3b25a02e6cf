package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.distlock.Locker;
import io.distlock.RenewalRound;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.observe.LockMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard and the alerts ask for meters that there are. */
class DashboardTests {

    private static final Path DASHBOARD = Path.of("..", "docs", "grafana", "distlock.json");

    private static final Path ALERTS = Path.of("..", "docs", "prometheus", "distlock-alerts.yml");

    private static final Pattern METER = Pattern.compile("\\bdistlock_[a-z_]+");

    private static final Pattern LABELS = Pattern.compile("([a-z_]+) *(?:=~|!~|!=|=) *\\\\?\"|\\bby \\(([a-z_, ]+)\\)");

    /** A line of what Prometheus is told. */
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)\\{(.*)\\} \\S+$");

    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    private static final Set<String> METERS = new TreeSet<>();

    private static final Set<String> TAGS = new TreeSet<>();

    private static final Set<String> OUTCOMES = new TreeSet<>();

    @BeforeAll
    static void measure() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DistlockAutoConfiguration.class,
                        MemoryLockDriverAutoConfiguration.class,
                        LockMetersAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> registry)
                .withPropertyValues("distlock.driver=memory")
                .run(context -> {
                    context.getBean(Locker.class).run("order:42", lease -> {});
                    context.getBean(MeterBinder.class).bindTo(registry);
                    context.getBean(LockMeters.class).onRenewals(new RenewalRound("default", 1, Duration.ZERO));
                });
        SAMPLE.matcher(registry.scrape()).results().forEach(sample -> {
            METERS.add(sample.group(1));
            LABEL.matcher(sample.group(2)).results().forEach(label -> {
                TAGS.add(label.group(1));
                if (label.group(1).equals("outcome")) {
                    OUTCOMES.add(label.group(2));
                }
            });
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dashboard", "alerts"})
    void whatIsAskedForIsMeasured(String which) throws IOException {
        String text = Files.readString(which.equals("alerts") ? ALERTS : DASHBOARD);
        Set<String> asked =
                METER.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
        assertThat(METERS).contains("distlock_outcomes_total", "distlock_renewal_lag_seconds_max");
        assertThat(asked).isNotEmpty().isSubsetOf(METERS);
    }

    @Test
    void everythingThatIsMeasuredIsOnTheDashboard() throws IOException {
        String text = Files.readString(DASHBOARD);
        assertThat(METERS.stream().map(meter -> meter.replaceAll("_(count|sum|max)$", "")))
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(text).contains(meter));
    }

    @Test
    void labelsAreTagsThatThereAre() throws IOException {
        String expressions =
                Stream.concat(dashboardExpressions(), alertExpressions()).collect(Collectors.joining("\n"));
        Set<String> labels = LABELS.matcher(expressions)
                .results()
                .flatMap(found -> Stream.of((found.group(1) == null ? found.group(2) : found.group(1)).split(", *")))
                .collect(Collectors.toSet());
        assertThat(labels).contains("outcome", "name", "locker").isSubsetOf(TAGS);
    }

    @Test
    void outcomesAreThoseThatThereAre() throws IOException {
        String expressions =
                Stream.concat(dashboardExpressions(), alertExpressions()).collect(Collectors.joining("\n"));
        List<String> outcomes = Pattern.compile("outcome *(?:=~|!~|=) *\"([a-z|]+)\"")
                .matcher(expressions)
                .results()
                .flatMap(found -> Stream.of(found.group(1).split("\\|")))
                .toList();
        assertThat(outcomes).isNotEmpty().isSubsetOf(OUTCOMES);
    }

    @Test
    void theAlertsPassTheirOwnTests() throws Exception {
        promtool("test", "rules", ALERTS.resolveSibling("distlock-alerts-test.yml"));
    }

    @Test
    void prometheusUnderstandsWhatTheDashboardAsks(@TempDir Path directory) throws Exception {
        String rules = dashboardExpressions()
                .map(asked -> asked.replace("$__rate_interval", "5m").replace("$__range", "1h"))
                .map(asked -> "  - {record: asked, expr: '" + asked + "'}\n")
                .distinct()
                .collect(Collectors.joining("", "groups:\n- name: dashboard\n  rules:\n", ""));
        promtool("check", "rules", Files.writeString(directory.resolve("rules.yml"), rules));
    }

    /** Comes with Prometheus; where it is missing the test is skipped, and says so. */
    private static void promtool(String verb, String what, Path file) throws Exception {
        boolean present = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
        if (!present) {
            System.out.println("DASHBOARD AND ALERTS NOT CHECKED BY PROMETHEUS: no promtool on the PATH");
        }
        assumeTrue(present, "no promtool on the PATH");
        Process promtool = new ProcessBuilder("promtool", verb, what, file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
    }

    private static Stream<String> dashboardExpressions() throws IOException {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD));
        return dashboard.findValues("expr").stream().map(JsonNode::asString);
    }

    private static Stream<String> alertExpressions() throws IOException {
        return Pattern.compile("(?m)^ +(?:expr: .*|sum by .*|/ sum by .*)$")
                .matcher(Files.readString(ALERTS))
                .results()
                .map(found -> found.group());
    }
}
