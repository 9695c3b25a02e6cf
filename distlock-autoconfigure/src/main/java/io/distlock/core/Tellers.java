package io.distlock.core;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockTracing;
import io.distlock.LockUnavailableException;
import io.distlock.LossInterrupt;
import io.distlock.ReleaseOutcome;
import io.distlock.RenewalRound;
import java.lang.System.Logger.Level;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells listeners and callbacks; whatever they do, nobody else notices. */
final class Tellers {

    private static final System.Logger LOG = System.getLogger(Tellers.class.getName());

    private final String locker;

    private final Remarks remarks;

    private final List<LockListener> listeners;

    private final List<LockListener> toldOfAsking;

    private final List<LockListener> toldOfTaking;

    private final List<LockListener> toldOfReleasing;

    private final List<TellingLane> lanes;

    /** What may run at once of the actions for losses, of which there may be as many as leases. */
    private static final int MOST_CALLBACKS = 64;

    private final Callbacks callbacks = new Callbacks(MOST_CALLBACKS, this::thread);

    /** Ours, which are never slow: no work must go on for longer because others are. */
    private final Callbacks interrupts = new Callbacks(1, this::thread);

    /** A thread for each listener while it is told something. */
    private final ExecutorService apart = Executors.newCachedThreadPool(this::thread);

    private final @Nullable LockTracing tracing;

    Tellers(String locker, List<LockListener> listeners, @Nullable LockTracing tracing) {
        this.locker = locker;
        this.tracing = tracing;
        this.remarks = new Remarks(locker);
        this.listeners = List.copyOf(listeners);
        this.toldOfAsking = hearing("onAsked", LockEvent.class);
        this.toldOfTaking = hearing("onTaken", LockEvent.class);
        this.toldOfReleasing = hearing("onReleased", LockEvent.class, ReleaseOutcome.class);
        this.lanes = this.listeners.stream()
                .map(listener -> new TellingLane(listener, this::apart))
                .toList();
    }

    /**
     * What happens to every lock is told to those alone who do something with it: that is known of our own listeners. Another
     * may be a mock or advised, and hear what its class does not show.
     */
    private List<LockListener> hearing(String method, Class<?>... parameters) {
        return this.listeners.stream()
                .filter(listener -> !isOurs(listener) || hears(listener, method, parameters))
                .toList();
    }

    private static boolean isOurs(LockListener listener) {
        Class<?> type = listener.getClass();
        return Modifier.isFinal(type.getModifiers()) && type.getName().startsWith("io.distlock.");
    }

    private static boolean hears(LockListener listener, String method, Class<?>... parameters) {
        try {
            return listener.getClass().getMethod(method, parameters).getDeclaringClass() != LockListener.class;
        } catch (NoSuchMethodException | LinkageError notShown) {
            return true; // a native image may hide it
        }
    }

    void asked(Demand demand, String key) {
        if (!this.toldOfAsking.isEmpty()) {
            LockEvent event = event(demand, Set.of(key), 0, Duration.ZERO, Duration.ZERO);
            tell(this.toldOfAsking, listener -> listener.onAsked(event));
        }
    }

    boolean isTracing() {
        return this.tracing != null;
    }

    /** Before it is told how the waiter's asking came out. */
    void heldBy(Demand demand, String key, Waiter waiter) {
        LockTracing known = this.tracing;
        String holder = known == null ? null : waiter.heldBy();
        String trace = holder == null ? null : Details.trace(holder);
        if (known != null && trace != null) {
            LockEvent event = event(demand, Set.of(key), 0, Duration.ZERO, Duration.ZERO);
            quietly(() -> known.heldBy(event, trace));
        }
    }

    /** @param start when its taker began to wait */
    void taken(KeyLease lease, long start) {
        this.remarks.answered();
        if (!this.toldOfTaking.isEmpty()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            LockEvent event = event(lease.demand(), lease.keys(), lease.fencingToken(), waited, Duration.ZERO);
            tell(this.toldOfTaking, listener -> listener.onTaken(event));
        }
    }

    void cancelled(Demand demand, Set<String> keys, Duration waited) {
        if (!this.listeners.isEmpty()) {
            LockEvent event = event(demand, keys, 0, waited, Duration.ZERO);
            tell(this.listeners, listener -> listener.onCancelled(event));
        }
    }

    void refused(Demand demand, Set<String> keys, Duration waited, LockNotAcquiredException.Reason reason) {
        this.remarks.refused(demand, keys, waited, reason);
        if (!this.listeners.isEmpty()) {
            LockEvent event = event(demand, keys, 0, waited, Duration.ZERO);
            tell(this.listeners, listener -> listener.onRefused(event, reason));
        }
    }

    void unavailable(Demand demand, Set<String> keys, Duration waited, LockUnavailableException cause) {
        this.remarks.unavailable(demand, keys, waited, cause);
        if (!this.listeners.isEmpty()) {
            LockEvent event = event(demand, keys, 0, waited, Duration.ZERO);
            tell(this.listeners, listener -> listener.onUnavailable(event, cause));
        }
    }

    void released(KeyLease lease, ReleaseOutcome outcome) {
        this.remarks.released(lease, outcome);
        if (!this.toldOfReleasing.isEmpty()) {
            LockEvent event = event(lease);
            tell(this.toldOfReleasing, listener -> listener.onReleased(event, outcome));
        }
    }

    void renewals(int leases, Duration lag) {
        if (!this.lanes.isEmpty()) {
            RenewalRound round = new RenewalRound(this.locker, leases, lag);
            this.lanes.forEach(lane -> lane.renewals(round));
        }
    }

    void lost(KeyLease lease, LockLost lost, List<Consumer<LockLost>> callbacks) {
        // one that cannot be told, for whatever reason, must not keep the others from being told
        quietly(() -> this.remarks.lost(lease, lost));
        callbacks.forEach(callback -> lostBefore(lost, callback));
        LockEvent event = event(lease);
        this.lanes.forEach(lane -> quietly(() -> lane.lost(event, lost)));
    }

    /** For who asks when everybody has been told. */
    void lostBefore(LockLost lost, Consumer<LockLost> callback) {
        Callbacks whose = callback instanceof LossInterrupt ? this.interrupts : this.callbacks;
        quietly(() -> whose.call(() -> callback.accept(lost)));
    }

    private void apart(Runnable call) {
        try {
            this.apart.execute(call);
        } catch (RejectedExecutionException closed) {
            // a lease may outlive its locker
            thread(call).start();
        }
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, "distlock-" + this.locker + "-tell");
        thread.setDaemon(true);
        return thread;
    }

    void close() {
        this.apart.shutdown();
    }

    private LockEvent event(KeyLease lease) {
        return event(lease.demand(), lease.keys(), lease.fencingToken(), Duration.ZERO, lease.held());
    }

    private LockEvent event(Demand demand, Set<String> keys, long fence, Duration waited, Duration held) {
        return new LockEvent(demand.id(), this.locker, demand.name(), keys, fence, waited, held);
    }

    private static void tell(List<LockListener> listeners, Consumer<LockListener> what) {
        listeners.forEach(listener -> quietly(() -> what.accept(listener)));
    }

    static void quietly(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(Level.WARNING, "A listener of distlock failed; the lock is not affected", failure);
        }
    }
}
