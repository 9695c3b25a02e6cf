package io.distlock.faults;

import static org.awaitility.Awaitility.await;

import io.distlock.ReleaseOutcome;
import io.distlock.testredis.TestRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A {@link WaiterMain}, from outside. */
final class WaiterProcess implements AutoCloseable {

    private final String name;

    private final Process process;

    private final List<String> said = new CopyOnWriteArrayList<>();

    /** By fence: as far as it was promised, until it is known when it ended. */
    private final Map<Long, Span> spans = new ConcurrentHashMap<>();

    private final Map<Long, List<Long>> losses = new ConcurrentHashMap<>();

    private final Map<Long, ReleaseOutcome> outcomes = new ConcurrentHashMap<>();

    private WaiterProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread reader = new Thread(this::read, name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it; it is not there before {@link #awaitReady()}. */
    static WaiterProcess start(String name, TestRedis redis, boolean messages) {
        return start(name, redis, String.valueOf(messages));
    }

    /** One whose threads do not pass locks on among themselves, so that fences say when the server granted. */
    static WaiterProcess startWithoutPassing(String name, TestRedis redis) {
        return start(name, redis, "true", "without passing");
    }

    private static WaiterProcess start(String name, TestRedis redis, String... setup) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WaiterMain.class.getName(),
                    redis.host(),
                    String.valueOf(redis.port())));
            command.addAll(List.of(setup));
            return new WaiterProcess(
                    name,
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    WaiterProcess awaitReady() {
        await().atMost(Duration.ofSeconds(25)).until(() -> said("ready"));
        return this;
    }

    /** Takes the lock once and keeps it for so long. */
    void take(String key, Duration ttl, Duration hold) {
        tell("take " + key + " " + ttl.toMillis() + " " + hold.toMillis());
    }

    /** Takes the lock again and again, on a thread more. */
    void takeTurns(String key, Duration ttl, Duration hold) {
        tell("turns " + key + " " + ttl.toMillis() + " " + hold.toMillis());
    }

    /** When it believed to hold; what it did not say the end of, as long as it was promised. */
    List<Span> spans() {
        return List.copyOf(this.spans.values());
    }

    void awaitTurns(int more) {
        int before = this.spans.size();
        await().atMost(Duration.ofSeconds(25)).until(() -> this.spans.size() >= before + more);
    }

    /** So many holds of that key, from now on. */
    void awaitTurns(String key, int more) {
        long before = turns(key);
        await().atMost(Duration.ofSeconds(25)).until(() -> turns(key) >= before + more);
    }

    private long turns(String key) {
        return this.spans.values().stream()
                .filter(span -> span.key().equals(key))
                .count();
    }

    /** Ends what it is doing, at its next turn, and waits for that. */
    void rest() {
        this.said.remove("at rest");
        tell("rest - 1000 0");
        await().atMost(Duration.ofSeconds(25)).until(() -> said("at rest"));
    }

    /** Forgets what has happened so far. */
    void forget() {
        this.spans.clear();
        this.losses.clear();
        this.outcomes.clear();
    }

    /** By fence, when it was told of each loss; twice if it was told twice. */
    Map<Long, List<Long>> losses() {
        return Map.copyOf(this.losses);
    }

    /** By fence, what each release found. */
    Map<Long, ReleaseOutcome> outcomes() {
        return Map.copyOf(this.outcomes);
    }

    boolean wasRefused() {
        return this.said.stream().anyMatch(line -> line.startsWith("refused") || line.startsWith("unavailable"));
    }

    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    /** With SIGKILL, frozen or not: it does nothing any more, and its connections are reset. */
    void kill() {
        this.process.destroyForcibly();
        await().until(() -> !this.process.isAlive());
    }

    @Override
    public void close() {
        this.process.destroyForcibly();
    }

    private boolean said(String line) {
        if (!this.process.isAlive()) {
            throw new IllegalStateException(this.name + " has ended: " + this.said);
        }
        return this.said.contains(line);
    }

    private void tell(String line) {
        try {
            this.process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            this.process.getOutputStream().flush();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line);
            }
        } catch (IOException ended) {
            this.said.add(ended.toString());
        }
    }

    private void note(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("granted") || words[0].equals("ended")) {
            long fence = Long.parseLong(words[2]);
            this.spans.put(
                    fence, new Span(words[1], this.name, fence, Long.parseLong(words[3]), Long.parseLong(words[4])));
        } else if (words[0].equals("lost")) {
            this.losses
                    .computeIfAbsent(Long.parseLong(words[2]), fence -> new CopyOnWriteArrayList<>())
                    .add(Long.parseLong(words[3]));
        } else if (words[0].equals("outcome")) {
            this.outcomes.put(Long.parseLong(words[2]), ReleaseOutcome.valueOf(words[3]));
        } else {
            this.said.add(line);
        }
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(this.process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + code);
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }
}
