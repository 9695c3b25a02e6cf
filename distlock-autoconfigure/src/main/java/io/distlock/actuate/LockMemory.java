package io.distlock.actuate;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what was unusual lately, and how much was asked for. What goes well is only counted. */
public final class LockMemory implements LockListener {

    static final int MOST_EVENTS = 200;

    private final Clock clock;

    private final Contention contention;

    private final ConcurrentLinkedDeque<RecentEvent> events = new ConcurrentLinkedDeque<>();

    private final AtomicInteger size = new AtomicInteger();

    public LockMemory(Clock clock) {
        this.clock = clock;
        this.contention = new Contention(clock);
    }

    /** The last first. */
    List<RecentEvent> events() {
        List<RecentEvent> all = new ArrayList<>(this.events);
        Collections.reverse(all);
        return all;
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

    /** That a hold was ended by an operator. */
    void freed(String locker, String key, String principal) {
        add(new RecentEvent(this.clock.instant(), "freed", locker, "", key, 0, 0, 0, "freed by force by " + principal));
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
        this.events.addLast(event);
        if (this.size.incrementAndGet() > MOST_EVENTS && this.events.pollFirst() != null) {
            this.size.decrementAndGet();
        }
    }
}
