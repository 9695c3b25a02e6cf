package io.distlock.testredis;

import com.github.dockerjava.api.DockerClient;
import com.redis.testcontainers.RedisContainer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.DockerImageName;
import redis.embedded.core.ExecutableProvider;

/**
 * Where tests get a real Redis from: a container where a Docker engine answers and has the image, else the
 * {@code redis-server} on the PATH, else the binary that comes with embedded-redis. One line on standard output says
 * which it was and why the others were not.
 * <p>Two environment variables: {@code DISTLOCK_TEST_REDIS} = auto, docker, native or embedded forces one (and fails
 * where it cannot be had); {@code DISTLOCK_TEST_REDIS_IMAGE} names another image, which is pulled if it is absent.
 * The usual image is made by {@code .ci/redis-image}.
 */
public final class RedisServers {

    private static final String LOCAL_IMAGE = "distlock-test/redis:local";

    private static final Object MONITOR = new Object();

    private static @Nullable TestRedis shared;

    private static @Nullable RuntimeException failure;

    private static @Nullable Path executable;

    private RedisServers() {}

    /**
     * The server that all tests of this JVM share: started once, never stopped before the JVM ends. Use keys of your own
     * and leave its settings alone.
     */
    public static TestRedis shared() {
        synchronized (MONITOR) {
            if (failure != null) {
                throw failure;
            }
            if (shared == null) {
                try {
                    shared = startShared();
                } catch (RuntimeException ex) {
                    failure = ex;
                    throw ex;
                }
            }
            return shared;
        }
    }

    /**
     * A server of one's own: a process, never a container, since a test wants to kill and freeze it.
     * @param settings as on the command line: {@code "--requirepass", "secret"}
     */
    public static PrivateRedis start(String... settings) {
        return PrivateRedis.start(executable(), settings);
    }

    private static TestRedis startShared() {
        List<String> skipped = new ArrayList<>();
        for (Backend backend : Backend.wanted()) {
            long start = System.nanoTime();
            try {
                TestRedis redis = backend.start();
                long millis = (System.nanoTime() - start) / 1_000_000;
                System.out.printf(
                        Locale.ROOT,
                        "REDIS BACKEND: %s at %s:%d, %s (%d ms) skipped=%s%n",
                        backend.label(),
                        redis.host(),
                        redis.port(),
                        product(redis),
                        millis,
                        skipped);
                return redis;
            } catch (Exception ex) {
                skipped.add(backend.label() + ": " + firstLine(ex));
            }
        }
        throw new IllegalStateException("No Redis for the tests: " + skipped);
    }

    /** Valkey says which Redis it descends from, too. */
    private static String product(TestRedis redis) {
        Map<String, String> server = String.valueOf(redis.call("INFO", "server"))
                .lines()
                .map(line -> line.split(":", 2))
                .filter(fact -> fact.length == 2)
                .collect(Collectors.toMap(fact -> fact[0], fact -> fact[1]));
        String valkey = server.get("valkey_version");
        return valkey != null ? "Valkey " + valkey : "Redis " + server.get("redis_version");
    }

    private static Path executable() {
        synchronized (MONITOR) {
            if (executable == null) {
                boolean wantsEmbedded = Backend.wanted().equals(List.of(Backend.EMBEDDED));
                Path installed = wantsEmbedded ? null : onPath("redis-server");
                executable = (installed != null) ? installed : unpackedEmbedded();
            }
            return executable;
        }
    }

    private static @Nullable Path onPath(String name) {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory, name);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static Path unpackedEmbedded() {
        try {
            Path directory = Files.createTempDirectory("distlock-redis-binary-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(directory), "delete-redis-binary"));
            return ExecutableProvider.newJarResourceProvider(directory.toFile())
                    .get()
                    .toPath();
        } catch (IOException ex) {
            throw new UncheckedIOException("The embedded Redis cannot be unpacked", ex);
        }
    }

    /** Best effort: a server that is just ending may still write. */
    static void deleteTree(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException | UncheckedIOException ex) {
            System.out.println("Left behind: " + directory + " (" + ex + ")");
        }
    }

    private static String firstLine(Exception ex) {
        return String.valueOf(ex.getMessage()).lines().findFirst().orElse(ex.toString());
    }

    private enum Backend {
        DOCKER {
            @Override
            TestRedis start() {
                String named = System.getenv("DISTLOCK_TEST_REDIS_IMAGE");
                if (named == null) {
                    requirePresent(LOCAL_IMAGE);
                    if (!Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))) {
                        requirePresent("testcontainers/ryuk"); // of whichever version
                    }
                }
                String image = (named != null) ? named : LOCAL_IMAGE;
                RedisContainer container =
                        new RedisContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("redis"));
                container.start();
                return new Remote(container.getRedisHost(), container.getRedisPort());
            }
        },

        NATIVE {
            @Override
            TestRedis start() {
                Path installed = onPath("redis-server");
                if (installed == null) {
                    throw new IllegalStateException("no redis-server on the PATH");
                }
                return PrivateRedis.start(installed);
            }
        },

        EMBEDDED {
            @Override
            TestRedis start() {
                return PrivateRedis.start(unpackedEmbedded());
            }
        };

        abstract TestRedis start();

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static List<Backend> wanted() {
            String wanted = Objects.requireNonNullElse(System.getenv("DISTLOCK_TEST_REDIS"), "auto");
            return wanted.equals("auto") ? List.of(values()) : List.of(valueOf(wanted.toUpperCase(Locale.ROOT)));
        }

        /**
         * Asked for beforehand, by a client that does not yet start Testcontainers' own containers: where no registry can
         * be reached, each absent image costs minutes of silence.
         */
        private static void requirePresent(String image) {
            DockerClient client = DockerClientProviderStrategy.getClientForConfig(
                    DockerClientFactory.instance().getTransportConfig());
            try (client) {
                if (client.listImagesCmd().withReferenceFilter(image).exec().isEmpty()) {
                    throw new IllegalStateException("image " + image + " is absent");
                }
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
    }

    private record Remote(String host, int port) implements TestRedis {}
}
