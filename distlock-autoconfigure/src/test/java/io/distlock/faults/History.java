package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Which leases were valid when, over all holders; and whether that was right. */
final class History {

    private final Queue<Span> spans = new ConcurrentLinkedQueue<>();

    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();

    void add(Span span) {
        this.spans.add(span);
    }

    List<Span> spans() {
        return List.copyOf(this.spans);
    }

    /** Keeps the lease for that long, or until it is lost, and notes while it was valid. */
    void hold(Lease lease, String who, Duration time) {
        long from = System.nanoTime();
        long until = from;
        for (long now = from; lease.isHeld() && now - from <= time.toNanos(); now = System.nanoTime()) {
            until = now;
            LockSupport.parkNanos(Math.min(time.toNanos(), 1_000_000));
        }
        add(new Span(lease.key(), who, lease.fencingToken(), from, until));
    }

    /**
     * Redis forgot its holders just now: whoever held cannot know before the next renewal, and overlaps whoever comes.
     *
     * @param micros when that was on the clock of the server; what was granted before has a lower fence
     */
    void dataLost(long micros) {
        this.losses.add(new Loss(System.nanoTime(), micros, Set.of()));
    }

    /** The same of some keys alone. */
    void dataLost(long micros, Collection<String> keys) {
        this.losses.add(new Loss(System.nanoTime(), micros, Set.copyOf(keys)));
    }

    /** For each key: no two leases valid at once, and each has a higher fence than those before. */
    void assertExclusive() {
        Map<String, Span> latest = new HashMap<>();
        this.spans.stream()
                .filter(span -> this.losses.stream().noneMatch(loss -> loss.isOutlivedBy(span)))
                .sorted(Comparator.comparingLong(Span::from))
                .forEach(next -> {
                    Span before = latest.put(next.key(), next);
                    if (before != null) {
                        assertFollows(before, next);
                    }
                });
    }

    private static void assertFollows(Span before, Span next) {
        assertThat(next.from())
                .as("start of %s after the end of %s", next, before)
                .isGreaterThanOrEqualTo(before.until());
        assertThat(next.fence())
                .as("fence of %s, higher than of %s", next, before)
                .isGreaterThan(before.fence());
    }

    void assertLossesWereNoticedWithin(Duration time) {
        assertThat(longestBeliefAfterALoss())
                .as("belief after the data was lost")
                .isLessThan(time);
    }

    /** For how long, at worst, somebody believed in a lease that outlived a loss of data. */
    Duration longestBeliefAfterALoss() {
        return Duration.ofNanos(this.losses.stream()
                .flatMapToLong(loss ->
                        this.spans.stream().filter(loss::isOutlivedBy).mapToLong(span -> span.until() - loss.at))
                .max()
                .orElse(0));
    }

    /** For how long, at worst, two believed in leases of one key at once; losses of data excuse nothing here. */
    Duration worstOverlap() {
        Map<String, Long> believed = new HashMap<>();
        long worst = 0;
        for (Span span : inOrderOfFences()) {
            Long before = believed.get(span.key());
            worst = before == null ? worst : Math.max(worst, before - span.from());
            believed.merge(span.key(), span.until(), Math::max);
        }
        return Duration.ofNanos(worst);
    }

    /** Whoever began later has the higher fence, losses of data or not; but for who got one that was lost already. */
    void assertFencesGrow() {
        Map<String, Span> latest = new HashMap<>();
        for (Span span : inOrderOfFences()) {
            if (this.losses.stream().anyMatch(loss -> loss.isBegunAfter(span))) {
                continue;
            }
            Span before = latest.put(span.key(), span);
            if (before != null) {
                assertThat(span.fence()).as("fence of %s", span).isGreaterThan(before.fence());
                assertThat(span.from())
                        .as("start of %s, after %s", span, before)
                        .isGreaterThan(before.from());
            }
        }
    }

    private List<Span> inOrderOfFences() {
        return this.spans.stream().sorted(Comparator.comparingLong(Span::fence)).toList();
    }

    /** @param keys none = all */
    private record Loss(long at, long micros, Set<String> keys) {

        /** A grant reserves as many fences, ahead of the clock, as it may be passed on. */
        private static final long BLOCK = 1000;

        boolean isOutlivedBy(Span span) {
            return isOfBefore(span) && span.until() > this.at;
        }

        /** It was granted before, and passed on since. */
        boolean isBegunAfter(Span span) {
            return isOfBefore(span) && span.from() > this.at;
        }

        private boolean isOfBefore(Span span) {
            return span.fence() < this.micros + BLOCK && (this.keys.isEmpty() || this.keys.contains(span.key()));
        }
    }
}
