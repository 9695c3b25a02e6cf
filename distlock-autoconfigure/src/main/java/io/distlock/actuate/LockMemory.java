package io.distlock.actuate;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what was unusual lately, and how much was asked for. What goes well is only counted. */
public final class LockMemory implements LockListener {

    /** Of each kind: refusals come in storms, and must not drive out what was lost in them. */
    static final int MOST_OF_A_KIND = 50;

    private final Clock clock;

    private final Contention contention;

    private final Map<String, Ring> rings = new ConcurrentHashMap<>();

    private final AtomicLong count = new AtomicLong();

    public LockMemory(Clock clock) {
        this.clock = clock;
        this.contention = new Contention(clock);
    }

    /** The last first. */
    List<RecentEvent> events() {
        return this.rings.values().stream()
                .flatMap(ring -> ring.events.stream())
                .sorted(Comparator.comparingLong(Numbered::number).reversed())
                .map(Numbered::event)
                .toList();
    }

    List<Contention.Slot> contention() {
        return this.contention.slots();
    }

    @Override
    public void onTaken(LockEvent event) {
        this.contention.taken(event.waited());
    }

    @Override
    public void onRefused(LockEvent event, Reason reason) {
        this.contention.refused();
        remember(event, reason.name().toLowerCase(Locale.ROOT), "not granted: " + reason);
    }

    @Override
    public void onUnavailable(LockEvent event, LockUnavailableException cause) {
        this.contention.refused();
        remember(event, "unavailable", String.valueOf(cause.getMessage()));
    }

    @Override
    public void onProceeded(LockEvent event, LockUnavailableException cause) {
        remember(event, "unlocked", "the work ran without its lock: " + cause.getMessage());
    }

    @Override
    public void onReleased(LockEvent event, ReleaseOutcome outcome) {
        if (outcome == ReleaseOutcome.UNKNOWN) {
            remember(event, "unreleased", "the store did not answer the release; its ttl ends the lock");
        }
    }

    @Override
    public void onLost(LockEvent event, LockLost lost) {
        this.contention.lost();
        remember(event, "lost", lost.describe());
    }

    /** That a hold was ended by an operator, or may have been. */
    void freed(String locker, String key, String principal, ReleaseOutcome outcome) {
        String detail = outcome == ReleaseOutcome.UNKNOWN
                ? "perhaps freed by force by " + principal + ": the store did not answer"
                : "freed by force by " + principal;
        add(new RecentEvent(this.clock.instant(), "freed", locker, "", key, 0, 0, 0, detail));
    }

    private void remember(LockEvent event, String what, String detail) {
        add(new RecentEvent(
                this.clock.instant(),
                what,
                event.locker(),
                event.name(),
                String.join(" ", event.keys()),
                event.fencingToken(),
                event.waited().toMillis(),
                event.held().toMillis(),
                detail));
    }

    private void add(RecentEvent event) {
        this.rings
                .computeIfAbsent(event.what(), kind -> new Ring())
                .add(new Numbered(this.count.incrementAndGet(), event));
    }

    private record Numbered(long number, RecentEvent event) {}

    private static final class Ring {

        private final Queue<Numbered> events = new ConcurrentLinkedQueue<>();

        private final AtomicInteger size = new AtomicInteger();

        void add(Numbered event) {
            this.events.add(event);
            if (this.size.incrementAndGet() > MOST_OF_A_KIND && this.events.poll() != null) {
                this.size.decrementAndGet();
            }
        }
    }
}
