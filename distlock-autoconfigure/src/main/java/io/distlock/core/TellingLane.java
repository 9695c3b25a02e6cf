package io.distlock.core;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.RenewalRound;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What one listener is told apart from those who lock, one after the other: if it is slow, only it hears late. */
final class TellingLane {

    private final LockListener listener;

    private final Executor apart;

    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();

    /** At most one is kept for it: rounds come several times a second, however slow it is. */
    private final AtomicReference<@Nullable RenewalRound> round = new AtomicReference<>();

    private final AtomicBoolean telling = new AtomicBoolean();

    TellingLane(LockListener listener, Executor apart) {
        this.listener = listener;
        this.apart = apart;
    }

    void lost(LockEvent event, LockLost lost) {
        this.losses.add(new Loss(event, lost));
        start();
    }

    void renewals(RenewalRound next) {
        this.round.updateAndGet(before -> before == null ? next : together(before, next));
        start();
    }

    private static RenewalRound together(RenewalRound before, RenewalRound next) {
        return new RenewalRound(
                next.locker(),
                before.leases() + next.leases(),
                before.lag().compareTo(next.lag()) > 0 ? before.lag() : next.lag());
    }

    private void start() {
        boolean more = !this.losses.isEmpty() || this.round.get() != null;
        if (more && this.telling.compareAndSet(false, true)) {
            try {
                this.apart.execute(this::tell);
            } catch (RuntimeException | Error noThread) {
                this.telling.set(false);
                throw noThread;
            }
        }
    }

    private void tell() {
        for (Loss next = this.losses.poll(); next != null; next = this.losses.poll()) {
            Loss loss = next;
            Tellers.quietly(() -> this.listener.onLost(loss.event, loss.lost));
        }
        RenewalRound renewed = this.round.getAndSet(null);
        if (renewed != null) {
            Tellers.quietly(() -> this.listener.onRenewals(renewed));
        }
        this.telling.set(false);
        start();
    }

    private record Loss(LockEvent event, LockLost lost) {}
}
