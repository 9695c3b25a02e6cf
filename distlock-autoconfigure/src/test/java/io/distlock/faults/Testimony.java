package io.distlock.faults;

import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What a {@link WaiterMain} has said, as it came. */
final class Testimony {

    private final String name;

    /** Its last words of each kind. */
    private final Map<String, String> said = new ConcurrentHashMap<>();

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    /** As far as it was promised, until it is known when it ended. */
    private final Map<Turn, Span> spans = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();

    private final Map<Turn, List<Long>> losses = new ConcurrentHashMap<>();

    /** Those whose holders saw it themselves; of the others the release has found it. */
    private final Set<Turn> lostWhileHeld = ConcurrentHashMap.newKeySet();

    private final Map<Turn, Outcome> outcomes = new ConcurrentHashMap<>();

    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();

    private final Queue<Insisted> insisted = new ConcurrentLinkedQueue<>();

    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

    private final Queue<Interval> stalls = new ConcurrentLinkedQueue<>();

    private final Queue<Interval> sleeps = new ConcurrentLinkedQueue<>();

    private final AtomicInteger stale = new AtomicInteger();

    private final AtomicInteger cycled = new AtomicInteger();

    private volatile long lastWritten;

    Testimony(String name) {
        this.name = name;
    }

    // ---- what was heard ----

    void note(String line) {
        String[] words = line.split(" ", 6);
        switch (words[0]) {
            case "granted" -> {
                noteSpan(words);
                this.turns.computeIfAbsent(words[1], key -> new AtomicInteger()).incrementAndGet();
            }
            case "ended" -> {
                noteSpan(words);
                if (words[5].equals("lost")) {
                    this.lostWhileHeld.add(turn(words));
                }
            }
            case "lost" ->
                this.losses
                        .computeIfAbsent(turn(words), turn -> new CopyOnWriteArrayList<>())
                        .add(Long.parseLong(words[3]));
            case "outcome" ->
                this.outcomes.put(
                        turn(words), new Outcome(ReleaseOutcome.valueOf(words[3]), nanos(words[4]), nanos(words[5])));
            case "write" -> this.writes.add(new Write(Long.parseLong(words[2]), Long.parseLong(words[3])));
            case "wrote" -> this.lastWritten = Long.parseLong(words[2]);
            case "stale" -> this.stale.incrementAndGet();
            case "cycled" -> this.cycled.incrementAndGet();
            case "insisted" ->
                this.insisted.add(new Insisted(Long.parseLong(words[1]), nanos(words[2]), nanos(words[3]), words[4]));
            case "refused" -> this.refusals.add(line);
            case "stalled" -> this.stalls.add(new Interval(Long.parseLong(words[1]), Long.parseLong(words[2])));
            case "answer" -> this.answers.add(new Answer(nanos(words[1]), line.split(" ", 3)[2]));
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

    private static Duration nanos(String word) {
        return Duration.ofNanos(Long.parseLong(word));
    }

    /** It was made to stand still, for which it cannot be blamed. */
    void slept(long from, long until) {
        this.sleeps.add(new Interval(from, until));
    }

    /** All that has happened so far. */
    void forget() {
        List.of(this.writes, this.insisted, this.refusals, this.stalls, this.sleeps)
                .forEach(Queue::clear);
        List.of(this.spans, this.losses, this.outcomes).forEach(Map::clear);
        this.lostWhileHeld.clear();
        this.cycled.set(0);
        this.stale.set(0);
        this.lastWritten = 0;
    }

    void forget(String word) {
        this.said.remove(word);
    }

    // ---- what is asked ----

    @Nullable
    String said(String word) {
        return this.said.get(word);
    }

    Answer nextAnswer(Duration patience) {
        try {
            Answer answer = this.answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (answer == null) {
                throw new IllegalStateException("no answer: " + this);
            }
            return answer;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    /** When it believed to hold; what it did not say the end of, as long as it was promised. */
    List<Span> spans() {
        return List.copyOf(this.spans.values());
    }

    int turns(String key) {
        AtomicInteger turns = this.turns.get(key);
        return turns == null ? 0 : turns.get();
    }

    /** When it was told of each loss; twice if it was told twice. */
    Map<Turn, List<Long>> losses() {
        return Map.copyOf(this.losses);
    }

    /** How the releases of that key ended. */
    List<Outcome> outcomes(String key) {
        return this.outcomes.entrySet().stream()
                .filter(entry -> entry.getKey().key().equals(key))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** How each release ended. */
    Map<Turn, Outcome> outcomes() {
        return Map.copyOf(this.outcomes);
    }

    /** What it wrote, as far as it was sent by now. */
    List<Write> writes() {
        return List.copyOf(this.writes);
    }

    /** How it went when it wanted what others kept. */
    List<Insisted> insisted() {
        return List.copyOf(this.insisted);
    }

    /** Where it was told that a lock is held by others, which none of them holds for so long. */
    List<String> refusals() {
        return List.copyOf(this.refusals);
    }

    /** Whether anybody else had trouble, or was refused. */
    boolean wasRefused() {
        return !this.refusals.isEmpty() || this.said.containsKey("unavailable");
    }

    /** The fence of its last write into the ledger. */
    long lastWritten() {
        return this.lastWritten;
    }

    /** How often the ledger refused a write of its. */
    int stale() {
        return this.stale.get();
    }

    int cycled() {
        return this.cycled.get();
    }

    /** For how long at worst it stood still though nobody made it. */
    Duration worstStall() {
        return this.stalls.stream()
                .filter(stall -> this.sleeps.stream().noneMatch(stall::touches))
                .map(Interval::length)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    boolean hasSlept() {
        return !this.sleeps.isEmpty();
    }

    /** For how long it was made to stand still between these times. */
    Duration slept(long from, Duration time) {
        long until = from + time.toNanos();
        return this.sleeps.stream().map(sleep -> sleep.within(from, until)).reduce(Duration.ZERO, Duration::plus);
    }

    /** The longest time from the last belief in a lease to the news that it is lost, but for what it slept through; while it was held. */
    Duration slowestTelling() {
        return this.spans.values().stream()
                .filter(span -> this.lostWhileHeld.contains(Turn.of(span)) && this.losses.containsKey(Turn.of(span)))
                .map(this::telling)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private Duration telling(Span span) {
        Duration telling = Duration.ofNanos(this.losses.get(Turn.of(span)).get(0) - span.until());
        return telling.minus(slept(span.until(), telling));
    }

    @Override
    public String toString() {
        return this.name + " " + this.said;
    }

    /** One hold: fences of different keys may be equal. */
    record Turn(String key, long fence) {

        static Turn of(Span span) {
            return new Turn(span.key(), span.fence());
        }
    }

    /**
     * @param validity that was left when the release began
     * @param took how long the release did
     */
    record Outcome(ReleaseOutcome found, Duration validity, Duration took) {}

    /** @param arrives on the clock that all processes read */
    record Write(long fence, long arrives) {}

    /** @param text GRANTED, or the refusal */
    record Answer(Duration time, String text) {}

    /**
     * @param from when it asked
     * @param waitFor how long it was ready to wait
     * @param answer GRANTED, UNAVAILABLE, or the reason of the refusal
     */
    record Insisted(long from, Duration took, Duration waitFor, String answer) {}

    private record Interval(long from, long until) {

        boolean touches(Interval other) {
            return this.from < other.until && other.from < this.until;
        }

        Duration length() {
            return Duration.ofNanos(this.until - this.from);
        }

        Duration within(long start, long end) {
            return Duration.ofNanos(Math.max(0, Math.min(end, this.until) - Math.max(start, this.from)));
        }
    }
}
