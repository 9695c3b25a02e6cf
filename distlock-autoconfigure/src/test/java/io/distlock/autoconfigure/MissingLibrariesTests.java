package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.RedisServers;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Applications with nothing but what they need, each in a JVM that has no other libraries: what is missing is absent. */
@Timeout(120)
class MissingLibrariesTests {

    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    /** What the starter brings but for Redis and the log. */
    private static final Predicate<String> ALONE = Pattern.compile(
                    "spring-(core|beans|context|aop|expression)-\\d.*|spring-boot-\\d.*|spring-boot-autoconfigure-.*"
                            + "|aspectjweaver.*|jspecify.*|commons-logging.*|micrometer-(observation|commons)-.*|.*classes")
            .asMatchPredicate();

    private static final Predicate<String> OPTIONAL = Pattern.compile(
                    "(jedis|spring-boot-(actuator|health|micrometer)|micrometer-(core|registry|tracing)|spring-web"
                            + "|spring-jdbc|jakarta.servlet|opentelemetry|prometheus).*")
            .asMatchPredicate();

    @Test
    void withoutSlf4jReactorMicrometerActuatorWebAndRedisALockInMemoryIsTaken() throws Exception {
        assertThat(run(ALONE, "--distlock.driver=memory"))
                .containsPattern("SOLD UNDER FENCE \\d{16}\n")
                .contains("PARTS lockOrder\n")
                .doesNotContain("Error", "Exception");
    }

    @Test
    void withoutAllThatIsOptionalALockInRedisIsTaken() throws Exception {
        assertThat(run(
                        OPTIONAL.negate(),
                        "--spring.data.redis.url=" + RedisServers.shared().uri(),
                        "--distlock.prefix=bare:",
                        "--distlock.command-timeout=5s"))
                .containsPattern("SOLD UNDER FENCE \\d{16}\n")
                .contains("PARTS lockContext, lockOrder\n")
                .doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
    }

    private static String run(Predicate<String> libraries, String... settings)
            throws IOException, InterruptedException {
        String classPath = Pattern.compile(File.pathSeparator)
                .splitAsStream(CLASS_PATH)
                .filter(entry -> libraries.test(Path.of(entry).getFileName().toString()))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp"));
        command.addAll(List.of(classPath, BareApplication.class.getName()));
        command.addAll(List.of(
                "--distlock.console.enabled=true",
                "--distlock.mdc=true",
                "--distlock.diagnose-order=true",
                "--management.endpoints.web.exposure.include=*"));
        command.addAll(List.of(settings));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
