package io.distlock.core;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Tells listeners and callbacks; whatever they do, nobody else notices. */
final class Tellers {

    private static final System.Logger LOG = System.getLogger(Tellers.class.getName());

    private final String locker;

    private final List<LockListener> listeners;

    /** A thread each while it runs: a slow one must not keep the others waiting for what they have lost. */
    private final ExecutorService losses = Executors.newCachedThreadPool(Tellers::thread);

    Tellers(String locker, List<LockListener> listeners) {
        this.locker = locker;
        this.listeners = List.copyOf(listeners);
    }

    void taken(KeyLease lease, Duration waited) {
        if (!this.listeners.isEmpty()) {
            LockEvent event = event(lease.demand().name(), lease.keys(), lease.fencingToken(), waited, Duration.ZERO);
            tell(listener -> listener.onTaken(event));
        }
    }

    void refused(Demand demand, Set<String> keys, Duration waited, LockNotAcquiredException.Reason reason) {
        if (!this.listeners.isEmpty()) {
            LockEvent event = event(demand.name(), keys, 0, waited, Duration.ZERO);
            tell(listener -> listener.onRefused(event, reason));
        }
    }

    void unavailable(Demand demand, Set<String> keys, Duration waited, LockUnavailableException cause) {
        if (!this.listeners.isEmpty()) {
            LockEvent event = event(demand.name(), keys, 0, waited, Duration.ZERO);
            tell(listener -> listener.onUnavailable(event, cause));
        }
    }

    void released(KeyLease lease, ReleaseOutcome outcome) {
        if (!this.listeners.isEmpty()) {
            LockEvent event =
                    event(lease.demand().name(), lease.keys(), lease.fencingToken(), Duration.ZERO, lease.held());
            tell(listener -> listener.onReleased(event, outcome));
        }
    }

    void lost(LockLost lost, List<Consumer<LockLost>> callbacks) {
        LOG.log(Level.WARNING, lost.describe() + " (fence " + lost.fencingToken() + ")");
        callbacks.forEach(callback -> lostBefore(lost, callback));
        this.listeners.forEach(listener -> apart(() -> listener.onLost(lost)));
    }

    /** For who asks when everybody has been told. */
    void lostBefore(LockLost lost, Consumer<LockLost> callback) {
        apart(() -> callback.accept(lost));
    }

    private void apart(Runnable call) {
        try {
            this.losses.execute(() -> quietly(call));
        } catch (RejectedExecutionException closed) {
            // a lease may outlive its locker
            thread(() -> quietly(call)).start();
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "distlock-lost");
        thread.setDaemon(true);
        return thread;
    }

    void close() {
        this.losses.shutdown();
    }

    private LockEvent event(String name, Set<String> keys, long fence, Duration waited, Duration held) {
        return new LockEvent(this.locker, name, keys, fence, waited, held);
    }

    private void tell(Consumer<LockListener> what) {
        this.listeners.forEach(listener -> quietly(() -> what.accept(listener)));
    }

    private static void quietly(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(Level.WARNING, "A listener of distlock failed; the lock is not affected", failure);
        }
    }
}
