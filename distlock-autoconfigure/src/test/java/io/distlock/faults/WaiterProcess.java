package io.distlock.faults;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A {@link WaiterMain}, from outside. */
final class WaiterProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(25);

    /** Until a JVM is there, on a machine that is busy with others. */
    private static final Duration START = Duration.ofSeconds(90);

    private static final Duration GLANCE = Duration.ofMillis(5);

    private final String name;

    private final Process process;

    private final Testimony testimony;

    private long frozen;

    private WaiterProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.testimony = new Testimony(name);
        Thread reader = new Thread(this::read, name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it; it is not there before {@link #awaitReady()}. */
    static WaiterProcess start(String name, Setting store, Setting... settings) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WaiterMain.class.getName(),
                    store.argument()));
            Stream.of(settings).map(Setting::argument).forEach(command::add);
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
        awaitWord("ready", START);
        return this;
    }

    /** What it has said so far. */
    Testimony testimony() {
        return this.testimony;
    }

    /** Takes the lock once and keeps it for so long. */
    void take(String key, Duration ttl, Duration time) {
        tell("take", key, ttl, time.toMillis());
    }

    /** The same, however often it takes to get it. */
    void takeOnce(String key, Duration ttl, Duration time) {
        tell("once", key, ttl, time.toMillis());
    }

    /** Takes the lock again and again, on a thread more. */
    void takeTurns(String key, Duration ttl, Duration time) {
        tell("turns", key, ttl, time.toMillis());
    }

    /** Wants the lock again and again, ready to wait for so long each time, and gives it back at once. */
    void insist(String key, Duration ttl, Duration waitFor) {
        tell("insist", key, ttl, waitFor.toMillis());
    }

    /** Writes again and again as long as it holds, on a thread more; each time it holds for so long at most. */
    void writeInTurns(String key, Duration ttl, Duration time) {
        tell("write", key, ttl, time.toMillis());
    }

    /** Writes into the ledger under a lock that it never asks about, on a thread more; keeps it for so long each time. */
    void writeGuarded(String key, Duration ttl, Duration time) {
        tell("guard", key, ttl, time.toMillis());
    }

    void relock(String key, Duration ttl) {
        tell("relock", key, ttl, 0);
    }

    void awaitRelocked() {
        awaitWord("relocked");
    }

    /** Locks and unlocks so many keys, one after the other, so many times on so many threads, and waits for that. */
    void cycle(int threads, int keys, int times) {
        this.testimony.forget();
        for (int i = 0; i < threads; i++) {
            tell("cycles cycle-" + i + " 5000 " + times / threads + " " + keys);
        }
        await().pollInterval(GLANCE).atMost(Duration.ofMinutes(10)).until(() -> {
            assertAlive();
            return this.testimony.cycled() == threads;
        });
        rest();
    }

    /** Asks for the lock and does not wait, gives it back, and tells what the answer was. */
    Testimony.Answer ask(String key, Duration ttl) {
        tell("ask", key, ttl, 0);
        return this.testimony.nextAnswer(PATIENCE);
    }

    void awaitTurns(int more) {
        int before = this.testimony.spans().size();
        await().pollInterval(GLANCE)
                .atMost(PATIENCE)
                .until(() -> this.testimony.spans().size() >= before + more);
    }

    /** So many holds of that key, from now on. */
    void awaitTurns(String key, int more) {
        int before = this.testimony.turns(key);
        await().pollInterval(GLANCE).atMost(PATIENCE).until(() -> {
            assertAlive();
            return this.testimony.turns(key) >= before + more;
        });
    }

    /** What it needs once its garbage is collected. */
    Gauge gauge() {
        this.testimony.forget("gauge");
        tell("gauge");
        String[] words = awaitWord("gauge").split(" ");
        return new Gauge(Long.parseLong(words[1]), Integer.parseInt(words[2]));
    }

    /** Ends what it is doing, at its next turn, and waits for that. */
    void rest() {
        beginRest();
        awaitRest();
    }

    /** Whose turn comes next may depend on others that must end, too. */
    void beginRest() {
        this.testimony.forget("resting");
        tell("rest");
    }

    void awaitRest() {
        awaitWord("resting");
    }

    /** Closes its locker and its client; {@link #open} makes others. */
    Closed closeInstance() {
        this.testimony.forget("closed");
        this.testimony.forget("ready");
        tell("close");
        String[] words = awaitWord("closed").split(" ", 3);
        return new Closed(Duration.ofNanos(Long.parseLong(words[1])), words[2]);
    }

    /** It is ready again after {@link #awaitReady}. */
    void open() {
        tell("open");
    }

    void freeze() {
        this.frozen = System.nanoTime();
        signal("STOP");
    }

    void thaw() {
        this.testimony.slept(this.frozen, System.nanoTime());
        signal("CONT");
    }

    /** With SIGKILL, frozen or not: it does nothing any more, and its connections are reset. */
    void kill() {
        this.process.destroyForcibly();
        await().pollInterval(GLANCE).until(() -> !this.process.isAlive());
    }

    @Override
    public void close() {
        this.process.destroyForcibly();
    }

    private String awaitWord(String word) {
        return awaitWord(word, PATIENCE);
    }

    private String awaitWord(String word, Duration patience) {
        await().pollInterval(GLANCE).atMost(patience).until(() -> {
            assertAlive();
            return this.testimony.said(word) != null;
        });
        return String.valueOf(this.testimony.said(word));
    }

    private void assertAlive() {
        if (!this.process.isAlive()) {
            throw new IllegalStateException(this.name + " has ended: " + this.testimony);
        }
    }

    private void tell(String what, String key, Duration ttl, long number) {
        tell(what + " " + key + " " + ttl.toMillis() + " " + number);
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
                this.testimony.note(line);
            }
        } catch (IOException ended) {
            this.testimony.note("ended-by " + ended);
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

    record Gauge(long heap, int threads) {}

    /** @param threads of clients that stayed */
    record Closed(Duration took, String threads) {}
}
