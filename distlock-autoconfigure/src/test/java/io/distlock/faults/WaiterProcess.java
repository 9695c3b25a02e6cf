package io.distlock.faults;

import static org.awaitility.Awaitility.await;

import io.distlock.ReleaseOutcome;
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
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A {@link WaiterMain}, from outside. */
final class WaiterProcess implements AutoCloseable {

    private final String name;

    private final Process process;

    /** Its last words of each kind. */
    private final Map<String, String> said = new ConcurrentHashMap<>();

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    /** As far as it was promised, until it is known when it ended. */
    private final Map<Turn, Span> spans = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();

    private final Map<Turn, List<Long>> losses = new ConcurrentHashMap<>();

    private final Map<Turn, ReleaseOutcome> outcomes = new ConcurrentHashMap<>();

    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();

    private final AtomicInteger cycled = new AtomicInteger();

    private WaiterProcess(String name, Process process) {
        this.name = name;
        this.process = process;
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
        int before = turns(key);
        await().atMost(Duration.ofSeconds(25)).until(() -> turns(key) >= before + more);
    }

    /** Writes again and again as long as it holds, on a thread more; each time it holds for so long at most. */
    void writeInTurns(String key, Duration ttl, Duration hold) {
        tell("write " + key + " " + ttl.toMillis() + " " + hold.toMillis());
    }

    /** What it wrote, as far as it was sent by now. */
    List<Write> writes() {
        return List.copyOf(this.writes);
    }

    /** Locks and unlocks so many times on so many threads, and waits for that. */
    void cycle(int threads, int times) {
        this.cycled.set(0);
        for (int i = 0; i < threads; i++) {
            tell("cycles cycle-" + i + " 5000 " + times / threads);
        }
        await().atMost(Duration.ofMinutes(10)).until(() -> this.cycled.get() == threads && said("ready"));
        rest();
    }

    /** What it needs once its garbage is collected. */
    Gauge gauge() {
        this.said.remove("gauge");
        tell("gauge");
        await().atMost(Duration.ofSeconds(25)).until(() -> said("gauge"));
        String[] words = Objects.requireNonNull(this.said.get("gauge")).split(" ");
        return new Gauge(Long.parseLong(words[1]), Integer.parseInt(words[2]));
    }

    int turns(String key) {
        AtomicInteger turns = this.turns.get(key);
        return turns == null ? 0 : turns.get();
    }

    /** Asks for the lock and does not wait, gives it back, and tells what the answer was. */
    Answer ask(String key, Duration ttl) {
        tell("ask " + key + " " + ttl.toMillis() + " 0");
        try {
            Answer answer = this.answers.poll(25, TimeUnit.SECONDS);
            if (answer == null) {
                throw new IllegalStateException(this.name + " does not answer: " + this.said);
            }
            return answer;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    /** Ends what it is doing, at its next turn, and waits for that. */
    void rest() {
        this.said.remove("resting");
        tell("rest - 1000 0");
        await().atMost(Duration.ofSeconds(25)).until(() -> said("resting"));
    }

    /** Forgets what has happened so far. */
    void forget() {
        this.spans.clear();
        this.losses.clear();
        this.outcomes.clear();
        this.writes.clear();
    }

    /** When it was told of each loss; twice if it was told twice. */
    Map<Turn, List<Long>> losses() {
        return Map.copyOf(this.losses);
    }

    /** What each release found. */
    Map<Turn, ReleaseOutcome> outcomes() {
        return Map.copyOf(this.outcomes);
    }

    boolean wasRefused() {
        return this.said.containsKey("refused") || this.said.containsKey("unavailable");
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

    private boolean said(String word) {
        if (!this.process.isAlive()) {
            throw new IllegalStateException(this.name + " has ended: " + this.said);
        }
        return this.said.containsKey(word);
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
            this.said.put("ended", ended.toString());
        }
    }

    private void note(String line) {
        String[] words = line.split(" ", 5);
        switch (words[0]) {
            case "granted" -> {
                noteSpan(words);
                this.turns.computeIfAbsent(words[1], key -> new AtomicInteger()).incrementAndGet();
            }
            case "ended" -> noteSpan(words);
            case "lost" ->
                this.losses
                        .computeIfAbsent(turn(words), turn -> new CopyOnWriteArrayList<>())
                        .add(Long.parseLong(words[3]));
            case "outcome" -> this.outcomes.put(turn(words), ReleaseOutcome.valueOf(words[3]));
            case "write" -> this.writes.add(new Write(Long.parseLong(words[2]), Long.parseLong(words[3])));
            case "cycled" -> this.cycled.incrementAndGet();
            case "answer" ->
                this.answers.add(
                        new Answer(Duration.ofNanos(Long.parseLong(words[1])), line.substring(line.indexOf(words[2]))));
            default -> this.said.put(words[0], line);
        }
    }

    private void noteSpan(String[] words) {
        Turn turn = turn(words);
        this.spans.put(
                turn,
                new Span(turn.key(), this.name, turn.fence(), Long.parseLong(words[3]), Long.parseLong(words[4])));
    }

    private static Turn turn(String[] words) {
        return new Turn(words[1], Long.parseLong(words[2]));
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

    /** One hold: fences of different keys may be equal. */
    record Turn(String key, long fence) {

        static Turn of(Span span) {
            return new Turn(span.key(), span.fence());
        }
    }

    /** @param arrives on the clock that all processes read */
    record Write(long fence, long arrives) {}

    record Gauge(long heap, int threads) {}

    /** @param text GRANTED, or the refusal */
    record Answer(Duration time, String text) {}
}
