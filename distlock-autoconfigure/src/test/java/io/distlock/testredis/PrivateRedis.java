package io.distlock.testredis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A Redis process of a test's own, on a free port of the loopback interface, to be stopped, killed, frozen and started
 * again. It keeps nothing on disk unless its settings say so ({@code --appendonly yes}); its directory outlives a
 * restart and goes with {@link #close()}. What a test forgets to close ends with the JVM.
 * <p>Not for several threads at once.
 */
public final class PrivateRedis implements TestRedis, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path executable;

    private final List<String> settings;

    private final Path directory;

    private final int port;

    private final Thread endWithTheJvm = new Thread(this::end, "end-test-redis");

    private Process process;

    private PrivateRedis(Path executable, List<String> settings, int port) throws IOException {
        this.executable = executable;
        this.settings = settings;
        this.port = port;
        this.directory = Files.createTempDirectory("distlock-redis-");
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(this.endWithTheJvm);
    }

    /** Somebody else may take the free port before the server does; then another one is tried. */
    static PrivateRedis start(Path executable, String... settings) {
        List<String> complaints = new ArrayList<>();
        for (int attempt = 0; attempt < 5; attempt++) {
            try {
                PrivateRedis redis = new PrivateRedis(executable, List.of(settings), freePort());
                if (redis.answersInTime()) {
                    return redis;
                }
                complaints.add(redis.output());
                redis.close();
            } catch (IOException ex) {
                throw new UncheckedIOException(executable + " does not start", ex);
            }
        }
        throw new IllegalStateException(executable + " does not start: " + complaints);
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return this.port;
    }

    public long pid() {
        return this.process.pid();
    }

    /** SIGTERM: the server ends in its own time, saving what its settings tell it to save. */
    public void stop() {
        resume();
        this.process.destroy();
        awaitEnd();
    }

    /** SIGKILL: connections are reset, nothing is saved. */
    public void kill() {
        this.process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: connections stay open, nothing is answered. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT: what was sent meanwhile is answered now. */
    public void resume() {
        signal("CONT");
    }

    /** Starts the server again on the same port; stops it first if it runs. */
    public void restart() {
        if (this.process.isAlive()) {
            stop();
        }
        try {
            this.process = launch();
            if (!answersInTime()) {
                throw new IllegalStateException("Redis does not come back on port " + this.port + ": " + output());
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** What the server wrote to its log, all its lives together. */
    public String output() {
        try {
            return Files.readString(log());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(this.endWithTheJvm);
        } catch (IllegalStateException ex) {
            return; // the JVM is going down and the hook does the rest
        }
        end();
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(this.executable.toString()));
        if (this.settings.contains("--sentinel")) {
            command.add(Files.writeString(this.directory.resolve("sentinel.conf"), "")
                    .toString());
        }
        command.addAll(List.of("--port", String.valueOf(this.port), "--bind", host()));
        command.addAll(List.of("--dir", this.directory.toString(), "--save", "", "--appendonly", "no"));
        command.addAll(this.settings);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private boolean answersInTime() {
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> !this.process.isAlive() || answers());
            return this.process.isAlive();
        } catch (ConditionTimeoutException silent) {
            return false;
        }
    }

    /** An answer is good only while our own process lives: a stranger may sit on the port. */
    private boolean answers() {
        try {
            call("PING");
        } catch (IllegalStateException ex) {
            return this.process.isAlive() && !String.valueOf(ex.getMessage()).startsWith("LOADING"); // else NOAUTH
        } catch (UncheckedIOException ex) {
            return false;
        }
        return this.process.isAlive();
    }

    private void signal(String name) {
        if (!this.process.isAlive()) {
            return;
        }
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " " + pid() + " ended with " + kill.exitValue());
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    private void awaitEnd() {
        try {
            if (!this.process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                this.process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException ex) {
            this.process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        this.process.destroyForcibly();
        awaitEnd();
        RedisServers.deleteTree(this.directory);
    }

    private Path log() {
        return this.directory.resolve("redis.log");
    }

    /** Low enough that the port of the cluster bus, 10,000 above it, exists too. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            }
        }
    }
}
